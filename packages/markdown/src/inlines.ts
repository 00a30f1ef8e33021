import { readWebAddress, toAutolink } from './autolinks.ts'
import { createMatcher, createRun, type DelimiterRun } from './emphasis.ts'
import { decodeEscape, escapePattern } from './entities.ts'
import { toTree, type Item } from './inlineTree.ts'
import { trimEnd } from './lineText.ts'
import { normalizeLabel, readLabel, readLinkTarget, type Definition } from './linkSyntax.ts'
import { matchAt } from './matchAt.ts'
import type { MathSyntax } from './mathSyntax.ts'
import type { Inline } from './nodes.ts'
import { toAlt } from './toAlt.ts'
import { shownLength, unfinishedTarget } from './unfinished.ts'

/** Inline nodes, and the labels that were asked for in vain: a late definition of one changes the nodes. */
export interface ParsedInlines {
  readonly nodes: Inline[]
  readonly missing: readonly string[]
  /** Of a text that still grows: how many characters no later text can change. They make `settled`, the others `nodes`. */
  readonly settledLength: number
  readonly settled: Inline[]
}

/** Parses the text of a leaf. With `open` it still grows: what is unfinished at its end is shown calmly or held back. */
export type InlineParser = (source: string, open?: boolean) => ParsedInlines

/** A `[` or `![` that waits for its `]`. */
interface Bracket {
  readonly image: boolean
  /** Offset after it, and its places among the items and the runs. */
  readonly position: number
  readonly item: number
  readonly run: number
  /** A bracket stands inside: then this one cannot be a shortcut reference. */
  nested: boolean
}

/** An open text is settled after each node in it, and at the end of a word after so many characters without one. */
const settleLength = 200
/** The bracket of half a link is hidden for so many characters, and that of half a link target for so many. */
const longestHalfLink = 200
const longestHalfTarget = 2048

