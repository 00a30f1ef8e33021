import { createElement, type MouseEvent, type ReactNode } from 'react'
import type { Inline } from '../nodes.ts'
import { safeImage, safeLink, type SafeLink } from '../safeLink.ts'
import { toPlainText } from '../toPlainText.ts'
import { visibleCode, visibleText } from '../visibleText.ts'
import type { How } from './how.ts'

const rel = 'noopener noreferrer nofollow ugc'

/** Moves to an element by its id without touching the address of the page; works inside a shadow root too. */
const goTo = (event: MouseEvent<HTMLAnchorElement>) => {
  event.preventDefault()
  const root = event.currentTarget.getRootNode() as Document | ShadowRoot
  const target = root.getElementById(decodeURIComponent(event.currentTarget.hash.slice(1)))
  target?.scrollIntoView({ block: 'nearest' })
  target?.focus({ preventScroll: true })
}

/** A link from a call to its footnote. */
const noteLink = (id: string, name: string, number: number): ReactNode => (
  <a className="pm-inner-link" href={`#${id}`} aria-label={name} onClick={goTo}>
    {number}
  </a>
)

/** Moves back to the first call of a footnote. */
const goBack = (event: MouseEvent<HTMLAnchorElement>) => {
  event.preventDefault()
  const root = event.currentTarget.getRootNode() as Document | ShadowRoot
  const { hash } = event.currentTarget
  const call = root.querySelector<HTMLElement>(`.pm-footnote-reference a[href="${hash}"]`)
  call?.scrollIntoView({ block: 'nearest' })
  call?.focus({ preventScroll: true })
}

/** A link from a footnote back to the text. */
export const backLink = (id: string, name: string): ReactNode => (
  <a className="pm-inner-link" href={`#${id}`} aria-label={name} onClick={goBack}>
    {'\u21a9\ufe0e'}
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

/** Draws one inline node. */
export const drawInline = (node: Inline, key: number, how: How, inLink = false): ReactNode => {
  if (node.type === 'text') {
    const Text = how.components.text
    const value = visibleText(node.value)
    return Text ? createElement(Text, { key, node }, value) : value
  }
  const { components } = how
  switch (node.type) {
    case 'inlineCode': {
      const code = visibleCode(node.value)
      if (components.inlineCode) return createElement(components.inlineCode, { key, node }, code)
      return (
        <code key={key} className="pm-inline-code" dir="auto">
          {code}
        </code>
      )
    }
    case 'inlineMath': {
      const tex = visibleCode(node.value)
      if (components.inlineMath) return createElement(components.inlineMath, { key, node }, tex)
      return (
        <code key={key} className="pm-math" dir="ltr">
          {tex}
        </code>
      )
    }
    case 'emphasis': {
      const content = drawInlines(node.children, how, inLink)
      if (components.emphasis) return createElement(components.emphasis, { key, node }, content)
      return <em key={key}>{content}</em>
    }
    case 'strong': {
      const content = drawInlines(node.children, how, inLink)
      if (components.strong) return createElement(components.strong, { key, node }, content)
      return <strong key={key}>{content}</strong>
    }
    case 'strikethrough': {
      const content = drawInlines(node.children, how, inLink)
      if (components.strikethrough)
        return createElement(components.strikethrough, { key, node }, content)
      return <del key={key}>{content}</del>
    }
    case 'link': {
      const content = drawInlines(node.children, how, true)
      // An address in angle brackets may stand inside a link, where HTML has no place for a second one.
      if (inLink) return <span key={key}>{content}</span>
      const link = safeLink(node.url, how.linkPolicy)
      if (components.link)
        return createElement(components.link, { key, node, href: link?.href }, content)
      if (!link) {
        return (
          <span key={key} className="pm-no-link" dir="auto">
            {content}
          </span>
        )
      }
      return anchor(link, content, hostNote(link, node.children.map(toPlainText).join('')), key)
    }
    case 'image': {
      const src = safeImage(node.url, how.imageHosts)
      const alt = visibleText(node.alt)
      if (components.image) return createElement(components.image, { key, node, src })
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
      const link = inLink ? undefined : safeLink(node.url, how.linkPolicy)
      const words = alt ? `${how.labels.image}: ${alt}` : how.labels.image
      if (link) return anchor(link, words, link.host, key)
      return (
        <span key={key} className="pm-no-image" dir="auto">
          {words}
        </span>
      )
    }
    case 'break':
      if (components.break) return createElement(components.break, { key, node })
      return <br key={key} />
    case 'footnoteReference': {
      const { number } = node
      if (components.footnoteReference)
        return createElement(components.footnoteReference, { key, node }, number)
      return (
        <sup key={key} className="pm-footnote-reference">
          {noteLink(`${how.id}-note-${number}`, `${how.labels.footnote} ${number}`, number)}
        </sup>
      )
    }
    default:
      return node satisfies never
  }
}

/** Draws inline nodes in a row. */
export const drawInlines = (nodes: readonly Inline[], how: How, inLink = false): ReactNode => {
  const [only] = nodes
  if (nodes.length === 1 && only) return drawInline(only, 0, how, inLink)
  return nodes.map((node, index) => drawInline(node, index, how, inLink))
}
