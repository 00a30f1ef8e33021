import { createElement, type ComponentType, type ReactNode } from 'react'
import type { Inline } from '../nodes.ts'
import { safeImage, safeLink, type SafeLink } from '../safeLink.ts'
import { toAlt } from '../toAlt.ts'
import { visibleCode, visibleText } from '../visibleText.ts'
import type { How, MarkdownNodeProps } from './how.ts'

const rel = 'noopener noreferrer nofollow ugc'

/**
 * A link between a call and its footnote, or back to the first call. It moves without touching the address of the
 * page, and works inside a shadow root too.
 */
export const innerLink = (
  id: string,
  name: string,
  content: ReactNode,
  back: boolean,
): ReactNode => (
  <a
    className="pm-inner-link"
    href={`#${id}`}
    aria-label={name}
    onClick={(event) => {
      event.preventDefault()
      const root = event.currentTarget.getRootNode() as Document | ShadowRoot
      const target = root.querySelector<HTMLElement>(
        back ? `.pm-footnote-reference a[href="#${id}"]` : `#${id}`,
      )
      target?.scrollIntoView({ block: 'nearest' })
      target?.focus({ preventScroll: true })
    }}
  >
    {content}
  </a>
)

const anchor = (
  link: SafeLink,
  content: ReactNode,
  note: string | undefined,
  key: number,
): ReactNode => (
  <a
    key={key}
    className="pm-link"
    href={link.href}
    title={link.href}
    dir="auto"
    rel={rel}
    {...(link.host === undefined ? undefined : { target: '_blank' })}
  >
    {content}
    {note === undefined ? null : <span className="pm-link-host">{` (${note})`}</span>}
  </a>
)

/** The host, where the words of a link look like another address than the one it leads to. */
const hostNote = ({ host }: SafeLink, words: string): string | undefined =>
  host === undefined ||
  words.toLowerCase().includes(host) ||
  !/[\p{L}\p{N}]\.\p{L}{2}|:\/\//u.test(words)
    ? undefined
    : host

/** Elements of the nodes that need nothing but their content. */
const elements = {
  inlineCode: ['code', { className: 'pm-inline-code', dir: 'auto' }],
  inlineMath: ['code', { className: 'pm-math', dir: 'ltr' }],
  emphasis: ['em'],
  strong: ['strong'],
  strikethrough: ['del'],
  break: ['br'],
} as const

interface Checked {
  href?: string | undefined
  src?: string | undefined
}

/** Draws one inline node. */
export const drawInline = (node: Inline, key: number, how: How, inLink = false): ReactNode => {
  const { labels, linkPolicy } = how
  // The component of a type takes nodes of that type: more than TypeScript can follow through an index.
  const Replacement = how.components[node.type] as
    | ComponentType<MarkdownNodeProps<Inline> & Checked>
    | undefined
  const replace = (content?: ReactNode, checked?: Checked) =>
    Replacement && createElement(Replacement, { key, node, ...checked }, content)
  switch (node.type) {
    case 'text': {
      const value = visibleText(node.value)
      return replace(value) ?? value
    }
    case 'link': {
      const content = drawInlines(node.children, how, true)
      // An address in angle brackets may stand inside a link, where HTML has no place for a second one.
      if (inLink) return <span key={key}>{content}</span>
      const link = safeLink(node.url, linkPolicy)
      return (
        replace(content, { href: link?.href }) ??
        (link ? (
          anchor(link, content, hostNote(link, visibleText(toAlt(node.children))), key)
        ) : (
          <span key={key} className="pm-no-link" dir="auto">
            {content}
          </span>
        ))
      )
    }
    case 'image': {
      const src = safeImage(node.url, how.imageHosts)
      const replaced = replace(undefined, { src })
      if (replaced) return replaced
      const alt = visibleText(node.alt)
      if (src !== undefined) {
        return (
          <img
            key={key}
            className="pm-image"
            src={src}
            alt={alt}
            loading="lazy"
            referrerPolicy="no-referrer"
          />
        )
      }
      const link = inLink ? undefined : safeLink(node.url, linkPolicy)
      const words = alt ? `${labels.image}: ${alt}` : labels.image
      if (link) return anchor(link, words, link.host, key)
      return (
        <span key={key} className="pm-no-image" dir="auto">
          {words}
        </span>
      )
    }
    case 'footnoteReference': {
      const { number } = node
      return (
        replace(number) ?? (
          <sup key={key} className="pm-footnote-reference">
            {innerLink(`${how.id}-note-${number}`, `${labels.footnote} ${number}`, number, false)}
          </sup>
        )
      )
    }
    default: {
      const [element, props] = elements[node.type]
      const content =
        'value' in node
          ? visibleCode(node.value)
          : 'children' in node
            ? drawInlines(node.children, how, inLink)
            : undefined
      return replace(content) ?? createElement(element, { key, ...props }, content)
    }
  }
}

/** Draws inline nodes in a row. */
export const drawInlines = (nodes: readonly Inline[], how: How, inLink = false): ReactNode => {
  const [only] = nodes
  if (nodes.length === 1 && only) return drawInline(only, 0, how, inLink)
  return nodes.map((node, index) => drawInline(node, index, how, inLink))
}
