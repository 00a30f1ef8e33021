import { unescapeMarkdown } from './entities.ts'
import { createInlineParser } from './inlines.ts'
import { createLabels } from './labels.ts'
import { createLine, type Line } from './line.ts'
import { headingText, trimEnd, withoutBlankEnd } from './lineText.ts'
import { normalizeLabel, readDefinition } from './linkSyntax.ts'
import type { MathSyntax } from './mathSyntax.ts'
import type { Align, Block, FootnoteDefinition } from './nodes.ts'
import { holdsBlocks, holdsText, type Kind, type OpenBlock } from './openBlock.ts'
import { pieceLength, withRuns } from './runs.ts'
import { readDelimiterRow, splitRow } from './tables.ts'
import { isDecided, isHeldBack, unfinishedDefinition } from './unfinished.ts'
import { work } from './work.ts'

/** Containers nested more deeply than this are text. */
const deepestBlock = 48

/** Longer unfinished text is shown as it is written, until its paragraph ends. */
const longestTail = 8192

type Place = Pick<OpenBlock, 'key' | 'start' | 'end' | 'fields'>

/** What a line that starts or underlines a block begins with. */
const blockStart = /^[>#`~$\\=*+\-_\d[|:]/

/** Reads parts of lines into a tree of blocks. */
export interface BlockReader {
  /** Takes a part of a line. */
  readonly add: (text: string) => void
  /** The line is complete; its ending has so many characters. */
  readonly endLine: (length: number) => void
  /** Closes everything; what follows is kept as it is written. */
  readonly startPlainText: () => void
  readonly close: () => void
  /** The document as it is, with what its last line seems to become. */
  readonly view: <Fields extends object>(fields: Fields) => Fields
}

/** Creates the part of a parser that knows lines. */
export const createBlockReader = (gfm: boolean, math: MathSyntax | undefined): BlockReader => {
  const labels = createLabels()
  const parseInlines = createInlineParser(labels.targets, gfm, math)
  let footnotes: FootnoteDefinition[] = []
  let footnoteCount = 0
  let nextKey = 0
  /** The line is not complete: it is read on a copy of the open blocks, which is thrown away. */
  let trial = false

  /** Offset after what was added, and of the line it belongs to. */
  let position = 0
  let lineStart = 0
  /** The part of the line that is not read yet. */
  let pending = ''
  /** The line is read as far as it has come; more of it goes straight to the innermost block. */
  let inLeaf = false

  let line: Line
  /** So many of the open blocks go on in this line. */
  let matched = 0

  const createBlock = (kind: Kind, start: number, more?: Partial<OpenBlock>): OpenBlock => ({
    kind,
    key: nextKey++,
    start,
    end: start,
    done: [],
    extra: [],
    front: '',
    text: '',
    lastLine: start,
    indent: 0,
    result: {},
    ...more,
  })

  let spine = [createBlock('document', 0)]
  const tip = () => spine[spine.length - 1] as OpenBlock

  const toNode = (
    type: Kind | Block['type'],
    { key, start, end, fields }: Place,
    finished: boolean,
    more?: object,
    // The fields are those of the node type.
  ) => ({ type, key, start, end, finished, ...fields, ...more }) as unknown as Block

  /** A paragraph without the definitions at its front; with `all`, only if there is nothing else in it. */
  const withoutDefinitions = (text: string, all = false): string => {
    const found: ReturnType<typeof readDefinition>[] = []
    let at = 0
    for (let one; (one = readDefinition(text, at)); at = one.end) found.push(one)
    if (all && at < text.length) return text
    if (!trial) for (const one of found) if (one) labels.define(one.label, one)
    return text.slice(at)
  }

  /** The text of a paragraph without definitions and the box of a task, which goes to the item. */
  const wordsOf = (block: OpenBlock, parent: OpenBlock): string => {
    const text = withoutDefinitions(block.front + block.text)
    const first = parent.kind === 'listItem' && parent.done.length + parent.extra.length === 0
    const box = gfm && first && !block.closed && /^\[([ xX])\][ \t\n]+(?=[^ \t\n])/.exec(text)
    if (!box) return text
    parent.fields = { checked: box[1] !== ' ' }
    return text.slice(box[0].length)
  }

  /** Of footnotes with one label the first counts. One that is written in another's text ends before it. */
  const addFootnote = (node: Block | undefined) => {
    if (node?.type !== 'footnoteDefinition') return
    const index = node.number - 1
    if ((footnotes[index] ?? node).key !== node.key) return
    footnotes = [...footnotes]
    footnotes[index] = node
  }

  /** Makes a leaf of its words; until the line is complete, nobody waits for the labels it asked for in vain. */
  const toLeaf = (type: Block['type'], place: Place, text: string): Block => {
    const { nodes, missing } = parseInlines(text)
    if (!trial) labels.wait(missing, { key: place.key, start: place.start, text })
    return toNode(type, place, !trial, { children: nodes })
  }

  /** Makes a node of a block that ends; undefined when it was all definitions. */
  const finish = (block: OpenBlock, parent: OpenBlock): Block | undefined => {
    const { kind, key, start, done, extra, text, result } = block
    const isParagraph = kind === 'paragraph'
    const words = isParagraph
      ? trimEnd(wordsOf(block, parent))
      : kind === 'heading'
        ? headingText(text)
        : ''
    if (isParagraph && !words) return undefined
    const at = `${lineStart} ${labels.targets.size}`
    if (result.at !== at) {
      result.at = at
      const node = toNode(kind, block, true)
      if (isParagraph || kind === 'heading') {
        const { nodes, missing } = parseInlines(words)
        result.node = { ...node, children: nodes } as Block
        result.missing = missing
      } else if (holdsText(block)) {
        const value = done.join('') + text
        const isIndented = kind === 'code' && !block.close
        result.node = { ...node, value: isIndented ? withoutBlankEnd(value) : value } as Block
      } else if (kind === 'thematicBreak') result.node = node
      else result.node = withRuns(node, 'children', done, extra)
    }
    if (!trial && result.missing) labels.wait(result.missing, { key, start, text: words })
    return result.node
  }

  const closeTip = () => {
    const block = spine.pop() as OpenBlock
    const parent = tip()
    const node = finish(block, parent)
    addFootnote(node)
    if (node) addChild(parent, node)
  }

  const addChild = (parent: OpenBlock, node: Block) => {
    if (trial) parent.extra.push(node)
    else parent.done.push(node)
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
    if (block.filled) block.text += '\n'
    if (holdsText(block)) keepLines(block)
    block.text += text
    block.filled = true
    block.lastLine = line.start
  }

  /** Whole lines of code become pieces that stay what they are. */
  const keepLines = (block: OpenBlock) => {
    const cut = block.text.lastIndexOf('\n') + 1
    if (trial || cut < pieceLength) return
    block.done.push(block.text.slice(0, cut))
    block.text = block.text.slice(cut)
  }

  const addToParagraph = (block: OpenBlock) => {
    const { text } = block
    // What starts with a bracket cannot belong to a complete definition before it.
    if (
      !trial &&
      text.startsWith('[') &&
      line.words.startsWith('[') &&
      !withoutDefinitions(text, true)
    ) {
      block.text = ''
      block.filled = false
    }
    addText(block, line.words)
  }

  /** Adds a row. One on trial shows its closed cells; the last one waits for its `|`. */
  const addRow = (table: OpenBlock, text: string, start: number) => {
    const { cells, open: unclosed } = splitRow(text)
    if (trial && unclosed) cells.pop()
    if (trial && cells.length === 0) return
    const end = start + text.length
    const row = { key: nextKey++, start, end }
    const { align } = table.fields as { readonly align: readonly Align[] }
    const children = align.map((_, index) => {
      const cell = cells[index]
      const place = {
        key: nextKey++,
        start: start + (cell?.start ?? text.length),
        end: start + (cell?.end ?? text.length),
      }
      return toLeaf('tableCell', place, cell?.text ?? '')
    })
    addChild(table, toNode('tableRow', row, !trial, { children }))
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
        if (!block.close) {
          if (words && indent < 4) return false
          line.skip(Math.min(indent, 4))
          return true
        }
        const last = block.close(words, indent)
        if (last) addText(block, last)
        if (last === undefined) line.skip(Math.min(indent, block.indent))
        else block.closed = true
        return true
      }
      default:
        return true
    }
  }

  /** Opens the block that starts at the next character of the line; undefined when none does. `taken` needs no more of the line. */
  const start = (): 'open' | 'taken' | undefined => {
    const { indent, words } = line
    const parent = tip()
    const inParagraph = parent.kind === 'paragraph'
    const interrupts = inParagraph && spine.length === matched
    if (!words || (indent > 3 && inParagraph)) return undefined
    // Most lines are text.
    if (indent < 4 && !blockStart.test(words)) return undefined
    if (indent > 3) {
      open('code')
      line.skip(4)
      return 'open'
    }
    const deep = spine.length > deepestBlock
    if (words.startsWith('>') && !deep) {
      continues(open('blockquote'))
      return 'open'
    }
    const hashes = /^#{1,6}(?=[ \t]|$)/.exec(words)?.[0].length
    if (hashes) {
      open('heading', { fields: { depth: hashes }, closed: true })
      line.skip(indent + hashes)
      return 'open'
    }
    const fence = /^(?:`{3,}(?=[^`]*$)|~{3,})/.exec(words)?.[0]
    if (fence) {
      const [language, ...meta] = unescapeMarkdown(words.slice(fence.length).trim()).split(/[ \t]+/)
      const fields = { language: language || undefined, meta: meta.join(' ') || undefined }
      const close = (last: string, by: number) =>
        by < 4 && last.startsWith(fence) && /^(.)\1*[ \t]*$/.test(last) ? '' : undefined
      open('code', { fields, indent, close })
      return 'taken'
    }
    const formula = !inParagraph && math?.block(words)
    if (formula) {
      const { text, close } = formula
      const block = open('math', { close, closed: !close })
      if (text) addText(block, text)
      return 'taken'
    }
    if (interrupts && /^(?:=+|-+)[ \t]*$/.test(words)) {
      const text = trimEnd(withoutDefinitions(parent.front + parent.text))
      parent.front = ''
      parent.text = text
      if (text) {
        parent.fields = { type: 'heading', depth: words.startsWith('=') ? 1 : 2 }
        parent.closed = true
        return 'taken'
      }
      parent.filled = false
    }
    if (/^([*_-])[ \t]*(?:\1[ \t]*){2,}$/.test(words)) {
      open('thematicBreak', { closed: true })
      return 'taken'
    }
    if (!deep && (startFootnote() || startItem(interrupts))) return 'open'
    return gfm && interrupts && startTable(parent) ? 'taken' : undefined
  }

  const startFootnote = (): boolean => {
    const found = gfm && /^\[\^([^\s[\]]{1,999})\]:/.exec(line.words)
    if (!found) return false
    const [all, label] = found
    const name = normalizeLabel(`^${label}`)
    const known = labels.targets.get(name)
    const number = typeof known === 'number' ? known : footnoteCount + 1
    open('footnoteDefinition', { fields: { label, number }, indent: 4 })
    if (!trial && number > footnoteCount) {
      footnoteCount++
      labels.define(name, number)
    }
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
    const table = open('table', { fields: { align } }, lastLine)
    addRow(table, head, lastLine)
    return true
  }

  const readLine = () => {
    line = createLine(pending, lineStart)
    for (matched = 1; matched < spine.length; matched++) {
      work.steps++
      if (!continues(spine[matched] as OpenBlock)) break
    }
    let started: ReturnType<typeof start>
    if (!tip().closed) {
      let found: ReturnType<typeof start>
      do {
        const inside = spine[matched - 1] as OpenBlock
        found = holdsText(inside) || inside.kind === 'heading' ? undefined : start()
        started = found ?? started
      } while (found === 'open')
      if (started !== 'taken') {
        const { words } = line
        if (!started && !(words && tip().kind === 'paragraph')) closeTo(matched)
        const block = tip()
        if (!words && !started) return readBlank(block)
        if (holdsText(block) || block.kind === 'heading') addText(block, line.rest())
        else if (words && block.kind === 'table') addRow(block, words, line.start)
        else if (words) addToParagraph(block.kind === 'paragraph' ? block : open('paragraph'))
      }
    }
    extend()
  }

  /** A blank line counts for the innermost containers, up to a quote: the lines of a quote loosen no list around it. */
  const readBlank = (block: OpenBlock) => {
    let inside = !holdsText(block) || (block.kind === 'code' && !block.close)
    if (holdsText(block)) addText(block, line.rest())
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
    if (tip().closed) closeTip()
    pending = ''
    inLeaf = false
  }

  /** An open paragraph or heading as far as it may be shown. */
  const showLeaf = (block: OpenBlock, parent: OpenBlock, settle: boolean): Block | undefined => {
    const { kind, done, front } = block
    const text =
      kind === 'heading' ? headingText(block.text) : front ? block.text : wordsOf(block, parent)
    // Half a table: what its first line is, the second one says.
    const waits = !text || unfinishedDefinition.test(text) || (gfm && /^\|[^\n]*$/.test(text))
    if (waits && kind === 'paragraph' && !front) return undefined
    const node = toNode(kind, block, false)
    // Something near the start of this text is unfinished for so long that looking at it again with every token would
    // cost more than it shows.
    if (text.length > longestTail) {
      return withRuns(node, 'children', done, [{ type: 'text', value: text }])
    }
    const { nodes, settled, settledLength } = parseInlines(text, true)
    if (!settle || text !== block.text)
      return withRuns(node, 'children', done, [...settled, ...nodes])
    done.push(...settled)
    block.front += text.slice(0, settledLength)
    block.text = text.slice(settledLength)
    return withRuns(node, 'children', done, nodes)
  }

  /** Makes a snapshot: the open blocks become nodes, from the innermost outwards. */
  const show = <Fields extends object>(fields: Fields, settle: boolean): Fields => {
    let block = tip()
    let child: Block[] = []
    for (let depth = spine.length - 2; depth >= 0; depth--) {
      // What an open paragraph says about its item holds for this snapshot alone.
      const parent = { ...(spine[depth] as OpenBlock) }
      const { kind, done, extra, text } = block
      let node: Block | undefined
      if (kind === 'paragraph' || kind === 'heading') node = showLeaf(block, parent, settle)
      else {
        node = toNode(kind, block, false)
        if (holdsText(block)) {
          const shown = kind === 'code' && !block.close ? withoutBlankEnd(text) : text
          withRuns(node, 'value', done, [shown])
        } else if (kind !== 'thematicBreak') withRuns(node, 'children', done, [...extra, ...child])
      }
      addFootnote(node)
      child = node ? [node] : []
      block = parent
    }
    return withRuns({ ...fields, footnotes }, 'children', block.done, [...block.extra, ...child])
  }

  /** Parses anew the leaves that asked for a label which has been defined since. */
  const resolveArrived = () => {
    const leaves = labels.takeArrived()
    const rebuild = (nodes: readonly Block[]): Block[] =>
      nodes.map((node) => {
        const leaf = leaves.at(-1)
        if (!leaf || leaf.start >= node.end || !('children' in node)) return node
        const isLeaf = leaf.key === node.key
        if (isLeaf) leaves.pop()
        const children = isLeaf
          ? parseInlines(leaf.text).nodes
          : rebuild(node.children as readonly Block[])
        // The children keep their types: only leaves were parsed anew.
        const fresh = { ...node, children } as Block
        addFootnote(fresh)
        return fresh
      })
    for (const block of spine) if (leaves.length > 0) block.done = rebuild(block.done as Block[])
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
      if (pending || inLeaf) finishLine()
      matched = 1
      open('plainText', {}, position)
      inLeaf = true
    },
    close: () => {
      if (pending || inLeaf) finishLine()
      lineStart = position
      closeTo(1)
    },
    view: (fields) => {
      const { kind } = tip()
      const seen = pending !== '' && !inLeaf && !isHeldBack(pending, kind)
      if (seen && isDecided(pending, kind)) {
        readLine()
        inLeaf = true
      }
      resolveArrived()
      const tried = seen && !inLeaf
      const before = { spine, footnotes, nextKey }
      trial = true
      if (tried) {
        spine = spine.map((block) => ({ ...block, extra: [] }))
        readLine()
      }
      const shown = show(fields, !tried)
      trial = false
      ;({ spine, footnotes, nextKey } = before)
      return shown
    },
  }
}
