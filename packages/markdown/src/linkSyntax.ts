import { unescapeMarkdown } from './entities.ts'

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
  labelPattern.lastIndex = at
  const match = labelPattern.exec(text)
  if (!match || match[0].length > 1001 || !/[^ \t\n]/.test(match[1] ?? '')) return undefined
  return { value: match[1] ?? '', end: labelPattern.lastIndex }
}

/** The form in which labels are compared: case folded, whitespace collapsed. */
export const normalizeLabel = (label: string): string =>
  label
    .replace(/[ \t\n]+/g, ' ')
    .replace(/^ | $/g, '')
    .toLowerCase()
    .toUpperCase()

/** Skips spaces and at most one line ending. */
export const skipSpace = (text: string, at: number): number => {
  let lines = 0
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 10 ? lines++ : code !== 32 && code !== 9) break
  }
  return at
}

const deepest = 32

/** Reads a link destination, in angle brackets or bare, at an offset. */
export const scanDestination = (
  text: string,
  at: number,
): Scanned | typeof incomplete | undefined => {
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
export const scanTitle = (text: string, at: number): Scanned | typeof incomplete | undefined => {
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

const restOfLine = /[ \t]*(?:\n|$)/y

const lineEnd = (text: string, at: number): number => {
  restOfLine.lastIndex = at
  return restOfLine.test(text) ? restOfLine.lastIndex : -1
}

/** Reads `[label]: destination "title"` at an offset, up to the end of its last line. */
export const scanDefinition = (
  text: string,
  at: number,
): { label: string; definition: Definition; end: number } | undefined => {
  const label = scanLabel(text, at)
  if (!label || text[label.end] !== ':') return undefined
  const target = scanDestination(text, skipSpace(text, label.end + 1))
  if (!target || target === incomplete) return undefined
  const start = skipSpace(text, target.end)
  const title = start > target.end ? scanTitle(text, start) : undefined
  const titled = title && title !== incomplete ? lineEnd(text, title.end) : -1
  const end = titled < 0 ? lineEnd(text, target.end) : titled
  if (end < 0) return undefined
  return {
    label: normalizeLabel(label.value),
    definition: {
      url: target.value,
      title: titled >= 0 && title && title !== incomplete ? title.value : undefined,
    },
    end,
  }
}
