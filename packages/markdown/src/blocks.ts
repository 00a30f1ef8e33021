import { unescapeMarkdown } from './entities.ts'
import { parseInlines, parseOpenInlines, type InlineContext } from './inlines.ts'
import { chomp, headingText, isBlank, thematicBreak, trimEnd, withoutBlankEnd } from './lineText.ts'
import { normalizeLabel, scanDefinition, type Definition } from './linkSyntax.ts'
import type { Block, FootnoteDefinition, Heading, Inline, TableCell, TableRow } from './nodes.ts'
import type { Kind, OpenBlock } from './openBlock.ts'
import { pieceLength, withChildren, withPieces, type Runs } from './runs.ts'
import { readDelimiterRow, splitRow } from './tables.ts'
import { work } from './work.ts'

interface Waiting {
  readonly key: number
  readonly start: number
  readonly text: string
}

/** Containers nested more deeply than this are text. */
const deepestBlock = 48

const codeTab = 9
const codeSpace = 32

/** Reads line after line into a tree of blocks. */
export interface BlockReader {
  /** Reads a complete line, without its ending. */
  readonly readLine: (text: string, start: number) => void
  /** Reads the line that is not complete yet on a copy of the open blocks. */
  readonly tryLine: (text: string, start: number) => Trial
  /** Parses anew the leaves that asked for a label which has been defined since. */
  readonly resolveArrived: () => void
  /** Closes everything; what follows is kept as it is written. */
  readonly startPlainText: (start: number) => void
  readonly addPlainText: (text: string) => void
  /** The blocks as they are, or as a trial left them. */
  readonly view: (result?: Trial) => View
  /** What the innermost open block is: at the start of a line in a fence or table, other things wait. */
  readonly tipKind: () => string
  readonly close: () => void
}

