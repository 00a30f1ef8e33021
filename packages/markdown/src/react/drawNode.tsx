import { Fragment, memo, type ElementType, type FunctionComponent, type ReactNode } from 'react'
import type { Block, Inline } from '../nodes.ts'
import { partsOf, type Parts } from '../parts.ts'
import { safeImage, safeLink } from '../safeLink.ts'
import { toAlt } from '../toAlt.ts'
import { visibleCode, visibleText } from '../visibleText.ts'
import { drawLink } from './drawLink.tsx'
import type { How, Place } from './how.ts'
import { innerLink } from './innerLink.tsx'

interface PartProps {
  readonly part: Block | Inline | Parts
  readonly how: How
  readonly place: Place
}

const auto = { dir: 'auto' } as const

/** Elements of the nodes that need nothing but their content. */
const elements = {
  emphasis: ['em'],
  strong: ['strong'],
  strikethrough: ['del'],
  inlineCode: ['code', { className: 'pm-inline-code', ...auto }],
  inlineMath: ['code', { className: 'pm-math', dir: 'ltr' }],
  math: ['pre', { className: 'pm-math-block', dir: 'ltr' }],
  plainText: ['pre', { className: 'pm-plain', ...auto }],
  tableRow: ['tr'],
} as const

/** What looks like an address in the words of a link: a reader takes the first one for where it leads. */
const address = /(?:[^\s/]*\.\p{L}{2}|(?<=:\/\/)[^\s/?#])(?:[^\s/?#]*[\p{L}\p{N}])?/u

const draw = ({ part: node, how, place }: PartProps): ReactNode => {
  if (!('type' in node)) return drawParts(node, how, place)
  const { labels, linkPolicy } = how
  const Replacement = how.components?.[node.type] as ElementType | undefined
  const parts = (inside = place) => drawParts(partsOf(node), how, inside)
  /** The component for this type, or else the element; `checked` is what only the component gets. */
  const element = (
    tag: ElementType,
    props?: object,
    content: ReactNode = parts(),
    checked?: object,
  ): ReactNode => {
    const Tag = Replacement ?? tag
    return <Tag {...(Replacement ? { node, ...checked } : props)}>{content}</Tag>
  }

  switch (node.type) {
    case 'text':
      return element(Fragment, undefined, visibleText(node.value))
    case 'break':
      return element('br', undefined, null)
    case 'thematicBreak':
      return element('hr', undefined, null)
    case 'link': {
      // An address in angle brackets may stand inside a link, where HTML has no place for a second one.
      if (place === 'link') return drawLink(undefined, parts())
      const link = safeLink(node.url, linkPolicy)
      const content = parts('link')
      if (Replacement) return element(Replacement, undefined, content, { href: link?.href })
      const words = address.exec(visibleText(toAlt(node.children)))
      return drawLink(link, content, words?.[0].toLowerCase())
    }
    case 'image': {
      const src = safeImage(node.url, how.imageHosts)
      const alt = visibleText(node.alt)
      const props = {
        className: 'pm-image',
        src,
        alt,
        loading: 'lazy',
        referrerPolicy: 'no-referrer',
      }
      if (src ?? Replacement) return element('img', props, null, { src })
      const link = place === 'link' ? undefined : safeLink(node.url, linkPolicy)
      return drawLink(link, alt ? `${labels.image}: ${alt}` : labels.image, alt)
    }
    case 'footnoteReference': {
      const label = `${labels.footnote} ${node.number}`
      const content = Replacement ? node.number : innerLink(noteId(how, node), label, node.number)
      return element('sup', { className: 'pm-footnote-reference' }, content)
    }
    case 'footnoteDefinition': {
      // It stands where it was written, and is drawn at the end of the document.
      if (place !== 'notes') return null
      const id = noteId(how, node)
      return (
        <li value={node.number} id={id} tabIndex={-1}>
          {element(Fragment, undefined, parts('flow'))}{' '}
          {innerLink(id, labels.backToText, '\u21a9\ufe0e', `[href="#${id}"]`)}
        </li>
      )
    }
    case 'paragraph':
      return place === 'tight' && !Replacement
        ? parts()
        : element('p', place === 'flow' ? auto : undefined)
    case 'heading':
      return element(`h${node.depth}`, auto)
    case 'blockquote':
      return element('blockquote', auto, parts('inner'))
    case 'code': {
      const content = Replacement ? parts() : <code>{parts()}</code>
      return element('pre', { className: 'pm-code-text', dir: 'ltr', tabIndex: 0 }, content, {
        labels,
      })
    }
    case 'list': {
      const { ordered, first, loose } = node
      const props = { className: 'pm-list', start: ordered && first !== 1 ? first : undefined }
      return element(ordered ? 'ol' : 'ul', props, parts(loose ? 'inner' : 'tight'))
    }
    case 'listItem': {
      const { checked } = node
      if (checked === undefined || Replacement) return element('li', auto)
      const label = checked ? labels.taskDone : labels.taskOpen
      return (
        <li {...auto} className="pm-task">
          <input type="checkbox" disabled checked={checked} aria-label={label} /> {parts()}
        </li>
      )
    }
    case 'table': {
      const all = partsOf(node)
      const rows = (
        <Fragment>
          <thead>{drawParts(all.slice(0, 1), how, 'head')}</thead>
          <tbody>{drawParts(all.slice(1), how, 'flow')}</tbody>
        </Fragment>
      )
      const props = {
        className: 'pm-table',
        tabIndex: 0,
        role: 'group',
        'aria-label': labels.table,
      }
      return element('div', props, Replacement ? rows : <table>{rows}</table>)
    }
    case 'tableCell': {
      const scope = place === 'head' ? 'col' : undefined
      const className = node.align && `pm-${node.align}`
      return element(scope ? 'th' : 'td', { scope, className, ...auto }, parts('flow'))
    }
    default: {
      const [tag, props] = elements[node.type]
      return element(tag, props)
    }
  }
}

const noteId = ({ id }: How, { number }: { readonly number: number }) => `${id}-note-${number}`

/** A block, or a group of parts, that renders again only when it, or what all parts share, is another object. */
export const Part: FunctionComponent<PartProps> = memo(draw)

/** Draws parts: text as it is, blocks, inline nodes and groups each on its own. */
export const drawParts = (parts: Parts, how: How, place: Place): ReactNode[] =>
  parts.map((each, index) => {
    if (typeof each === 'string') return visibleCode(each)
    const part = each as PartProps['part']
    return 'type' in part && part.type === 'text' && !how.components?.text ? (
      visibleText(part.value)
    ) : (
      <Part key={index} part={part} how={how} place={place} />
    )
  })