const commonMark =
  /<([a-z][\da-z+.-]{1,31}:[^\0-\x20<>]*)>|<([\w.!#$%&'*+/=?^`{|}~-]+@[\da-z](?:[\da-z-]{0,61}[\da-z])?(?:\.[\da-z](?:[\da-z-]{0,61}[\da-z])?)*)>|\\?\n|`+|\*+|_+|!?\[|\]/
const gfmOnly = /~+|(?:https?|ftp):\/\/|www\./
const nothing = /(?!)/

/**
 * Creates the part of a parser that knows inline syntax. `targets` holds link definitions and the numbers of footnotes
 * by normalized label; the label of a footnote begins with `^`.
 */
export const createInlineParser = (
  targets: ReadonlyMap<string, Definition | number>,
  gfm: boolean,
  math: MathSyntax | undefined,
): InlineParser => {
  /** With what may become a formula when more of it comes. */
  const toSyntax = (half = nothing) =>
    new RegExp(
      `(${(math?.inline ?? nothing).source})|(${half.source})|${escapePattern.source}|${commonMark.source}|${(gfm ? gfmOnly : nothing).source}`,
      'gi',
    )
  const whole = toSyntax()
  const growing = toSyntax(math?.half)

  return (source, open = false) => {
    const syntax = open ? growing : whole
    const text = open ? source.slice(0, shownLength(source)) : source
    const missing: string[] = []
    const items: Item[] = []
    /** Runs that are not paired yet, because a bracket before them is open. */
    const runs: DelimiterRun[] = []
    const brackets: Bracket[] = []
    /** Link brackets below this index are dead: they stand around a link, and links do not nest. */
    let dead = 0
    const outside = createMatcher()
    let position = 0
    /** What no later text can change: up to the last place that nothing open stands before. */
    const settled: Item[] = []
    let settledLength = 0
    /** Starts of the runs of backticks, by length, the last first. */
    let ticks: Record<number, number[]> | undefined

    const addWords = (words: string) => {
      if (open && brackets.length === 0) {
        outside.match(runs.splice(0))
        const before = items.at(-1)
        // After a node the text of the finished leaf begins anew, too: then nothing moves when it ends.
        const afterNode = typeof before === 'object' && !(before as Partial<DelimiterRun>).count
        let cut = afterNode ? 0 : words.lastIndexOf(' ')
        while (words[cut - 1] === ' ') cut--
        const isLong = cut > 0 && position + cut > settledLength + settleLength
        if ((afterNode || isLong) && outside.openers.length === 0) {
          settled.push(...items.splice(0), words.slice(0, cut))
          settledLength = position + cut
          words = words.slice(cut)
        }
      }
      items.push(words)
    }

    const addCode = (run: string) => {
      const start = position
      if (!ticks) {
        ticks = {}
        for (const found of [...text.matchAll(/`+/g)].reverse()) {
          ;(ticks[found[0].length] ??= []).push(found.index)
        }
      }
      const starts = ticks[run.length] ?? []
      while ((starts.at(-1) ?? start) < start) starts.pop()
      const end = starts.at(-1)
      if (end === undefined && (!open || start === text.length || brackets.length > 0)) {
        items.push(run)
        return
      }
      // A span that is still open is shown as code up to the end.
      const value = text.slice(start, end).replaceAll('\n', ' ')
      const padded = /^ [^]* $/.test(value) && /[^ ]/.test(value)
      items.push({ type: 'inlineCode', value: padded ? value.slice(1, -1) : value })
      position = end === undefined ? text.length : end + run.length
    }

    const closeBracket = () => {
      const bracket = brackets.pop()
      const alive = bracket && (bracket.image || brackets.length >= dead)
      dead = Math.min(dead, brackets.length)
      if (!alive) return false
      const { image, item, run } = bracket
      const inner = text.slice(bracket.position, position - 1)
      let target: Definition | number | undefined
      const inline = readLinkTarget(text, position)
      let end = inline?.end ?? position
      target = inline
      if (!inline) {
        const rest = open && text.length - position < longestHalfTarget && source.slice(position)
        if (rest !== false && unfinishedTarget.test(rest) && (rest || !inner.startsWith('^'))) {
          items[item] = ''
          position = text.length
          brackets.push(bracket)
          return true
        }
        const label = readLabel(text, position)
        const name = normalizeLabel(label?.value ?? (bracket.nested ? '' : inner))
        target = targets.get(name)
        if (label) {
          end = label.end
          if (typeof target === 'number') target = undefined
        } else if (text.startsWith('[]', position) && typeof target === 'object') end += 2
        if (target === undefined) {
          if (name) missing.push(name)
          return false
        }
      }
      const inside = runs.splice(run)
      const content = items.splice(item).slice(1)
      if (typeof target === 'number') {
        if (image) items.push('!')
        items.push({ type: 'footnoteReference', label: inner.slice(1), number: target })
        return true
      }
      createMatcher().match(inside)
      const { url, title } = target as Definition
      const children = toTree(content, false)
      if (image) items.push({ type: 'image', url, title, alt: toAlt(children) })
      else {
        items.push({ type: 'link', url, title, children })
        dead = brackets.length
      }
      position = end
      return true
    }

    const addAddress = (start: number): boolean => {
      const found = readWebAddress(text, start, brackets.length > 0)
      if (!found) return false
      const { url, shown, reach } = found
      // One that touches the end may still grow: it becomes a link when something follows it.
      const growing = open && start + reach.length === text.length
      items.push(growing ? reach : [url, shown])
      position = start + (growing ? reach : shown).length
      return true
    }

    while (position < text.length) {
      const found = matchAt(syntax, text, position)
      let words = text.slice(position, found?.index)
      const token = found?.[0] ?? ''
      const lineEnd = token === '\n'
      const { length } = words
      if (lineEnd) words = trimEnd(words, ' ')
      if (words) addWords(words)
      position = syntax.lastIndex
      if (!found) break
      const [, formula, half, character, name, uri, mail] = found
      if (half) break
      if (formula) items.push(math?.toInline(formula) ?? formula)
      else if (character ?? name) items.push(decodeEscape(token, character, name))
      else if (uri) items.push(toAutolink(uri))
      else if (mail) items.push(toAutolink(`mailto:${mail}`, mail))
      else {
        switch (token[0]) {
          case '\\':
          case '\n':
            items.push(lineEnd && length < words.length + 2 ? token : { type: 'break' })
            break
          case '`':
            addCode(token)
            break
          case '*':
          case '_':
          case '~': {
            const run = createRun(text, found.index, token, gfm)
            runs.push(run)
            items.push(run)
            break
          }
          case '!':
          case '[': {
            const outer = brackets.at(-1)
            if (outer) outer.nested = true
            const image = token !== '['
            brackets.push({ image, position, item: items.length, run: runs.length, nested: false })
            items.push(token)
            break
          }
          case ']':
            if (!closeBracket()) items.push(token)
            break
          default:
            if (!addAddress(found.index)) items.push(token)
        }
      }
    }

    outside.match(runs.splice(0))
    if (open) {
      for (const { position: after, item } of brackets) {
        if (text.length - after < longestHalfLink) items[item] = ''
      }
      for (const run of outside.openers) {
        const { mark, count, opened } = run
        if (count > 3 || (mark === '~' && count < 2)) continue
        // As long as nothing closes it, this is a product or a power.
        if (matchAt(/\w\*\w|\d\*+\d/y, text, run.position - 1)) continue
        if (count > 1) opened.unshift(mark + mark)
        if (count !== 2) opened.unshift(mark)
        run.count = 0
      }
    }
    return {
      missing,
      settledLength,
      settled: toTree(settled, gfm),
      nodes: toTree(items, gfm, open),
    }
  }
}
