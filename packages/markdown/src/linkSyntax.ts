import { unescapeMarkdown } from './entities.ts'
import { matchAt } from './matchAt.ts'

/** A link reference definition. */
export interface Definition {
  readonly url: string
  readonly title: string | undefined
}

interface Target extends Definition {
  readonly end: number
}

const labelPattern = /\[((?:[^\\[\]]|\\.){0,1000})\]/sy

/** Reads `[label]` at an offset; undefined when there is none of at most 999 characters with something in it. */
export const readLabel = (
  text: string,
  at: number,
): { readonly value: string; readonly end: number } | undefined => {
  const value = matchAt(labelPattern, text, at)?.[1]
  return value && value.length < 1000 && /[^ \t\n]/.test(value)
    ? { value, end: labelPattern.lastIndex }
    : undefined
}

/** The form in which labels are compared: case folded, whitespace collapsed. */
export const normalizeLabel = (label: string): string =>
  label
    .replace(/[ \t\n]+/g, ' ')
    .replace(/^ | $/g, '')
    .toLowerCase()
    .toUpperCase()

const space = /[ \t]*(?:\n[ \t]*)?/y
const angledDestination = /<((?:[^<>\\\n]|\\.)*)>/y
const partOfDestination = /\\[!-/:-@[-`{-~]|[^\0-\x20\x7f()\\]+|[()\\]/y
const deepestParentheses = 32

/** The offset after a link destination without angle brackets; undefined when there is none. Only before `)` it may be empty. */
const endOfDestination = (text: string, at: number): number | undefined => {
  let depth = 0
  let end = at
  for (let part; (part = matchAt(partOfDestination, text, end)?.[0]); end += part.length) {
    if (part === '(' && ++depth > deepestParentheses) return undefined
    if (part === ')' && --depth < 0) break
  }
  return depth > 0 || (depth === 0 && end === at) ? undefined : end
}

const titlePattern =
  /(?=\s)[ \t]*(?:\n[ \t]*)?(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\((?:[^()\\]|\\.)*\))/sy

/**
 * Reads what links and definitions have in common: white space, a destination and perhaps a title, then what closes
 * them. Where a title keeps that from matching, the destination may still stand alone.
 */
const readTarget = (text: string, at: number, close: RegExp): Target | undefined => {
  matchAt(space, text, at)
  const start = space.lastIndex
  const angled = matchAt(angledDestination, text, start)?.[1]
  const end =
    angled !== undefined
      ? angledDestination.lastIndex
      : text[start] === '<'
        ? undefined
        : endOfDestination(text, start)
  if (end === undefined) return undefined
  const url = unescapeMarkdown(angled ?? text.slice(start, end))
  const quoted = matchAt(titlePattern, text, end)?.[0].trim()
  const title =
    quoted && matchAt(close, text, titlePattern.lastIndex)
      ? unescapeMarkdown(quoted.slice(1, -1))
      : undefined
  return title !== undefined || matchAt(close, text, end)
    ? { url, title, end: close.lastIndex }
    : undefined
}

const parenthesis = /[ \t]*(?:\n[ \t]*)?\)/y

/** Reads `(destination "title")` at an offset. */
export const readLinkTarget = (text: string, at: number): Target | undefined =>
  text[at] === '(' ? readTarget(text, at + 1, parenthesis) : undefined

const lineEnd = /[ \t]*(?:\n|$)/y

/** Reads `[label]: destination "title"` at an offset, up to the end of its last line. */
export const readDefinition = (
  text: string,
  at: number,
): (Target & { readonly label: string }) | undefined => {
  const label = readLabel(text, at)
  if (!label || text[label.end] !== ':') return undefined
  const target = readTarget(text, label.end + 1, lineEnd)
  return target && { ...target, label: normalizeLabel(label.value) }
}