/** Creates the part of a parser that knows lines. */
export const createBlockReader = (gfm: boolean, math: boolean): BlockReader => {
  const definitions = new Map<string, Definition>()
  const footnotes = new Map<string, number>()
  const context: InlineContext = { gfm, math, definitions, footnotes }
  /** Leaves by the labels they asked for in vain. */
  const waiting = new Map<string, Map<number, Waiting>>()
  /** Labels defined since the last look at who waits for them. */
  const arrived = new Set<string>()
  let notes: FootnoteDefinition[] = []
  let nextKey = 1
  let trial = false

  const createBlock = (kind: Kind, start: number, fields?: Partial<OpenBlock>): OpenBlock => ({
    kind,
    key: kind === 'document' ? 0 : nextKey++,
    start,
    end: start,
    done: [],
    extra: [],
    filled: false,
    blank: false,
    text: '',
    pieces: [],
    settled: { length: 0, nodes: [] },
    tail: undefined,
    marker: '',
    indent: 0,
    size: 0,
    ordered: false,
    loose: false,
    checked: undefined,
    info: '',
    align: [],
    ...fields,
  })

  let spine: OpenBlock[] = [createBlock('document', 0)]
  const tip = (): OpenBlock => spine[spine.length - 1] as OpenBlock

  // The line that is read.
  let line = ''
  let lineStart = 0
  let offset = 0
  let column = 0
  let inTab = false
  let next = 0
  let indent = 0
  let blank = false

  const findNext = () => {
    let at = offset
    let width = column
    for (; at < line.length; at++) {
      const code = line.charCodeAt(at)
      if (code === codeSpace) width++
      else if (code === codeTab) width += 4 - (width % 4)
      else break
    }
    next = at
    indent = width - column
    blank = at >= line.length
  }

  const skipToNext = () => {
    column += indent
    offset = next
    inTab = false
    indent = 0
  }

  const skipColumns = (count: number) => {
    while (count > 0 && offset < line.length) {
      if (line.charCodeAt(offset) === codeTab) {
        const width = 4 - (column % 4)
        inTab = width > count
        const taken = Math.min(count, width)
        column += taken
        count -= taken
        if (!inTab) offset++
      } else {
        inTab = false
        offset++
        column++
        count--
      }
    }
  }

  const skipCharacters = (count: number) => {
    inTab = false
    offset += count
    column += count
  }

  const restOfLine = (): string =>
    inTab ? ' '.repeat(4 - (column % 4)) + line.slice(offset + 1) : line.slice(offset)

  const pushChild = (parent: OpenBlock, node: Block) => {
    if (trial) parent.extra.push(node)
    else parent.done.push(node)
  }

  const hasChildren = (block: OpenBlock): boolean => block.done.length + block.extra.length > 0

  const remember = (
    key: number,
    start: number,
    text: string,
    missing: ReadonlySet<string> | undefined,
  ) => {
    if (trial || !missing) return
    for (const label of missing) {
      let leaves = waiting.get(label)
      if (!leaves) waiting.set(label, (leaves = new Map()))
      leaves.set(key, { key, start, text })
    }
  }

  const parseLeaf = (key: number, start: number, text: string): readonly Inline[] => {
    const { nodes, missing } = parseInlines(text, context)
    remember(key, start, text, missing)
    return nodes
  }

  /** Takes the definitions off the front of a paragraph; with `all`, only if there is nothing else in it. */
  const takeDefinitions = (text: string, all = false): string => {
    const taken: NonNullable<ReturnType<typeof scanDefinition>>[] = []
    let at = 0
    for (let found; (found = scanDefinition(text, at)); at = found.end) taken.push(found)
    if (all && at < text.length) return text
    if (!trial) {
      for (const { label, definition } of taken) {
        if (definitions.has(label)) continue
        definitions.set(label, definition)
        arrived.add(label)
      }
    }
    return at > 0 ? text.slice(at) : text
  }

  const task = (text: string, block: OpenBlock, parent: OpenBlock | undefined): string => {
    if (!gfm || parent?.kind !== 'listItem' || hasChildren(parent)) return text
    const box = /^\[([ xX])\][ \t\n]+(?=[^ \t\n])/.exec(text)
    if (!box) return text
    parent.checked = box[1] !== ' '
    return text.slice(box[0].length)
  }

  const childrenOf = (block: OpenBlock, last?: Block): Runs<Block> => ({
    settled: block.done,
    count: block.done.length,
    tail: last ? [...block.extra, last] : block.extra,
  })

  /** A container or table as a node. While open, or on trial, its children are shared with the parser. */
  const toContainer = (block: OpenBlock, finished: boolean, last?: Block): Block => {
    const { key, start, end } = block
    const base = { key, start, end, finished }
    const node = { type: block.kind, ...base, ...fieldsOf(block) }
    // The fields are those of the node types; a getter stands for `children` while the node is open.
    return (
      finished && !trial
        ? { ...node, children: block.done }
        : withChildren(node, childrenOf(block, last))
    ) as Block
  }

  const toCode = (block: OpenBlock, finished: boolean): Block => {
    const { key, start, end, pieces } = block
    const [language, ...words] = unescapeMarkdown(block.info).split(/[ \t]+/)
    const fields = {
      type: block.kind as 'code',
      key,
      start,
      end,
      finished,
      ...(language ? { language } : undefined),
      ...(words.length > 0 ? { meta: words.join(' ') } : undefined),
    }
    const cut = block.kind === 'code' && !block.marker ? withoutBlankEnd : chomp
    if (finished && !trial) return { ...fields, value: cut(pieces.join('') + block.text) }
    const rest = cut(block.text)
    return withPieces(fields, { settled: pieces, count: pieces.length, tail: rest ? [rest] : [] })
  }

  const addNote = (note: FootnoteDefinition) => {
    const ordered = (notes.at(-1)?.number ?? 0) < note.number
    notes = [...notes, note]
    // A footnote inside a footnote is closed first.
    if (!ordered) notes.sort((a, b) => a.number - b.number)
  }

  /** Makes a closed block. A line on trial closes blocks again and again, so the result is kept as long as it holds. */
  const finish = (block: OpenBlock, parent: OpenBlock | undefined): Block | undefined => {
    const { key, start, end, settled } = block
    const isParagraph = block.kind === 'paragraph'
    const text = isParagraph
      ? trimEnd(task(takeDefinitions(block.text), block, parent))
      : block.text
    if (isParagraph && !text) return undefined
    const children = block.done.length + block.extra.length
    const known = definitions.size + footnotes.size
    const stamp = [
      end,
      text.length,
      block.pieces.length,
      children,
      known,
      block.loose,
      block.checked,
    ].join()
    const last = block.extra.at(-1) ?? block.done.at(-1)
    let closed = settled.closed
    if (closed?.stamp !== stamp || closed.last !== last) {
      if (isParagraph) {
        const { nodes, missing } = parseInlines(text, context)
        const node: Block = { type: 'paragraph', key, start, end, finished: true, children: nodes }
        closed = { stamp, last, node, missing }
      } else {
        closed = {
          stamp,
          last,
          node: holdsText(block) ? toCode(block, true) : toContainer(block, true),
          missing: undefined,
        }
      }
      settled.closed = closed
    }
    if (isParagraph) remember(key, start, text, closed.missing)
    if (closed.node.type === 'footnoteDefinition' && block.ordered) addNote(closed.node)
    return closed.node
  }

  const closeTip = () => {
    const block = spine.pop() as OpenBlock
    const parent = tip()
    const node = finish(block, parent)
    if (node) pushChild(parent, node)
    parent.filled = true
  }

  const closeTo = (depth: number) => {
    while (spine.length > depth) closeTip()
  }

  const open = (kind: Kind, start: number, fields?: Partial<OpenBlock>): OpenBlock => {
    prepareParent(kind)
    const block = createBlock(kind, start, fields)
    spine.push(block)
    return block
  }

  /** Closes what cannot hold a block of that kind, and notes what a blank line before it says about lists. */
  const prepareParent = (kind: Kind | 'leaf') => {
    while (true) {
      const parent = tip()
      if (
        parent.kind === 'list'
          ? kind === 'listItem'
          : parent.kind !== 'paragraph' && parent.kind !== 'table' && !holdsText(parent)
      )
        break
      closeTip()
    }
    const parent = tip()
    if (!parent.blank) return
    if (parent.kind === 'list') parent.loose = true
    else if (parent.kind === 'listItem') {
      const list = spine[spine.length - 2]
      if (list) list.loose = true
    }
  }

  const pushLeaf = (make: (key: number) => Block) => {
    prepareParent('leaf')
    tip().filled = true
    pushChild(tip(), make(nextKey++))
  }

  const continues = (block: OpenBlock): boolean | 'closed' => {
    switch (block.kind) {
      case 'blockquote':
        if (indent > 3 || line[next] !== '>') return false
        skipToNext()
        skipCharacters(1)
        if (line[offset] === ' ' || line[offset] === '\t') skipColumns(1)
        return true
      case 'listItem':
      case 'footnoteDefinition':
        if (blank) {
          if (!block.filled && tip() === block) return false
          skipToNext()
          return true
        }
        if (indent < block.indent) return false
        skipColumns(block.indent)
        return true
      case 'paragraph':
      case 'table':
        return !blank
      case 'math':
        if (!line.trimEnd().endsWith(block.marker)) return true
        block.text += line.slice(offset, line.lastIndexOf(block.marker)).trim()
        return 'closed'
      case 'code': {
        if (!block.marker) {
          if (indent >= 4) skipColumns(4)
          else if (blank) skipToNext()
          else return false
          return true
        }
        if (indent < 4 && line[next] === block.marker) {
          let end = next
          while (line[end] === block.marker) end++
          if (end - next >= block.size && isBlank(line.slice(end))) return 'closed'
        }
        let spaces = block.indent
        while (spaces-- > 0 && (line[offset] === ' ' || line[offset] === '\t')) skipColumns(1)
        return true
      }
      default:
        return true
    }
  }

  /**
   * Opens the block that starts at the next character of the line. `container` and `code` take the rest of the line,
   * `leaf` took it all.
   */
  const startBlock = (matched: number): 'container' | 'leaf' | 'code' | undefined => {
    const start = lineStart + next
    const end = lineStart + line.length
    const parent = tip()
    const inParagraph = parent.kind === 'paragraph'
    const interrupts = inParagraph && spine.length === matched
    if (blank) return undefined
    if (indent > 3) {
      if (inParagraph) return undefined
      closeTo(matched)
      skipColumns(4)
      open('code', start)
      return 'code'
    }
    const deep = spine.length > deepestBlock
    const rest = line.slice(next)
    const character = rest.charAt(0)
    switch (character) {
      case '>':
        if (deep) return undefined
        closeTo(matched)
        continues(open('blockquote', start))
        return 'container'
      case '#': {
        const depth = /^#{1,6}(?=[ \t]|$)/.exec(rest)?.[0].length
        if (!depth) return undefined
        closeTo(matched)
        const text = headingText(rest.slice(depth))
        pushLeaf((key) => toHeading(key, start, depth, text))
        return 'leaf'
      }
      case '`':
      case '~': {
        const size = /^(?:`{3,}(?=[^`]*$)|~{3,})/.exec(rest)?.[0].length
        if (!size) break
        closeTo(matched)
        open('code', start, { marker: character, size, indent, info: rest.slice(size).trim() })
        return 'leaf'
      }
      case '$':
      case '\\':
        if (math && !inParagraph && startMath(matched, start)) return 'leaf'
        break
      case '=':
      case '-':
        if (interrupts && /^(?:=+|-+)[ \t]*$/.test(rest)) {
          const text = trimEnd(takeDefinitions(parent.text))
          if (text) {
            spine.pop()
            tip().filled = true
            pushChild(tip(), toHeading(parent.key, parent.start, character === '=' ? 1 : 2, text))
            return 'leaf'
          }
          parent.text = ''
        }
    }
    if (thematicBreak.test(rest)) {
      closeTo(matched)
      pushLeaf((key) => ({ type: 'thematicBreak', key, start, end, finished: !trial }))
      return 'leaf'
    }
    if (!deep) {
      if (gfm && character === '[' && startFootnote(matched, start)) return 'container'
      if (startItem(matched, start, interrupts)) return 'container'
    }
    return gfm && interrupts && startTable(parent) ? 'leaf' : undefined
  }

  const toHeading = (key: number, start: number, depth: number, text: string): Block => ({
    type: 'heading',
    key,
    start,
    end: lineStart + line.length,
    finished: !trial,
    depth: depth as Heading['depth'],
    children: trial ? parseOpenInlines(text, context).nodes : parseLeaf(key, start, text),
  })

  /** `$$` or `\\[` at the start of a line, unless its end stands inside the line: then it is inline math. */
  const startMath = (matched: number, start: number): boolean => {
    const marker = line.startsWith('$$', next) ? '$$' : line.startsWith('\\[', next) ? '\\]' : ''
    const rest = line.slice(next + 2).trim()
    const at = rest.indexOf(marker)
    if (!marker || (at >= 0 && at < rest.length - 2)) return false
    closeTo(matched)
    const text = at < 0 ? rest : rest.slice(0, at).trim()
    const block = open('math', start, { marker, text: at < 0 && text ? `${text}\n` : text })
    if (at >= 0) {
      block.end = lineStart + line.length
      closeTip()
    }
    return true
  }

  const startFootnote = (matched: number, start: number): boolean => {
    const found = /^\[\^([^\s[\]]{1,999})\]:[ \t]*/.exec(line.slice(next, next + 1010))
    if (!found) return false
    closeTo(matched)
    const label = found[1] ?? ''
    const name = normalizeLabel(`^${label}`)
    const known = footnotes.get(name)
    const size = known ?? footnotes.size + 1
    open('footnoteDefinition', start, {
      marker: label,
      size,
      indent: 4,
      ordered: known === undefined,
    })
    if (known === undefined && !trial) {
      footnotes.set(name, size)
      arrived.add(name)
    }
    skipToNext()
    skipCharacters(found[0].length)
    return true
  }

  const startItem = (matched: number, start: number, interrupts: boolean): boolean => {
    const marker = /^(?:[*+-]|(\d{1,9})([.)]))(?=[ \t]|$)/.exec(line.slice(next, next + 11))
    if (!marker) return false
    const [text, digits, delimiter] = marker
    const first = Number(digits ?? 0)
    if (interrupts && (isBlank(line.slice(next + text.length)) || (digits && first !== 1))) {
      return false
    }
    closeTo(matched)
    const markerIndent = indent
    skipToNext()
    skipCharacters(text.length)
    const before = { offset, column, inTab }
    findNext()
    let width = indent
    if (blank || width > 4) {
      width = 1
      ;({ offset, column, inTab } = before)
      if (!blank) skipColumns(1)
    } else skipToNext()
    const kind = delimiter ?? text
    const list = tip()
    if (list.kind !== 'list' || list.marker !== kind) {
      open('list', start, { marker: kind, ordered: digits !== undefined, indent: first })
    }
    open('listItem', start, { indent: markerIndent + text.length + width })
    return true
  }

  /** Makes a table of the last line of a paragraph, when this line is its delimiter row. */
  const startTable = (paragraph: OpenBlock): boolean => {
    const align = readDelimiterRow(line.slice(next))
    if (!align) return false
    const cut = paragraph.text.lastIndexOf('\n') + 1
    const { cells } = splitRow(paragraph.text.slice(cut))
    if (cells.length !== align.length) return false
    spine.pop()
    const head = paragraph.text.slice(cut)
    let { start } = paragraph
    if (cut > 0) {
      start = previousStart
      const before = finish(
        { ...paragraph, text: paragraph.text.slice(0, cut - 1), end: start - 1 },
        tip(),
      )
      if (before) pushChild(tip(), before)
    }
    open('table', start, { align })
    addRow(head, start, false)
    tip().end = lineStart + line.length
    offset = line.length
    return true
  }

  /** Adds a row. One on trial shows its closed cells; the last one waits for its `|`. */
  const addRow = (text: string, start: number, unfinished: boolean) => {
    const table = tip()
    const row = splitRow(text)
    const shown = unfinished && row.open ? row.cells.slice(0, -1) : row.cells
    const end = start + text.length
    const key = nextKey++
    const children: TableCell[] = table.align.map((_, index) => {
      const cell = shown[index] ?? { start: text.length, end: text.length, text: '' }
      const place = { key: nextKey++, start: start + cell.start, end: start + cell.end }
      const nodes = trial
        ? parseInlines(cell.text, context).nodes
        : parseLeaf(place.key, place.start, cell.text)
      return { type: 'tableCell', ...place, finished: !unfinished, children: nodes }
    })
    if (unfinished && shown.length === 0) return
    const node: TableRow = { type: 'tableRow', key, start, end, finished: !unfinished, children }
    pushChild(table, node)
  }

  /** Offset of the line before in the source, at its first character that is no space. */
  let previousStart = 0

  const readLine = (text: string, start: number) => {
    line = text
    lineStart = start
    offset = 0
    column = 0
    inTab = false
    const end = start + text.length
    let matched = 1
    for (; matched < spine.length; matched++) {
      work.steps++
      findNext()
      const result = continues(spine[matched] as OpenBlock)
      if (result === 'closed') {
        extend(end)
        closeTip()
        return
      }
      if (!result) break
    }
    findNext()
    const lazy = matched < spine.length
    let started: ReturnType<typeof startBlock>
    if (!holdsText(spine[matched - 1] as OpenBlock)) {
      for (let opened = startBlock(matched); opened; opened = startBlock(spine.length)) {
        started = opened
        if (opened === 'leaf') {
          extend(end)
          return
        }
        findNext()
        if (opened === 'code') break
      }
    }
    const last = tip()
    if (!started && lazy && !blank && last.kind === 'paragraph') addToParagraph(last)
    else {
      if (!started) closeTo(matched)
      if (blank && !started) {
        readBlank()
        return
      }
      addLine()
    }
    extend(end)
  }

  const extend = (end: number) => {
    for (const block of spine) {
      block.end = end
      block.blank = false
    }
    previousStart = lineStart + next
  }

  const addLine = () => {
    const block = tip()
    if (holdsText(block)) addCodeLine(block)
    else if (blank) return
    else if (block.kind === 'paragraph') addToParagraph(block)
    else if (block.kind === 'table') addRow(line.slice(next), lineStart + next, trial)
    else open('paragraph', lineStart + next, { text: line.slice(next) })
  }

  const addCodeLine = (block: OpenBlock) => {
    block.text += trial ? restOfLine() : `${restOfLine()}\n`
    if (!trial && block.text.length >= pieceLength) {
      block.pieces.push(block.text)
      block.text = ''
    }
  }

  /** A blank line counts for the innermost containers, up to a quote: the lines of a quote loosen no list around it. */
  const readBlank = () => {
    const block = tip()
    let inside = true
    if (holdsText(block)) {
      addCodeLine(block)
      inside = block.kind === 'code' && !block.marker
    }
    for (let index = spine.length - 1; index >= 0; index--) {
      const outer = spine[index] as OpenBlock
      if (outer.kind === 'blockquote') inside = false
      outer.blank = inside
    }
  }

  const addToParagraph = (block: OpenBlock) => {
    const rest = line.slice(next)
    // What starts with a bracket cannot belong to a complete definition before it.
    if (!trial && rest.startsWith('[') && !takeDefinitions(block.text, true)) {
      block.text = ''
      block.tail = undefined
    }
    if (!block.text) {
      block.text = rest
      block.start = lineStart + next
      return
    }
    block.text += `\n${rest}`
    if (block.tail !== undefined) block.tail += `\n${rest}`
  }

  /** The open paragraph as far as it may be shown. */
  const viewParagraph = (
    block: OpenBlock,
    parent: OpenBlock,
    settle: boolean,
  ): Block | undefined => {
    const { key, start, end, settled } = block
    const base = { type: 'paragraph', key, start, end, finished: false } as const
    if (block.text.startsWith('[') && block.text.length < longestTail) {
      const text = trimEnd(task(takeDefinitions(block.text), block, parent))
      if (!text || halfDefinition.test(text)) return undefined
      return { ...base, children: parseOpenInlines(text, context).nodes }
    }
    // Half a table: what its first line is, the second one says.
    if (gfm && block.text.startsWith('|') && !block.text.includes('\n')) return undefined
    block.tail ??= block.text.slice(settled.length)
    const runs = { settled: settled.nodes, count: settled.nodes.length }
    // Something near the start of this text is unfinished for so long that looking at it again with every token would
    // cost more than it shows.
    if (block.tail.length > longestTail) {
      return withChildren(base, { ...runs, tail: [{ type: 'text', value: block.tail }] })
    }
    const parsed = parseOpenInlines(block.tail, context)
    let tail = parsed.nodes
    if (parsed.settledLength > 0) {
      if (settle) {
        settled.length += parsed.settledLength
        settled.nodes.push(...parsed.settled)
        block.tail = block.tail.slice(parsed.settledLength)
      } else tail = [...parsed.settled, ...tail]
    }
    return withChildren(base, { settled: settled.nodes, count: settled.nodes.length, tail })
  }

  /** The open blocks of a spine as nodes, from the innermost outwards; returns the children of the document. */
  const view = (blocks: readonly OpenBlock[], settle: boolean): View => {
    const before = notes
    trial = true
    let child: Block | undefined
    for (let index = blocks.length - 1; index > 0; index--) {
      const block = blocks[index] as OpenBlock
      const parent = blocks[index - 1] as OpenBlock
      if (block.kind === 'paragraph') child = viewParagraph(block, parent, settle)
      else if (holdsText(block)) child = toCode(block, false)
      else {
        // A list whose only item is held back is held back with it.
        const empty = !child && !hasChildren(block) && block.kind !== 'listItem'
        child = empty && block.kind === 'list' ? undefined : toContainer(block, false, child)
        if (child?.type === 'footnoteDefinition' && block.ordered) addNote(child)
      }
    }
    trial = false
    const footnotesNow = notes
    notes = before
    return { runs: childrenOf(blocks[0] as OpenBlock, child), footnotes: footnotesNow }
  }

  const copyOf = (block: OpenBlock): OpenBlock => ({ ...block, extra: [] })

  /** Reads the line that is not complete yet on a copy of the open blocks. */
  const tryLine = (text: string, start: number): Trial => {
    const before = { spine, notes, nextKey, previousStart }
    spine = spine.map(copyOf)
    trial = true
    readLine(text, start)
    trial = false
    const result: Trial = { spine, notes, stable: isStable(text) }
    ;({ spine, notes, nextKey, previousStart } = before)
    return result
  }

  /** Whether more characters on this line can only be more text of the same leaf. */
  const isStable = (text: string): boolean => {
    const { kind, marker, text: leaf } = tip()
    if (kind === 'code') return marker ? !/^[\s>]*[`~]/.test(text) : true
    return (
      kind === 'paragraph' &&
      !leaf.startsWith('[') &&
      !leaf.startsWith('|') &&
      /\p{L}/u.test(text) &&
      !/^[\s>]*(?:[[$\\`~]|\d)/.test(text)
    )
  }

  /** Parses anew the leaves that asked for a label which has been defined since. */
  const resolveArrived = () => {
    const leaves = new Map<number, Waiting>()
    for (const label of arrived) {
      for (const [key, leaf] of waiting.get(label) ?? []) leaves.set(key, leaf)
      waiting.delete(label)
    }
    arrived.clear()
    if (leaves.size === 0) return
    const sorted = [...leaves.values()].sort((a, b) => a.start - b.start)
    for (const block of spine) block.done = rebuild(block.done, sorted) as Block[]
  }

  const rebuild = (nodes: readonly Block[], leaves: readonly Waiting[]): readonly Block[] => {
    let copy: Block[] | undefined
    let index = 0
    for (let from = 0; from < leaves.length;) {
      const { start } = leaves[from] as Waiting
      let high = nodes.length
      while (index + 1 < high) {
        const middle = (index + high) >> 1
        if ((nodes[middle] as Block).start <= start) index = middle
        else high = middle
      }
      const node = nodes[index]
      let to = from + 1
      if (node && node.start <= start) {
        while (to < leaves.length && (leaves[to] as Waiting).start < node.end) to++
        const fresh = rebuildNode(node, leaves.slice(from, to))
        if (fresh !== node) (copy ??= [...nodes])[index] = fresh
      }
      from = to
    }
    return copy ?? nodes
  }

  const rebuildNode = (node: Block, leaves: readonly Waiting[]): Block => {
    switch (node.type) {
      case 'paragraph':
      case 'heading':
      case 'tableCell': {
        const leaf = leaves.find(({ key }) => key === node.key)
        return leaf ? { ...node, children: parseLeaf(leaf.key, leaf.start, leaf.text) } : node
      }
      case 'code':
      case 'math':
      case 'plainText':
      case 'thematicBreak':
        return node
      default: {
        const children = rebuild(node.children, leaves)
        if (children === node.children) return node
        // The children keep their types: only leaves were parsed anew.
        const fresh = { ...node, children } as typeof node
        if (fresh.type === 'footnoteDefinition') {
          notes = notes.map((note) => (note.key === fresh.key ? fresh : note))
        }
        return fresh
      }
    }
  }

  /** Closes everything; what follows is kept as it is written. */
  const startPlainText = (start: number) => {
    closeTo(1)
    open('plainText', start)
  }

  const addPlainText = (text: string) => {
    const block = tip()
    block.text += text
    block.end += text.length
    const cut = block.text.length >= pieceLength ? block.text.lastIndexOf('\n') + 1 : 0
    if (cut === 0) return
    block.pieces.push(block.text.slice(0, cut))
    block.text = block.text.slice(cut)
  }

  return {
    readLine,
    tryLine,
    resolveArrived,
    startPlainText,
    addPlainText,
    view: (result?: Trial): View => {
      if (!result) return view(spine.map(copyOf), true)
      const before = notes
      notes = result.notes
      const seen = view(result.spine, result.stable)
      notes = before
      return seen
    },
    tipKind: () => tip().kind,
    close: () => closeTo(1),
  }
}

