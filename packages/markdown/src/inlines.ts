import { scanMailAddress, scanWebAddress } from './autolinks.ts'
import { decodeEntity } from './entities.ts'
import { heldBack } from './heldBack.ts'
import {
  incomplete,
  normalizeLabel,
  scanLabel,
  scanTarget,
  skipSpace,
  type Definition,
} from './linkSyntax.ts'
import { matchAt } from './matchAt.ts'
import type { Inline } from './nodes.ts'
import { work } from './work.ts'

/** What inline syntax can refer to, and which syntax is known. */
export interface InlineContext {
  readonly gfm: boolean
  readonly math: boolean
  readonly definitions: ReadonlyMap<string, Definition>
  /** Numbers of footnotes by normalized label. */
  readonly footnotes: ReadonlyMap<string, number>
}

/** Inline nodes, and the labels that were asked for in vain: a late definition of one changes the nodes. */
export interface ParsedInlines {
  readonly nodes: Inline[]
  readonly missing: ReadonlySet<string> | undefined
}

/** As {@link ParsedInlines}, of a text that still grows. */
export interface OpenInlines extends ParsedInlines {
  /** How many characters no later text can change. They make `settled`, the others `nodes`. */
  readonly settledLength: number
  readonly settled: Inline[]
}

// A linked list, because emphasis takes out of the middle what it wraps.
interface Item {
  node: Inline | undefined
  text: string
  depth: number
  prev: Item | undefined
  next: Item | undefined
}

interface Delimiter {
  item: Item
  character: string
  count: number
  length: number
  position: number
  canOpen: boolean
  canClose: boolean
  prev: Delimiter | undefined
  next: Delimiter | undefined
}

interface Bracket {
  item: Item
  image: boolean
  /** Offset after the bracket. */
  position: number
  delimiter: Delimiter | undefined
  /** A bracket stands inside: then this one cannot be a shortcut reference. */
  nested: boolean
}

/** Nesting of emphasis and links beyond which their markers stay text, so that no tree can exhaust the stack. */
const deepestInline = 48
/** Half a link target longer than this is shown as it is. */
const longestPending = 2048
/** An open text is settled in pieces of at least so many characters. */
const settleLength = 192

const specialCommonMark = /[\n\\`*_[\]!<&]/g
const specialGfm = /[\n\\`*_[\]!<&~@]|(?:https?|ftp):\/\/|www\./gi
const specialMath = /[\n\\`*_[\]!<&~@$]|(?:https?|ftp):\/\/|www\./gi

const specialOf = ({ gfm, math }: InlineContext): RegExp =>
  math ? specialMath : gfm ? specialGfm : specialCommonMark

const uriAutolink = /<([A-Za-z][\dA-Za-z+.-]{1,31}:[^\0-\x20<>]*)>/y
const mailAutolink =
  /<([\w.!#$%&'*+/=?^`{|}~-]+@[\dA-Za-z](?:[\dA-Za-z-]{0,61}[\dA-Za-z])?(?:\.[\dA-Za-z](?:[\dA-Za-z-]{0,61}[\dA-Za-z])?)*)>/y
