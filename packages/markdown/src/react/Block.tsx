import { createElement, memo, useMemo, type MemoExoticComponent, type ReactNode } from 'react'
import type {
  Align,
  Block as BlockNode,
  Inline,
  List,
  ListItem,
  Table,
  TableCell,
  TableRow,
} from '../nodes.ts'
import { piecesOf, runsOf } from '../runs.ts'
import { visibleCode } from '../visibleText.ts'
import { CodeBlock } from './CodeBlock.tsx'
import { drawGrown } from './Grown.tsx'
import type { How } from './how.ts'
import { drawInline } from './inlineElements.tsx'

/** Where a block stands: tight items hold bare text, and one direction rules a whole item or quote. */
export type Place = 'flow' | 'quote' | 'looseItem' | 'tightItem'

interface BlockProps {
  readonly node: BlockNode
  readonly how: How
  readonly place: Place
}

const drawers: Record<Place, (node: BlockNode, index: number, how: How) => ReactNode> = {
  flow: (node, _, how) => <Block key={node.key} node={node} how={how} place="flow" />,
  quote: (node, _, how) => <Block key={node.key} node={node} how={how} place="quote" />,
  looseItem: (node, _, how) => <Block key={node.key} node={node} how={how} place="looseItem" />,
  tightItem: (node, _, how) => <Block key={node.key} node={node} how={how} place="tightItem" />,
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

const drawItem = (item: ListItem, how: How, place: Place): ReactNode => {
  const content = drawBlocks(item, how, place)
  const Replacement = how.components.listItem
  if (Replacement) return <Replacement node={item}>{content}</Replacement>
  if (item.checked === undefined) return <li dir="auto">{content}</li>
  const { taskDone, taskOpen } = how.labels
  return (
    <li dir="auto" className="pm-task">
      <input
        type="checkbox"
        disabled
        checked={item.checked}
        readOnly
        aria-label={item.checked ? taskDone : taskOpen}
      />{' '}
      {content}
    </li>
  )
}

const drawList = (node: List, how: How): ReactNode => {
  const items = drawBlocks(node, how, node.loose ? 'looseItem' : 'tightItem')
  if (node.ordered) {
    return (
      <ol className="pm-list" {...(node.first === 1 ? undefined : { start: node.first })}>
        {items}
      </ol>
    )
  }
  return <ul className="pm-list">{items}</ul>
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
  const className = side && `pm-${side}`
  return head ? (
    <th key={column} scope="col" dir="auto" className={className}>
      {words}
    </th>
  ) : (
    <td key={column} dir="auto" className={className}>
      {words}
    </td>
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

const headings = ['h1', 'h2', 'h3', 'h4', 'h5', 'h6'] as const

/** One block. It renders again only when it, or what all blocks share, is another object. */
export const Block: MemoExoticComponent<(props: BlockProps) => ReactNode> = memo(
  ({ node, how, place }: BlockProps): ReactNode => {
    const { components, labels } = how
    switch (node.type) {
      case 'paragraph': {
        const words = drawWords(node, how)
        if (components.paragraph)
          return <components.paragraph node={node}>{words}</components.paragraph>
        if (place === 'tightItem') return words
        return place === 'flow' ? <p dir="auto">{words}</p> : <p>{words}</p>
      }
      case 'heading': {
        const words = drawWords(node, how)
        if (components.heading) return <components.heading node={node}>{words}</components.heading>
        return createElement(headings[node.depth - 1] ?? 'h6', { dir: 'auto' }, words)
      }
      case 'code': {
        const Code = components.code ?? CodeBlock
        return (
          <Code node={node} labels={labels}>
            {drawGrown(piecesOf(node), how, drawPiece)}
          </Code>
        )
      }
      case 'math': {
        const tex = visibleCode(node.value)
        if (components.math) return <components.math node={node}>{tex}</components.math>
        return (
          <pre className="pm-math-block" dir="ltr">
            {tex}
          </pre>
        )
      }
      case 'plainText': {
        const text = drawGrown(piecesOf(node), how, drawPiece)
        if (components.plainText)
          return <components.plainText node={node}>{text}</components.plainText>
        return (
          <pre className="pm-plain" dir="auto">
            {text}
          </pre>
        )
      }
      case 'thematicBreak':
        return components.thematicBreak ? <components.thematicBreak node={node} /> : <hr />
      case 'blockquote': {
        const content = drawBlocks(node, how, 'quote')
        if (components.blockquote)
          return <components.blockquote node={node}>{content}</components.blockquote>
        return <blockquote dir="auto">{content}</blockquote>
      }
      case 'list': {
        const { list: Replacement } = components
        return Replacement ? (
          <Replacement node={node}>
            {drawBlocks(node, how, node.loose ? 'looseItem' : 'tightItem')}
          </Replacement>
        ) : (
          drawList(node, how)
        )
      }
      case 'listItem':
        return drawItem(node, how, place)
      case 'table':
        return <TableBlock node={node} how={how} />
      case 'tableRow':
      case 'tableCell':
      case 'footnoteDefinition':
        // Rows and cells are drawn by their table, footnotes at the end of the document.
        return null
      default:
        return node satisfies never
    }
  },
)
