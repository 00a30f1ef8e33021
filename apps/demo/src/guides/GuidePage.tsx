import { type Heading, type MarkdownDocument, parseMarkdown } from '@parlance/markdown'
import { CodeBlock, MarkdownBlocks, type MarkdownComponents } from '@parlance/markdown/react'
import { createContext, createElement, useContext, useEffect, useMemo, useState } from 'react'
import { NotFoundPage } from '../site/NotFoundPage.tsx'
import type { Address } from '../site/useAddress.ts'
import { usePageStart } from '../site/usePageStart.ts'
import { guideGroups, guideLinks, loadGuide } from './guides.ts'
import type { Guide } from './readGuide.ts'

interface GuidePageProps {
  readonly address: Address
  readonly slug: string
}

export function GuidePage({ address, slug }: GuidePageProps) {
  const shown = useGuide(slug)
  usePageStart(address, shown?.guide?.title ?? 'Docs', shown?.slug === slug)
  if (shown && !shown.guide) return <NotFoundPage address={address} />
  return (
    <div className="docs">
      <GuideList slug={slug} />
      <main id="main" className="prose" tabIndex={-1}>
        {shown?.guide && (
          <>
            <GuideText key={shown.slug} guide={shown.guide} />
            <Neighbours slug={shown.slug} />
          </>
        )}
      </main>
      {shown?.guide && <Contents guide={shown.guide} />}
    </div>
  )
}

/** The guide, or the one before it until it has loaded; `guide` is absent when there is none of this name. */
function useGuide(slug: string): { slug: string; guide: Guide | undefined } | undefined {
  const [shown, setShown] = useState<{ slug: string; guide: Guide | undefined }>()
  useEffect(() => {
    let isWanted = true
    const show = (guide: Guide | undefined) => {
      if (isWanted) setShown({ slug, guide })
    }
    Promise.resolve(loadGuide(slug)).then(show, () => show(undefined))
    return () => {
      isWanted = false
    }
  }, [slug])
  return shown
}

function GuideList({ slug }: { readonly slug: string }) {
  const here = guideLinks.find((link) => link.slug === slug)
  const list = guideGroups.map(({ label, guides }) => (
    <section key={label} aria-label={label}>
      <h2>{label}</h2>
      <ul>
        {guides.map((link) => (
          <li key={link.slug}>
            <a href={`/docs/${link.slug}`} aria-current={link.slug === slug ? 'page' : undefined}>
              {link.label}
            </a>
          </li>
        ))}
      </ul>
    </section>
  ))
  return (
    <nav className="guide-list" aria-label="Docs">
      {/* By its key it is closed again on the next page. */}
      <details key={slug}>
        <summary>
          <span>Docs</span> {here?.label}
        </summary>
        {list}
      </details>
      <div>{list}</div>
    </nav>
  )
}

const HeadingIds = createContext<ReadonlyMap<Heading, string>>(new Map())

function GuideText({ guide }: { readonly guide: Guide }) {
  const document = useMemo(() => parseMarkdown(guide.markdown), [guide])
  const ids = useMemo(() => toHeadingIds(document, guide), [document, guide])
  return (
    <HeadingIds value={ids}>
      <MarkdownBlocks document={document} components={components} />
    </HeadingIds>
  )
}

function toHeadingIds(document: MarkdownDocument, guide: Guide): ReadonlyMap<Heading, string> {
  const headings = document.children.filter((block) => block.type === 'heading')
  return new Map(headings.map((heading, index) => [heading, guide.headings[index]?.id ?? '']))
}

const components: MarkdownComponents = {
  code: CodeBlock,
  heading: function GuideHeading({ node, children }) {
    const id = useContext(HeadingIds).get(node)
    const link = node.depth > 1 && (
      <a className="anchor" href={`#${id}`} aria-label="Link to this section">
        #
      </a>
    )
    return createElement(`h${node.depth}`, { id, tabIndex: -1 }, children, link)
  },
  link: function GuideLink({ href, children }) {
    // Between files on a code host, between pages here.
    return <a href={href?.replace(/\.md(?=#|$)/, '')}>{children}</a>
  },
}

function Contents({ guide }: { readonly guide: Guide }) {
  const headings = guide.headings.filter(({ depth }) => depth === 2)
  if (headings.length < 2) return null
  return (
    <nav className="contents" aria-label="On this page">
      <h2>On this page</h2>
      <ul>
        {headings.map(({ id, text }) => (
          <li key={id}>
            <a href={`#${id}`}>{text}</a>
          </li>
        ))}
      </ul>
    </nav>
  )
}

function Neighbours({ slug }: { readonly slug: string }) {
  const index = guideLinks.findIndex((link) => link.slug === slug)
  const before = guideLinks[index - 1]
  const after = guideLinks[index + 1]
  return (
    <nav className="neighbours" aria-label="Neighbouring pages">
      {before && (
        <a href={`/docs/${before.slug}`} rel="prev">
          <span>Before</span> {before.label}
        </a>
      )}
      {after && (
        <a href={`/docs/${after.slug}`} rel="next">
          <span>Next</span> {after.label}
        </a>
      )}
    </nav>
  )
}
