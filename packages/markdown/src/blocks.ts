import { readFence } from './codeFence.ts'
import { createInlineParser } from './inlines.ts'
import { createLine, type Line } from './line.ts'
import { headingText, trimEnd } from './lineText.ts'
import { normalizeLabel, readDefinition, type Definition } from './linkSyntax.ts'
import type { MathSyntax } from './mathSyntax.ts'
import type { Block, FootnoteDefinition, Table, TableRow } from './nodes.ts'
import { holdsBlocks, holdsText, holdsWords, type Kind, type OpenBlock } from './openBlock.ts'
import { addParts, keepParts, partsOf, withChildren, withPart, type Parts } from './parts.ts'
import { readDelimiterRow, splitRow } from './tables.ts'
import { isHeldBack, unfinishedDefinition } from './unfinished.ts'

/** Containers nested more deeply than this are text. */
const deepestBlock = 48

/** Longer unfinished text is shown as it is written, until its paragraph ends. */
const longestTail = 8192

/** A piece of code ends with the first line that makes it this long. */
const pieceLength = 512

/** The box of a task is looked for in the lines of so many characters. */
const longestTask = 1000

type Place = Pick<OpenBlock, 'key' | 'start' | 'end' | 'fields'>

/** Reads parts of lines into a tree of blocks. */
export interface BlockReader {
  /** Takes a part of a line. */
  readonly add: (text: string) => void
  /** The line is complete; its ending has so many characters. */
  readonly endLine: (length: number) => void
  /** Closes everything; what follows is kept as it is written. */
  readonly startPlainText: () => void
  readonly close: () => void
  /** The document as it is, with what is open in it as far as it may be shown. */
  readonly view: <Fields extends object>(fields: Fields) => Fields
}