/** What a container says of itself besides its children. */
const fieldsOf = ({ kind, ordered, indent, loose, checked, align, marker, size }: OpenBlock) => {
  switch (kind) {
    case 'list':
      return { ordered, first: indent, loose }
    case 'listItem':
      return checked === undefined ? undefined : { checked }
    case 'table':
      return { align }
    case 'footnoteDefinition':
      return { label: marker, number: size }
    default:
      return undefined
  }
}

const holdsText = ({ kind }: OpenBlock): boolean =>
  kind === 'code' || kind === 'math' || kind === 'plainText'

/** What a document shows. */
export interface View {
  readonly runs: Runs<Block>
  readonly footnotes: readonly FootnoteDefinition[]
}

/** The open blocks after a line that is not complete. */
export interface Trial {
  readonly spine: OpenBlock[]
  readonly notes: FootnoteDefinition[]
  /** More characters, up to the end of the line, are only more text of the innermost block. */
  readonly stable: boolean
}

/** Adds characters to the innermost block of a stable trial. */
export const extendTrial = ({ spine }: Trial, text: string): void => {
  for (const block of spine) block.end += text.length
  const leaf = spine[spine.length - 1] as OpenBlock
  leaf.text += text
  if (leaf.tail !== undefined) leaf.tail += text
}

/** Longer unfinished text is shown as it is written, until its paragraph ends. */
const longestTail = 8192

const halfDefinition = /^\[(?:[^\\[\]]|\\.){1,999}\]:\s*\S*(?:\s+["'(][^\n]*)?$/s
