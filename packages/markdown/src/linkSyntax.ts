import { unescapeMarkdown } from './entities.ts'
import { matchAt } from './matchAt.ts'

/** What a piece of link syntax holds and the offset after it. */
export interface Scanned {
  readonly value: string
  readonly end: number
}

/** The text ended before the syntax did: it may still become valid. */
export const incomplete = 'incomplete'

const labelPattern = /\[((?:[^\\[\]]|\\.){0,1000})\]/sy

/** Reads `[label]` at an offset; undefined when there is none of at most 999 characters with something in it. */
export const scanLabel = (text: string, at: number): Scanned | undefined => {
  const [all = '', value = ''] = matchAt(labelPattern, text, at) ?? []
  return all.length > 1001 || !/[^ \t\n]/.test(value) ? undefined : { value, end: at + all.length }
}

/** The form in which labels are compared: case folded, whitespace collapsed. */
export const normalizeLabel = (label: string): string =>
  label
    .replace(/[ \t\n]+/g, ' ')
    .replace(/^ | $/g, '')
    .toLowerCase()
    .toUpperCase()

const space = /[ \t]*(?:\n[ \t]*)?/y

/** Skips spaces and at most one line ending. */
export const skipSpace = (text: string, at: number): number => {
  matchAt(space, text, at)
  return space.lastIndex
}

const deepest = 32

/** Reads a link destination, in angle brackets or bare, at an offset. */
const scanDestination = (text: string, at: number): Scanned | typeof incomplete | undefined => {
  const angled = text[at] === '<'
  const start = angled ? at + 1 : at
  let depth = 0
  for (let index = start; ; index++) {
    if (index >= text.length) {
      if (angled) return incomplete
      return depth > 0 || index === start ? incomplete : finish(text, start, index)
    }
    const code = text.charCodeAt(index)
    if (code === 92) {
      if (/[!-/:-@[-`{-~]/.test(text[index + 1] ?? '')) index++
    } else if (angled) {
      if (code === 62) return { ...finish(text, start, index), end: index + 1 }
      if (code === 60 || code === 10) return undefined
    } else if (code === 40) {
      if (++depth > deepest) return undefined
    } else if (code <= 32 || code === 127 || (code === 41 && depth-- === 0)) {
      return depth > 0 || (index === start && code !== 41) ? undefined : finish(text, start, index)
    }
  }
}

const finish = (text: string, start: number, end: number): Scanned => ({
  value: unescapeMarkdown(text.slice(start, end)),
  end,
})

/** Reads a title in quotes or parentheses at an offset. */
const scanTitle = (text: string, at: number): Scanned | typeof incomplete | undefined => {
  const open = text[at]
  if (open !== '"' && open !== "'" && open !== '(') return undefined
  const close = open === '(' ? ')' : open
  for (let index = at + 1; index < text.length; index++) {
    const character = text[index]
    if (character === '\\') index++
    else if (character === close) return { ...finish(text, at + 1, index), end: index + 1 }
    else if (character === '(' && open === '(') return undefined
  }
  return incomplete
}

/** A link reference definition. */
export interface Definition {
  readonly url: string
  readonly title: string | undefined
}

/** Reads what a link and a definition have in common: a destination and, after white space, perhaps a title. */
export const scanTarget = (
  text: string,
  at: number,
):
  | { destination: Scanned; title: Scanned | typeof incomplete | undefined; titleStart: number }
  | typeof incomplete
  | undefined => {
  const destination = scanDestination(text, at)
  if (!destination || destination === incomplete) return destination
  const titleStart = skipSpace(text, destination.end)
  const title = titleStart > destination.end ? scanTitle(text, titleStart) : undefined
  return { destination, title, titleStart }
}

const restOfLine = /[ \t]*(?:\n|$)/y

const lineEnd = (text: string, at: number): number =>
  matchAt(restOfLine, text, at) ? restOfLine.lastIndex : -1

/** Reads `[label]: destination "title"` at an offset, up to the end of its last line. */
export const scanDefinition = (
  text: string,
  at: number,
): { label: string; definition: Definition; end: number } | undefined => {
  const label = scanLabel(text, at)
  if (!label || text[label.end] !== ':') return undefined
  const target = scanTarget(text, skipSpace(text, label.end + 1))
  if (!target || target === incomplete) return undefined
  const { destination } = target
  let title = target.title === incomplete ? undefined : target.title
  let end = title ? lineEnd(text, title.end) : -1
  // What follows a title on its line makes both text, unless the definition was complete on the line before.
  if (end < 0) {
    title = undefined
    end = lineEnd(text, destination.end)
  }
  return end < 0
    ? undefined
    : {
        label: normalizeLabel(label.value),
        definition: { url: destination.value, title: title?.value },
        end,
      }
}