/** Creates the part of a parser that knows lines. */
export const createBlockReader = (gfm: boolean, math: MathSyntax | undefined): BlockReader => {
  /** Link definitions, and numbers of footnotes, by normalized label; that of a footnote begins with `^`. */
  const targets = new Map<string, Definition | number>()
  const parseInlines = createInlineParser(targets, gfm, math)
  /** What leaves asked for in vain, and whether anything has been defined since. */
  const questions = new WeakMap<
    Block,
    { readonly text: string; readonly missing: readonly string[] }
  >()
  let answered = false
  let footnotes: FootnoteDefinition[] = []
  let footnoteCount = 0
  let nextKey = 0
  /** A snapshot is made, which must leave no trace. */
  let looking = false

  /** Offset after what was added, and of the line it belongs to. */
  let position = 0
  let lineStart = 0
  /** The part of the line that is not read yet. */
  let pending = ''
  /** The line is read as far as it has come; more of it goes straight to the innermost block. */
  let inLeaf = false

  let line: Line
  /** So many of the open blocks go on in this line. */
  let matched = 1
  /** Nothing of the line is left. */
  let taken = false

  const createBlock = (kind: Kind, start: number, more?: Partial<OpenBlock>): OpenBlock => ({
    kind,
    key: nextKey++,
    start,
    end: start,
    done: [],
    count: 0,
    front: '',
    text: '',
    gap: '',
    lastLine: start,
    indent: 0,
    ...more,
  })

  const root = createBlock('document', 0)
  const spine = [root]
  const tip = () => spine[spine.length - 1] as OpenBlock

  /** What nodes have in common. The fields are those of the type. */
  const toNode = (type: Kind | Block['type'], { key, start, end, fields }: Place) =>
    ({ type, key, start, end, finished: !looking, ...fields }) as unknown as Block

  const settle = (block: OpenBlock, part: unknown) => {
    block.done = withPart(block.done, block.count++, part)
  }

  /** A node of a container or leaf, with what is still open in it. */
  const withOpen = <Node extends object>(
    node: Node,
    { done, count }: OpenBlock,
    open: readonly unknown[],
  ): Node => withChildren(node, addParts(done, count, open))

  /** A container with the block that is open in it, or a text. */
  const toBlock = (block: OpenBlock, child?: Block): Block => {
    const { kind, done, count, front, text } = block
    const node = toNode(kind, block)
    return holdsText(block)
      ? keepParts(Object.assign(node, { value: front + text }), withPart(done, count, text))
      : withOpen(node, block, [child])
  }

  /** The first definition of a label counts. */
  const define = (label: string, target: Definition | number) => {
    if (looking || targets.has(label)) return
    targets.set(label, target)
    answered = true
  }

  /** A paragraph without the definitions at its front; with `all`, only if there is nothing else in it. */
  const withoutDefinitions = (text: string, all = false): string => {
    const found: NonNullable<ReturnType<typeof readDefinition>>[] = []
    let at = 0
    for (let one; (one = readDefinition(text, at)); at = one.end) found.push(one)
    if (all && at < text.length) return text
    for (const one of found) define(one.label, one)
    return text.slice(at)
  }

  /** Of footnotes with one label the first counts, though one that is written in its text ends before it. */
  const addFootnote = (node: Block | undefined) => {
    if (node?.type !== 'footnoteDefinition') return
    const index = node.number - 1
    const known = footnotes[index]
    if (known === node || (known && known.key < node.key)) return
    footnotes = [...footnotes]
    footnotes[index] = node
  }

  /** Gives a leaf its words. */
  const withWords = (node: Block, text: string): Block => {
    const { nodes, missing } = parseInlines(text)
    const leaf = Object.assign(node, { children: nodes })
    if (missing.length > 0) questions.set(leaf, { text, missing })
    return leaf
  }

  /** The words of a paragraph or heading. */
  const wordsOf = ({ kind, front, text }: OpenBlock): string =>
    kind === 'heading' ? headingText(text) : front ? text : withoutDefinitions(text)

  /** Makes a node of a block that ends; undefined when it was all definitions. */
  const finish = (block: OpenBlock): Block | undefined => {
    if (!holdsWords(block)) return toBlock(block)
    const words = trimEnd(block.front + wordsOf(block))
    return words || block.kind === 'heading'
      ? withWords(toNode(block.kind, block), words)
      : undefined
  }

  const closeTip = () => {
    const block = spine.pop() as OpenBlock
    const node = finish(block)
    addFootnote(node)
    if (node) settle(tip(), node)
  }

  const closeTo = (depth: number) => {
    while (spine.length > depth) closeTip()
  }

  /** Opens a block at the next character of the line, and closes what cannot hold it. */
  const open = (kind: Kind, more?: Partial<OpenBlock>, start = line.start): OpenBlock => {
    closeTo(matched)
    while (tip().kind === 'list' ? kind !== 'listItem' : !holdsBlocks(tip())) closeTip()
    const parent = tip()
    const list = parent.kind === 'list' ? parent : spine.at(-2)
    if (parent.blank && list?.kind === 'list') list.fields = { ...list.fields, loose: true }
    parent.filled = true
    const block = createBlock(kind, start, more)
    matched = spine.push(block)
    return block
  }

  const addText = (block: OpenBlock, text: string) => {
    block.lastLine = line.start
    block.text += `${block.gap}${block.filled ? '\n' : ''}`
    block.gap = ''
    block.filled = true
    if (holdsText(block)) keepLines(block)
    block.text += text
  }

  /** Whole lines of code become pieces that stay what they are. */
  const keepLines = (block: OpenBlock) => {
    const cut = block.text.lastIndexOf('\n') + 1
    if (cut < pieceLength) return
    const lines = block.text.slice(0, cut)
    settle(block, lines)
    block.front += lines
    block.text = block.text.slice(cut)
  }

  const addToParagraph = (block: OpenBlock) => {
    const { words } = line
    // What starts with a bracket cannot belong to a complete definition before it.
    if (words.startsWith('[') && !block.front && !withoutDefinitions(block.text, true)) {
      block.text = ''
      block.filled = false
    }
    addText(block, words)
    const item = spine.at(-2) as OpenBlock
    const first = item.kind === 'listItem' && !item.fields && item.count === 0
    // A long text has no box before it; to look at it would join its lines, again with each of them.
    const mayBeTask = gfm && first && block.text.length < longestTask
    const box = mayBeTask && /^\[([ xX])\][ \t\n]+(?=[^ \t\n])/.exec(block.text)
    if (!box) return
    item.fields = { checked: box[1] !== ' ' }
    block.text = block.text.slice(box[0].length)
  }

  /** The last row of a table. While it is open it has its closed cells; the last one waits for its `|`. */
  const toRow = ({ text, lastLine: start, fields }: OpenBlock): Block | undefined => {
    const { cells, open: unclosed } = splitRow(text)
    if (looking && unclosed) cells.pop()
    if (looking && cells.length === 0) return undefined
    const { length } = text
    const row = toNode('tableRow', { key: nextKey, start, end: start + length })
    const children = (fields as Pick<Table, 'align'>).align.map((align, index) => {
      const cell = cells[index] ?? { start: length, end: length, text: '' }
      const place = {
        key: nextKey + 1 + index,
        start: start + cell.start,
        end: start + cell.end,
        fields: { align },
      }
      return withWords(toNode('tableCell', place), cell.text)
    })
    return Object.assign(row, { children })
  }

  const finishRow = (table: OpenBlock) => {
    const row = toRow(table) as TableRow
    settle(table, row)
    table.text = ''
    nextKey += row.children.length + 1
  }

  /** Whether an open block goes on in the line; steps over what it takes of it. */
  const continues = (block: OpenBlock): boolean => {
    const { indent, words } = line
    switch (block.kind) {
      case 'blockquote':
        if (indent > 3 || !words.startsWith('>')) return false
        line.skip(indent + 1)
        if (line.indent > 0) line.skip(1)
        return true
      case 'listItem':
      case 'footnoteDefinition':
        if (words ? indent < block.indent : !block.filled) return false
        line.skip(words ? block.indent : indent)
        return true
      case 'paragraph':
      case 'table':
        return words !== ''
      case 'code':
      case 'math': {
        if (!block.close && words && indent < 4) return false
        const last = block.close?.(words, indent)
        if (last) addText(block, last)
        block.closed = last !== undefined
        if (!block.closed) line.skip(Math.min(indent, block.indent))
        return true
      }
      default:
        return true
    }
  }

  /** Opens the block that starts at the next character of the line. */
  const start = (): boolean => {
    const { indent, words } = line
    const parent = tip()
    const inParagraph = parent.kind === 'paragraph'
    const interrupts = inParagraph && spine.length === matched
    if (!words || (indent > 3 && inParagraph)) return false
    if (indent > 3) {
      const code = open('code', { indent: 4 })
      line.skip(4)
      addText(code, line.rest())
      return (taken = true)
    }
    const deep = spine.length > deepestBlock
    if (words.startsWith('>') && !deep) {
      continues(open('blockquote'))
      return true
    }
    const hashes = /^#{1,6}(?=[ \t]|$)/.exec(words)?.[0].length
    if (hashes) {
      const heading = open('heading', { fields: { depth: hashes }, closed: true })
      line.skip(indent + hashes)
      addText(heading, line.words)
      return (taken = true)
    }
    const fence = readFence(words)
    const formula = fence || inParagraph ? undefined : math?.block(words)
    const opening = fence ?? formula
    if (opening) {
      const block = open(fence ? 'code' : 'math', { ...opening, indent, closed: !opening.close })
      block.filled = block.text !== ''
      return (taken = true)
    }
    if (interrupts && /^(?:=+|-+)[ \t]*$/.test(words)) {
      const text = trimEnd(withoutDefinitions(parent.front + parent.text))
      parent.front = ''
      parent.text = text
      if (text) {
        parent.fields = { type: 'heading', depth: words.startsWith('=') ? 1 : 2 }
        parent.closed = true
        return (taken = true)
      }
      parent.filled = false
    }
    if (/^([*_-])[ \t]*(?:\1[ \t]*){2,}$/.test(words)) {
      const rule = open('thematicBreak', { end: position })
      spine.pop()
      settle(tip(), toNode('thematicBreak', rule))
      return (taken = true)
    }
    if (!deep && (startFootnote() || startItem(interrupts))) return true
    return gfm && interrupts && startTable(parent)
  }

  const startFootnote = (): boolean => {
    const found = gfm && /^\[\^([^\s[\]]{1,999})\]:/.exec(line.words)
    if (!found) return false
    const [all, label] = found
    const name = normalizeLabel(`^${label}`)
    const known = targets.get(name)
    const number = typeof known === 'number' ? known : ++footnoteCount
    open('footnoteDefinition', { fields: { label, number }, indent: 4 })
    define(name, number)
    line.skip(line.indent + all.length)
    line.skip(line.indent)
    return true
  }

  const startItem = (interrupts: boolean): boolean => {
    const { indent, words } = line
    const found = /^(?:[*+-]|(\d{1,9})([.)]))(?=[ \t]|$)/.exec(words)
    // A paragraph is not interrupted by an empty item, nor by a number other than one.
    if (!found || (interrupts && /^(?:\S+[ \t]*$|(?!0*1[.)])\d)/.test(words))) return false
    const [all, digits, marker = all] = found
    closeTo(matched)
    const list = tip()
    if (list.kind !== 'list' || list.marker !== marker) {
      const fields = { ordered: digits !== undefined, first: Number(digits ?? 0), loose: false }
      open('list', { fields, marker })
    }
    const item = open('listItem')
    line.skip(indent + all.length)
    const space = !line.words || line.indent > 4 ? 1 : line.indent
    line.skip(space)
    item.indent = indent + all.length + space
    return true
  }

  /** Makes a table of the last line of a paragraph, when this line is its delimiter row. */
  const startTable = (paragraph: OpenBlock): boolean => {
    const align = readDelimiterRow(line.words)
    if (!align) return false
    const text = paragraph.front + paragraph.text
    const cut = text.lastIndexOf('\n') + 1
    const head = text.slice(cut)
    if (splitRow(head).cells.length !== align.length) return false
    const { lastLine } = paragraph
    paragraph.front = ''
    paragraph.text = text.slice(0, Math.max(0, cut - 1))
    paragraph.end = lastLine - 1
    finishRow(open('table', { fields: { align }, text: head }, lastLine))
    return (taken = true)
  }

  const readLine = () => {
    line = createLine(pending, lineStart)
    for (matched = 1; matched < spine.length; matched++) {
      if (!continues(spine[matched] as OpenBlock)) break
    }
    taken = tip().closed === true
    let started = false
    while (!taken && !holdsText(spine[matched - 1] as OpenBlock) && start()) started = true
    if (!taken) {
      const { words } = line
      if (!started && !(words && tip().kind === 'paragraph')) closeTo(matched)
      const block = tip()
      if (!words && !started) return readBlank(block)
      if (holdsText(block)) addText(block, line.rest())
      else if (words && block.kind === 'table')
        Object.assign(block, { text: words, lastLine: line.start })
      else if (words) addToParagraph(block.kind === 'paragraph' ? block : open('paragraph'))
    }
    extend()
  }

  /** A blank line counts for the innermost containers, up to a quote: the lines of a quote loosen no list around it. */
  const readBlank = (block: OpenBlock) => {
    const isText = holdsText(block)
    const isIndented = block.kind === 'code' && !block.close
    // Indented code ends with its last line that is not blank.
    if (isIndented) block.gap += `\n${line.rest()}`
    else if (isText) addText(block, line.rest())
    let inside = isIndented || !isText
    for (let depth = spine.length - 1; depth >= 0; depth--) {
      const outer = spine[depth] as OpenBlock
      if (outer.kind === 'blockquote') inside = false
      outer.blank = inside
    }
  }

  const extend = () => {
    for (const block of spine) {
      block.end = position
      block.blank = false
    }
  }

  const finishLine = () => {
    if (!inLeaf) readLine()
    const block = tip()
    if (block.closed) closeTip()
    if (block.kind === 'table' && block.text) finishRow(block)
    pending = ''
    inLeaf = false
  }

  const close = () => {
    if (pending || inLeaf) finishLine()
    closeTo(1)
  }

  /** An open paragraph or heading as far as it may be shown. */
  const showLeaf = (block: OpenBlock): Block | undefined => {
    const { kind, front } = block
    const text = wordsOf(block)
    // Half a table: what a line that begins with a pipe is, the next one says.
    const waits = !text || unfinishedDefinition.test(text) || (gfm && /^\|.*$/.test(text))
    if (waits && kind === 'paragraph' && !front) return undefined
    const node = toNode(kind, block)
    // Something near the start of this text is unfinished for so long that looking at it again with every token would
    // cost more than it shows.
    if (text.length > longestTail) {
      return withOpen(node, block, [{ type: 'text', value: text }])
    }
    const shown = gfm ? text.replace(/\n\|.*$/, '') : text
    const { nodes, settled, settledLength } = parseInlines(shown, true)
    // White space after what is settled would count as that at the start of a heading.
    if (kind === 'heading' || text !== block.text)
      return withOpen(node, block, [...settled, ...nodes])
    for (const part of settled) settle(block, part)
    block.front += text.slice(0, settledLength)
    block.text = text.slice(settledLength)
    return withOpen(node, block, nodes)
  }

  /** Makes a snapshot: the open blocks become nodes, from the innermost outwards. */
  const show = <Fields extends object>(fields: Fields): Fields => {
    looking = true
    const last = tip()
    let child = last.kind === 'table' ? toRow(last) : undefined
    for (let depth = spine.length - 1; depth > 0; depth--) {
      const block = spine[depth] as OpenBlock
      child = holdsWords(block) ? showLeaf(block) : toBlock(block, child)
      addFootnote(child)
    }
    looking = false
    return withOpen({ ...fields, footnotes }, root, [child])
  }

  /** A node or parts of one, with those leaves parsed anew that asked for what has been defined since. */
  const answer = (node: Block | Parts): unknown => {
    if (!('type' in node)) {
      const parts = node.map((part) => answer(part as Block))
      return parts.some((part, place) => part !== node[place]) ? parts : node
    }
    const { text = '', missing = [] } = questions.get(node) ?? {}
    let fresh = node
    if (missing.some((label) => targets.has(label))) fresh = withWords({ ...node }, text)
    else if ('children' in node) {
      const before = partsOf(node)
      const parts = answer(before) as Parts
      if (parts !== before) fresh = withChildren({ ...node }, parts)
    }
    addFootnote(fresh)
    return fresh
  }

  return {
    add: (text) => {
      position += text.length
      if (!inLeaf) pending += text
      else {
        const block = tip()
        block.text += text
        if (holdsText(block)) keepLines(block)
        extend()
      }
    },
    endLine: (length) => {
      finishLine()
      lineStart = position += length
    },
    startPlainText: () => {
      close()
      open('plainText', {}, position)
      inLeaf = true
    },
    close,
    view: (fields) => {
      const { kind, close: fence } = tip()
      const inside = kind === 'code' && fence && spine.length < 3 ? 'fence' : kind
      if (pending && !inLeaf && !isHeldBack(pending, inside)) {
        readLine()
        inLeaf = true
      }
      if (answered) {
        for (const block of spine) {
          if (!holdsText(block)) block.done = answer(block.done) as Parts
        }
      }
      answered = false
      return show(fields)
    },
  }
}
