import { Fragment, memo, type ElementType, type ReactNode } from 'react'
import { toAlt } from '../toAlt.ts'
import type { Align, Block, Inline } from '../nodes.ts'
import { piecesOf, runsOf } from '../runs.ts'
import { safeImage, safeLink } from '../safeLink.ts'
import { visibleCode, visibleText } from '../visibleText.ts'
import { drawGrown } from './drawGrown.tsx'
import { drawLink } from './drawLink.tsx'
import type { Column, Scope } from './how.ts'
import { innerLink } from './innerLink.tsx'

interface NodeProps extends Scope {
  readonly node: Block | Inline
  readonly index: number
}

const auto = { dir: 'auto' } as const

/** Elements of the nodes that need nothing but their content. */
const elements = {
  emphasis: ['em'],
  strong: ['strong'],
  strikethrough: ['del'],
  break: ['br'],
  thematicBreak: ['hr'],
  inlineCode: ['code', { className: 'pm-inline-code', ...auto }],
  inlineMath: ['code', { className: 'pm-math', dir: 'ltr' }],
  math: ['pre', { className: 'pm-math-block', dir: 'ltr' }],
  plainText: ['pre', { className: 'pm-plain', ...auto }],
} as const

/** What looks like an address in the words of a link: a reader takes the first one for where it leads. */
const address = /(?:[^\s/]*\.\p{L}{2}|(?<=:\/\/)[^\s/?#])(?:[^\s/?#]*[\p{L}\p{N}])?/u

const drawNode = ({ node, how, place, index }: NodeProps): ReactNode => {
  const { labels } = how
  const Replacement = how.components?.[node.type] as ElementType | undefined
  /** The component for this type, or else the element; `checked` is what only the component gets. */
  const element = (
    tag: ElementType,
    props?: object,
    content?: ReactNode,
    checked?: object,
  ): ReactNode => {
    const Tag = Replacement ?? tag
    return (
      <Tag key={index} {...(Replacement ? { node, ...checked } : props)}>
        {content}
      </Tag>
    )
  }
  const parts = (inside = place, from?: number): ReactNode => {
    const runs =
      'children' in node ? runsOf<unknown>(node) : piecesOf(node as { readonly value: string })
    return drawGrown({ ...runs, how, place: inside, draw: drawPart }, from)
  }

  switch (node.type) {
    case 'text': {
      const value = visibleText(node.value)
      return Replacement ? element(Replacement, undefined, value) : value
    }
    case 'link': {
      const content = parts('link')
      // An address in angle brackets may stand inside a link, where HTML has no place for a second one.
      if (place === 'link') return <span key={index}>{content}</span>
      const link = safeLink(node.url, how.linkPolicy)
      if (Replacement) return element(Replacement, undefined, content, { href: link?.href })
      const words = address.exec(visibleText(toAlt(node.children)))
      return drawLink(link, content, !!words && words[0].toLowerCase() !== link?.host, index)
    }
    case 'image': {
      const src = safeImage(node.url, how.imageHosts)
      const alt = visibleText(node.alt)
      if (src ?? Replacement) {
        const props = {
          className: 'pm-image',
          src,
          alt,
          loading: 'lazy',
          referrerPolicy: 'no-referrer',
        }
        return element('img', props, undefined, { src })
      }
      const link = place === 'link' ? undefined : safeLink(node.url, how.linkPolicy)
      return drawLink(link, alt ? `${labels.image}: ${alt}` : labels.image, true, index)
    }
    case 'footnoteReference': {
      const { number } = node
      const id = `${how.id}-note-${number}`
      const content = Replacement ? number : innerLink(id, `${labels.footnote} ${number}`, number)
      return element('sup', { className: 'pm-footnote-reference' }, content)
    }
    case 'footnoteDefinition': {
      // It stands where it was written, and is drawn at the end of the document.
      if (place !== 'notes') return null
      const { number } = node
      const id = `${how.id}-note-${number}`
      return (
        <li key={index} value={number} id={id} tabIndex={-1}>
          {element(Fragment, undefined, parts('flow'))}{' '}
          {innerLink(id, labels.backToText, '\u21a9\ufe0e', `[href="#${id}"]`)}
        </li>
      )
    }
    case 'paragraph':
      return place === 'tight' && !Replacement
        ? parts()
        : element('p', place === 'flow' ? auto : undefined, parts())
    case 'heading':
      return element(`h${node.depth}`, auto, parts())
    case 'blockquote':
      return element('blockquote', auto, parts('inner'))
    case 'code': {
      const content = Replacement ? parts() : <code>{parts()}</code>
      const props = { className: 'pm-code-text', dir: 'ltr', tabIndex: 0 }
      return element('pre', props, content, { labels })
    }
    case 'list': {
      const { ordered, first, loose } = node
      const start = ordered && first !== 1 ? first : undefined
      const content = parts(loose ? 'inner' : 'tight')
      return element(ordered ? 'ol' : 'ul', { className: 'pm-list', start }, content)
    }
    case 'listItem': {
      const { checked } = node
      if (checked === undefined || Replacement) return element('li', auto, parts())
      const label = checked ? labels.taskDone : labels.taskOpen
      return (
        <li key={index} dir="auto" className="pm-task">
          <input type="checkbox" disabled checked={checked} aria-label={label} /> {parts()}
        </li>
      )
    }
    case 'table': {
      const { align } = node
      const { settled, tail } = runsOf(node)
      const rows = (
        <>
          <thead>{drawPart((settled[0] ?? tail[0]) as Block, { how, place: align }, 0)}</thead>
          <tbody>{parts(align, 1)}</tbody>
        </>
      )
      const label = labels.table
      const props = { className: 'pm-table', tabIndex: 0, role: 'group', 'aria-label': label }
      return element('div', props, Replacement ? rows : <table>{rows}</table>)
    }
    case 'tableRow': {
      const align = place as readonly Align[]
      const cells = node.children.map((cell, column) =>
        drawNode({ node: cell, how, place: { side: align[column], head: !index }, index: column }),
      )
      return element('tr', undefined, cells)
    }
    case 'tableCell': {
      const { side, head } = place as Column
      const props = { scope: head ? 'col' : undefined, className: side && `pm-${side}`, ...auto }
      return element(head ? 'th' : 'td', props, parts('flow'))
    }
    default: {
      const [tag, props] = elements[node.type]
      return element(tag, props, 'value' in node || 'children' in node ? parts() : undefined)
    }
  }
}

/** A node that renders again only when it, or what all nodes share, is another object. */
const MemoNode = memo(drawNode)

/** Draws a piece of code, a block, which renders on its own, or an inline node. */
export const drawPart = (
  part: string | Block | Inline,
  { how, place }: Scope,
  index: number,
): ReactNode => {
  if (typeof part === 'string') return visibleCode(part)
  return 'key' in part ? (
    <MemoNode key={index} node={part} how={how} place={place} index={index} />
  ) : (
    drawNode({ node: part, how, place, index })
  )
}
