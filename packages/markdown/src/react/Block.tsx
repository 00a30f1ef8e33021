import {
  createElement,
  memo,
  useMemo,
  type ComponentType,
  type MemoExoticComponent,
  type ReactNode,
} from 'react'
import type {
  Align,
  Block as BlockNode,
  Inline,
  ListItem,
  Table,
  TableCell,
  TableRow,
} from '../nodes.ts'
import { piecesOf, runsOf } from '../runs.ts'
import { visibleCode } from '../visibleText.ts'
import { CodeBlock } from './CodeBlock.tsx'
import { drawGrown } from './Grown.tsx'
import type { How, MarkdownNodeProps } from './how.ts'
import { drawInline } from './inlineElements.tsx'

/** Where a block stands: tight items hold bare text, and one direction rules a whole item or quote. */
export type Place = 'flow' | 'quote' | 'looseItem' | 'tightItem'

interface BlockProps {
  readonly node: BlockNode
  readonly how: How
  readonly place: Place
}

const drawAt =
  (place: Place) =>
  (node: BlockNode, _: number, how: How): ReactNode => (
    <Block key={node.key} node={node} how={how} place={place} />
  )

// One function for each place, since memoised groups compare it.
const drawers: Record<Place, ReturnType<typeof drawAt>> = {
  flow: drawAt('flow'),
  quote: drawAt('quote'),
  looseItem: drawAt('looseItem'),
  tightItem: drawAt('tightItem'),
}

/** Draws the blocks of a container. */
export const drawBlocks = (
  parent: { readonly children: readonly BlockNode[] },
  how: How,
  place: Place,
): ReactNode => drawGrown(runsOf(parent), how, drawers[place])

const drawWords = (parent: { readonly children: readonly Inline[] }, how: How): ReactNode =>
  drawGrown(runsOf(parent), how, drawWord)

const drawWord = (node: Inline, index: number, how: How): ReactNode => drawInline(node, index, how)

const drawPiece = (piece: string): ReactNode => visibleCode(piece)

const drawItem = ({ checked }: ListItem, how: How, content: ReactNode): ReactNode => {
  if (checked === undefined) return <li dir="auto">{content}</li>
  const { taskDone, taskOpen } = how.labels
  return (
    <li dir="auto" className="pm-task">
      <input
        type="checkbox"
        disabled
        checked={checked}
        readOnly
        aria-label={checked ? taskDone : taskOpen}
      />{' '}
      {content}
    </li>
  )
}

interface TableHow {
  readonly how: How
  readonly align: readonly Align[]
}

interface RowProps {
  readonly row: TableRow
  readonly drawn: TableHow
  readonly head: boolean
}

const drawCell = (
  cell: TableCell,
  column: number,
  { how, align }: TableHow,
  head: boolean,
): ReactNode => {
  const Replacement = how.components.tableCell
  const words = drawWords(cell, how)
  if (Replacement) {
    return (
      <Replacement key={column} node={cell}>
        {words}
      </Replacement>
    )
  }
  const side = align[column]
  return createElement(
    head ? 'th' : 'td',
    { key: column, scope: head ? 'col' : undefined, dir: 'auto', className: side && `pm-${side}` },
    words,
  )
}

const Row = memo(({ row, drawn, head }: RowProps): ReactNode => {
  const Replacement = drawn.how.components.tableRow
  const cells = row.children.map((cell, column) => drawCell(cell, column, drawn, head))
  return Replacement ? <Replacement node={row}>{cells}</Replacement> : <tr>{cells}</tr>
})

/** The rows after the head. */
const drawBodyRow = (row: TableRow, index: number, drawn: TableHow): ReactNode =>
  index === 0 ? null : <Row key={row.key} row={row} drawn={drawn} head={false} />

const TableBlock = ({ node, how }: { node: Table; how: How }): ReactNode => {
  const { align } = node
  const drawn = useMemo(() => ({ how, align }), [how, align])
  const runs = runsOf(node)
  const head = runs.settled[0] ?? runs.tail[0]
  const Replacement = how.components.table
  const rows = (
    <>
      <thead>{head ? <Row row={head} drawn={drawn} head /> : null}</thead>
      {runs.count + runs.tail.length > 1 ? (
        <tbody>{drawGrown(runs, drawn, drawBodyRow)}</tbody>
      ) : null}
    </>
  )
  if (Replacement) return <Replacement node={node}>{rows}</Replacement>
  return (
    <div className="pm-table" tabIndex={0} role="group" aria-label={how.labels.table}>
      <table>{rows}</table>
    </div>
  )
}

/** What stands inside the element of a block, and inside the component that replaces it. */
const drawContent = (node: BlockNode, how: How, place: Place): ReactNode => {
  switch (node.type) {
    case 'paragraph':
    case 'heading':
      return drawWords(node, how)
    case 'code':
    case 'plainText':
      return drawGrown(piecesOf(node), how, drawPiece)
    case 'math':
      return visibleCode(node.value)
    case 'blockquote':
      return drawBlocks(node, how, 'quote')
    case 'list':
      return drawBlocks(node, how, node.loose ? 'looseItem' : 'tightItem')
    case 'listItem':
      return drawBlocks(node, how, place)
    default:
      return undefined
  }
}

/** One block. It renders again only when it, or what all blocks share, is another object. */
export const Block: MemoExoticComponent<(props: BlockProps) => ReactNode> = memo(
  ({ node, how, place }: BlockProps): ReactNode => {
    const { components, labels } = how
    const { type } = node
    // Rows and cells are drawn by their table, footnotes at the end of the document.
    if (type === 'tableRow' || type === 'tableCell' || type === 'footnoteDefinition') return null
    if (type === 'table') return <TableBlock node={node} how={how} />
    const content = drawContent(node, how, place)
    if (node.type === 'code') {
      const Code = components.code ?? CodeBlock
      return (
        <Code node={node} labels={labels}>
          {content}
        </Code>
      )
    }
    // The component of a type takes nodes of that type: more than TypeScript can follow through an index.
    const Replacement = components[node.type] as
      | ComponentType<MarkdownNodeProps<BlockNode>>
      | undefined
    if (Replacement) return <Replacement node={node}>{content}</Replacement>
    switch (node.type) {
      case 'paragraph':
        if (place === 'tightItem') return content
        return <p dir={place === 'flow' ? 'auto' : undefined}>{content}</p>
      case 'heading':
        return createElement(`h${node.depth}`, { dir: 'auto' }, content)
      case 'math':
      case 'plainText':
        return (
          <pre
            className={node.type === 'math' ? 'pm-math-block' : 'pm-plain'}
            dir={node.type === 'math' ? 'ltr' : 'auto'}
          >
            {content}
          </pre>
        )
      case 'thematicBreak':
        return <hr />
      case 'blockquote':
        return <blockquote dir="auto">{content}</blockquote>
      case 'list':
        return createElement(
          node.ordered ? 'ol' : 'ul',
          {
            className: 'pm-list',
            start: node.ordered && node.first !== 1 ? node.first : undefined,
          },
          content,
        )
      case 'listItem':
        return drawItem(node, how, content)
      default:
        return node satisfies never
    }
  },
)