const entity = /&(#[xX][\da-fA-F]{1,6}|#\d{1,7}|[A-Za-z][\dA-Za-z]{1,31});/y
const dollarMath = /\$\$([^$]+)\$\$|\$(?![\s$])((?:[^$\\\n]|\\.)*[^\s$\\])\$(?!\d)/y
const punctuation = /[\p{P}\p{S}]/u

/** Parses the text of a finished leaf. */
export const parseInlines = (text: string, context: InlineContext): ParsedInlines => {
  const special = specialOf(context)
  if (matchAt(special, text, 0)) return parse(text, context, false)
  return { nodes: text ? [{ type: 'text', value: text }] : [], missing: undefined }
}

/** Parses the text of a leaf that still grows: what is unfinished at its end is shown calmly or held back. */
export const parseOpenInlines = (text: string, context: InlineContext): OpenInlines =>
  parse(text, context, true)

const parse = (source: string, context: InlineContext, open: boolean): OpenInlines => {
  const text = open ? source.slice(0, heldBack(source)) : source
  const special = specialOf(context)
  let missing: Set<string> | undefined
  let first: Item | undefined
  let last: Item | undefined
  let delimiters: Delimiter | undefined
  const brackets: Bracket[] = []
  /** Link brackets below this index are dead: they stand around a link, and links do not nest. */
  let dead = 0
  const floors: Record<string, number> = {}
  let position = 0
  let settledAt = 0
  let settledCut = 0
  let settledItem: Item | undefined

  const add = (node: Inline | undefined, value = '', depth = 0): Item => {
    const item: Item = { node, text: value, depth, prev: last, next: undefined }
    if (last) last.next = item
    else first = item
    return (last = item)
  }

  const unlink = (item: Item) => {
    if (item.prev) item.prev.next = item.next
    else first = item.next
    if (item.next) item.next.prev = item.prev
    else last = item.prev
  }

  const removeDelimiter = (delimiter: Delimiter) => {
    if (delimiter.prev) delimiter.prev.next = delimiter.next
    if (delimiter.next) delimiter.next.prev = delimiter.prev
    else delimiters = delimiter.prev
  }

  /** Takes the items after `from`, up to `to`, out of the list and returns them as nodes. */
  const takeBetween = (from: Item, to: Item | undefined): { nodes: Inline[]; depth: number } => {
    const taken = collect(from.next, to)
    from.next = to
    if (to) to.prev = from
    else last = from
    return taken
  }

  const wrap = (
    type: 'emphasis' | 'strong' | 'strikethrough',
    from: Item,
    to: Item | undefined,
  ) => {
    const { nodes, depth } = takeBetween(from, to)
    const node: Inline = { type, children: nodes }
    const item: Item = { node, text: '', depth: depth + 1, prev: from, next: to }
    from.next = item
    if (to) to.prev = item
    else last = item
  }

  /** Whether something between two items is nested so deeply that it must not be wrapped once more. */
  const tooDeep = (from: Item, to: Item | undefined): boolean => {
    for (let item = to ? to.prev : last; item && item !== from; item = item.prev) {
      work.steps++
      if (item.depth >= deepestInline) return true
    }
    return false
  }

  // The delimiter algorithm of the CommonMark specification. Outside brackets it runs at every closing run instead
  // of at the end: the result is the same, and what stands before an empty stack can no longer change.
  const matchDelimiters = (
    bottom: Delimiter | undefined,
    start: Delimiter | undefined,
    inner: boolean,
  ) => {
    const bounds = inner ? {} : floors
    const lowest = bottom ? bottom.position : -1
    let closer = start
    while (closer) {
      const { next }: Delimiter = closer
      if (!closer.canClose) {
        closer = next
        continue
      }
      const { character, length } = closer
      const bound = `${character}${closer.canOpen ? length % 3 : 3 + (length % 3)}${character === '~' ? length : ''}`
      const floor = Math.max(lowest, bounds[bound] ?? -1)
      let opener = closer.prev
      while (opener && opener.position > floor) {
        work.steps++
        if (opener.canOpen && opener.character === character) {
          if (character === '~') {
            if (opener.count === closer.count) break
          } else if (
            !(
              (opener.canClose || closer.canOpen) &&
              (opener.length + length) % 3 === 0 &&
              (opener.length % 3 !== 0 || length % 3 !== 0)
            )
          ) {
            break
          }
        }
        opener = opener.prev
      }
      if (!opener || opener.position <= floor) {
        bounds[bound] = closer.prev?.position ?? -1
        if (!closer.canOpen) removeDelimiter(closer)
        closer = next
        continue
      }
      for (let between = closer.prev; between && between !== opener; between = closer.prev) {
        removeDelimiter(between)
      }
      if (tooDeep(opener.item, closer.item)) {
        // So marked, the next look for depth stops here instead of walking over the same items again.
        closer.item.depth = deepestInline
        removeDelimiter(opener)
        removeDelimiter(closer)
        closer = next
        continue
      }
      const use: number =
        character === '~' ? closer.count : opener.count >= 2 && closer.count >= 2 ? 2 : 1
      shorten(opener, use)
      shorten(closer, use)
      wrap(
        character === '~' ? 'strikethrough' : use === 2 ? 'strong' : 'emphasis',
        opener.item,
        closer.item,
      )
      if (opener.count === 0) {
        unlink(opener.item)
        removeDelimiter(opener)
      }
      if (closer.count === 0) {
        unlink(closer.item)
        removeDelimiter(closer)
        closer = next
      }
    }
    if (inner) dropDelimiters(bottom)
  }

  const shorten = (delimiter: Delimiter, use: number) => {
    delimiter.count -= use
    delimiter.item.text = delimiter.item.text.slice(use)
  }

  const firstAfter = (offset: number): Delimiter | undefined => {
    let delimiter = delimiters
    if (!delimiter || delimiter.position <= offset) return undefined
    while (delimiter.prev && delimiter.prev.position > offset) delimiter = delimiter.prev
    return delimiter
  }

  let matchedTo = -1
  const matchOutside = () => {
    const start = firstAfter(matchedTo)
    matchedTo = delimiters?.position ?? matchedTo
    matchDelimiters(undefined, start, false)
  }

  const scanDelimiters = (character: string) => {
    let end = position + 1
    while (text[end] === character) end++
    const count = end - position
    const before = characterBefore(text, position)
    const after = characterAt(text, end)
    const spaceBefore = /\s/.test(before)
    const spaceAfter = /\s/.test(after)
    const punctuationBefore = punctuation.test(before)
    const punctuationAfter = punctuation.test(after)
    const left = !spaceAfter && (!punctuationAfter || spaceBefore || punctuationBefore)
    const right = !spaceBefore && (!punctuationBefore || spaceAfter || punctuationAfter)
    const canOpen = character === '_' ? left && (!right || punctuationBefore) : left
    const canClose = character === '_' ? right && (!left || punctuationAfter) : right
    const item = add(undefined, text.slice(position, end))
    if ((canOpen || canClose) && (character !== '~' || count < 3)) {
      const delimiter: Delimiter = {
        item,
        character,
        count,
        length: count,
        position,
        canOpen,
        canClose,
        prev: delimiters,
        next: undefined,
      }
      if (delimiters) delimiters.next = delimiter
      delimiters = delimiter
      if (canClose && brackets.length === 0) matchOutside()
    }
    position = end
  }

  let codeRuns: Map<number, number[]> | undefined

  const scanCode = () => {
    let end = position + 1
    while (text[end] === '`') end++
    codeRuns ??= findRuns(text, position)
    const length = end - position
    const starts = codeRuns.get(length) ?? []
    while (starts.length > 0 && (starts.at(-1) ?? 0) <= position) starts.pop()
    const close = starts.at(-1)
    if (close === undefined && (!open || end === text.length || brackets.length > 0)) {
      add(undefined, text.slice(position, end))
      position = end
      return
    }
    // A span that is still open is shown as code up to the end.
    let value = text.slice(end, close).replaceAll('\n', ' ')
    if (value.startsWith(' ') && value.endsWith(' ') && /[^ ]/.test(value))
      value = value.slice(1, -1)
    add({ type: 'inlineCode', value })
    position = close === undefined ? text.length : close + length
  }

  const mathless: Record<string, boolean> = {}
  const scanMath = (): boolean => {
    if (text[position] === '$') {
      const found = matchAt(dollarMath, text, position)
      if (!found) return false
      add({ type: 'inlineMath', value: (found[1] ?? found[2] ?? '').trim() })
      position = dollarMath.lastIndex
      return true
    }
    const close = text[position + 1] === '(' ? '\\)' : '\\]'
    const end = mathless[close] ? -1 : text.indexOf(close, position + 2)
    const value = text.slice(position + 2, end).trim()
    mathless[close] = end < 0
    if (end < 0 || !value) return false
    add({ type: 'inlineMath', value })
    position = end + 2
    return true
  }

  const closeBracket = () => {
    const start = position++
    const bracket = brackets.pop()
    const alive = bracket && (bracket.image || brackets.length >= dead)
    dead = Math.min(dead, brackets.length)
    if (!bracket || !alive) {
      add(undefined, ']')
      return
    }
    const { image } = bracket
    let target: Definition | undefined
    let end = position
    let pending = false
    if (text[position] === '(') {
      const inline = scanInlineTarget(text, position)
      if (inline === incomplete) pending = open && text.length - position < longestPending
      else if (inline) {
        target = inline
        end = inline.end
      }
    }
    if (!target && !pending) {
      const label = scanLabel(text, position)
      const emptyLabel = !label && text.startsWith('[]', position)
      let wanted: string | undefined
      if (label) wanted = label.value
      else if ((emptyLabel || !bracket.nested) && start - bracket.position < 1000) {
        wanted = text.slice(bracket.position, start)
      }
      if (open && text[position] === '[' && !label && !emptyLabel) {
        pending = /^\[[^[\]]{0,999}$/.test(text.slice(position, position + 1001))
      }
      const note = text[bracket.position] === '^' ? text.slice(bracket.position, start) : ''
      if (!pending && context.gfm && note && !label && !bracket.nested) {
        if (/^\^[^\s[\]]{1,999}$/.test(note)) {
          const name = normalizeLabel(note)
          const number = context.footnotes.get(name)
          if (number !== undefined) {
            takeBetween(bracket.item, undefined)
            dropDelimiters(bracket.delimiter)
            if (image) bracket.item.text = '!'
            else unlink(bracket.item)
            add({ type: 'footnoteReference', label: note.slice(1), number })
            return
          }
          ;(missing ??= new Set()).add(name)
        }
      }
      if (!pending && wanted !== undefined) {
        const name = normalizeLabel(wanted)
        target = context.definitions.get(name)
        if (target) end = label ? label.end : position + (emptyLabel ? 2 : 0)
        else if (name) (missing ??= new Set()).add(name)
      }
      // A bracket just closed may still become a link: its text is shown without it for one more character.
      if (!target && open && !note && position === source.length) pending = true
    }
    if (pending) {
      bracket.item.text = ''
      position = text.length
      return
    }
    if (!target || tooDeep(bracket.item, undefined)) {
      add(undefined, ']', target ? deepestInline : 0)
      return
    }
    position = end
    matchDelimiters(bracket.delimiter, firstAfter(bracket.position - 1), true)
    const { nodes, depth } = takeBetween(bracket.item, undefined)
    unlink(bracket.item)
    const { url, title } = target
    const to = { url, ...(title === undefined ? undefined : { title }) }
    if (image) add({ type: 'image', ...to, alt: toAlt(nodes) })
    else {
      add({ type: 'link', ...to, children: nodes }, '', depth + 1)
      dead = brackets.length
    }
  }

  const dropDelimiters = (bottom: Delimiter | undefined) => {
    while (delimiters && delimiters !== bottom) removeDelimiter(delimiters)
  }

  const addAutolink = (url: string, shown: string) => {
    add({ type: 'link', url, children: [{ type: 'text', value: shown }] }, '', 1)
  }

  const scanAngle = (): boolean => {
    for (const pattern of [uriAutolink, mailAutolink]) {
      const address = matchAt(pattern, text, position)?.[1]
      if (address !== undefined) {
        addAutolink(pattern === mailAutolink ? `mailto:${address}` : address, address)
        position = pattern.lastIndex
        return true
      }
    }
    return false
  }

  const scanEntity = (): boolean => {
    const value = decodeEntity(matchAt(entity, text, position)?.[1] ?? '')
    if (value === undefined) return false
    add(undefined, value)
    position = entity.lastIndex
    return true
  }

  /** Where, not before an offset, the unbroken plain text before the position begins. */
  const plainFrom = (floor: number): number => {
    let from = position
    for (
      let item = last;
      item && from > floor && !item.node && item !== delimiters?.item;
      item = item.prev
    ) {
      work.steps++
      if (text.slice(from - item.text.length, from) !== item.text) break
      from -= item.text.length
    }
    return from
  }

  const scanAddress = (character: string): boolean => {
    if (brackets.length > 0) return false
    const address =
      character === '@'
        ? scanMailAddress(text, position, plainFrom)
        : scanWebAddress(text, position)
    if (!address) return false
    for (let back = position - address.start; back > 0 && last;) {
      const { length } = last.text
      if (length > back) last.text = last.text.slice(0, -back)
      else unlink(last)
      back -= length
    }
    // One that touches the end may still grow: it becomes a link when something follows it.
    const growing = open && address.reach >= text.length
    const shown = text.slice(address.start, growing ? address.reach : address.end)
    if (growing) add(undefined, shown)
    else addAutolink(address.url, shown)
    position = address.start + shown.length
    return true
  }

  const scanners: Record<string, () => boolean> = { '<': scanAngle, '&': scanEntity, $: scanMath }

  while (position < text.length) {
    work.steps++
    const found = matchAt(special, text, position)
    const start = position
    const end = found ? found.index : text.length
    if (end > start) {
      const item = add(undefined, text.slice(start, end))
      position = end
      if (open && !delimiters && brackets.length === 0) {
        let space = item.text.lastIndexOf(' ')
        while (item.text[space - 1] === ' ') space--
        if (space > 0) {
          settledAt = start + space
          settledCut = space
          settledItem = item
        }
      }
      if (!found) break
    }
    const character = found?.[0] ?? ''
    switch (character) {
      case '\n': {
        const before = last && !last.node ? last.text : ''
        let length = before.length
        while (before[length - 1] === ' ') length--
        if (last && length < before.length && position - start === before.length)
          last.text = before.slice(0, length)
        if (before.length - length >= 2) add({ type: 'break' })
        else add(undefined, '\n')
        position++
        break
      }
      case '\\': {
        const next = text[position + 1] ?? ''
        if (context.math && (next === '(' || next === '[') && scanMath()) break
        if (next === '\n') add({ type: 'break' })
        else if (/[!-/:-@[-`{-~]/.test(next)) add(undefined, next)
        else {
          add(undefined, '\\')
          position--
        }
        position += 2
        break
      }
      case '`':
        scanCode()
        break
      case '*':
      case '_':
      case '~':
        scanDelimiters(character)
        break
      case '!':
      case '[': {
        const image = character === '!'
        if (image && text[position + 1] !== '[') {
          add(undefined, '!')
          position++
          break
        }
        const outer = brackets.at(-1)
        if (outer) outer.nested = true
        const item = add(undefined, image ? '![' : '[')
        position += item.text.length
        brackets.push({ item, image, position, delimiter: delimiters, nested: false })
        break
      }
      case ']':
        closeBracket()
        break
      default: {
        const scan = scanners[character] ?? scanAddress
        if (scan(character)) break
        add(undefined, character)
        position += character.length
      }
    }
  }
  matchOutside()
  if (open) closeUnfinished()

  function closeUnfinished() {
    for (const bracket of brackets) {
      if (text.length - bracket.position < 200) bracket.item.text = ''
    }
    for (let delimiter = delimiters; delimiter; delimiter = delimiter.prev) {
      const { item, character, count, canOpen } = delimiter
      if (!canOpen || count > 3 || (character === '~' && count < 2) || tooDeep(item, undefined))
        continue
      item.text = ''
      if (character === '~') wrap('strikethrough', item, undefined)
      else {
        if (count !== 2) wrap('emphasis', item, undefined)
        if (count > 1) wrap('strong', item, undefined)
      }
    }
  }

  if (!settledItem || settledAt < settleLength) {
    return { nodes: collect(first, undefined).nodes, missing, settledLength: 0, settled: [] }
  }
  // The item is cut at the space: its front is settled, its rest opens what is not.
  const front = settledItem.text.slice(0, settledCut)
  settledItem.text = settledItem.text.slice(settledCut)
  const settled = collect(first, settledItem).nodes
  appendText(settled, front)
  return {
    nodes: collect(settledItem, undefined).nodes,
    missing,
    settledLength: settledAt,
    settled,
  }
}

/** The whole character before an offset, be it two code units; the edge of a text counts as a line ending. */
const characterBefore = (text: string, at: number): string =>
  /[^]$/u.exec(text.slice(Math.max(0, at - 2), at))?.[0] ?? '\n'

const characterAt = (text: string, at: number): string =>
  String.fromCodePoint(text.codePointAt(at) ?? 10)

/** Starts of the runs of backticks from an offset on, by length, the last first. */
const findRuns = (text: string, from: number): Map<number, number[]> => {
  const runs = new Map<number, number[]>()
  for (let end = text.lastIndexOf('`'); end >= from;) {
    let start = end
    while (text[start - 1] === '`') start--
    const length = end - start + 1
    const starts = runs.get(length)
    if (starts) starts.push(start)
    else runs.set(length, [start])
    end = start > 0 ? text.lastIndexOf('`', start - 1) : -1
  }
  return runs
}

const scanInlineTarget = (
  text: string,
  at: number,
): (Definition & { readonly end: number }) | typeof incomplete | undefined => {
  const start = skipSpace(text, at + 1)
  if (text[start] === ')') return { url: '', title: undefined, end: start + 1 }
  const target = scanTarget(text, start)
  if (!target || target === incomplete) return target
  const { destination, title, titleStart } = target
  if (title === incomplete) return incomplete
  const end = title ? skipSpace(text, title.end) : titleStart
  if (end >= text.length) return incomplete
  return text[end] === ')'
    ? { url: destination.value, title: title?.value, end: end + 1 }
    : undefined
}

const appendText = (nodes: Inline[], value: string) => {
  if (!value) return
  const before = nodes.at(-1)
  if (before?.type === 'text')
    nodes[nodes.length - 1] = { type: 'text', value: before.value + value }
  else nodes.push({ type: 'text', value })
}

const collect = (
  from: Item | undefined,
  to: Item | undefined,
): { nodes: Inline[]; depth: number } => {
  const nodes: Inline[] = []
  let depth = 0
  let value = ''
  for (let item = from; item && item !== to; item = item.next) {
    work.steps++
    if (item.node) {
      appendText(nodes, value)
      value = ''
      nodes.push(item.node)
    } else value += item.text
    if (item.depth > depth) depth = item.depth
  }
  appendText(nodes, value)
  return { nodes, depth }
}

/** The words of inline nodes, without their form. */
export const toAlt = (nodes: readonly Inline[]): string => {
  let words = ''
  for (const node of nodes) {
    if ('value' in node) words += node.value
    else if (node.type === 'image') words += node.alt
    else if (node.type === 'break') words += '\n'
    else if ('children' in node) words += toAlt(node.children)
  }
  return words
}
