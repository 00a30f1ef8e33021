import type { Citation } from '@parlance/core'
import type { Hit, Query } from './createPageSearch.ts'
import type { Block, Section } from './page.ts'
import { toPlainText } from './toPlainText.ts'
import { toStems } from './words.ts'

/** A piece of an answer: Markdown, and what it rests on once it is written. */
export interface AnswerPiece {
  readonly markdown: string
  readonly citation?: Citation | undefined
}

/** Below this part of the question found, an answer would be about something else. */
const leastCoverage = 0.5
/** A word of the question in the heading itself tells more than its share, and one that means about the same does. */
const headingBonus = 0.22
const relatedHeadingBonus = 0.12
/** A second section must fit nearly as well, or say what the first does not. */
const leastCoverageOfMore = 0.45
const leastShareOfBest = 0.55
const mostProseChars = 520
const mostCodeLines = 40
const mostItems = 8
const mostRows = 12
const mostQuoteChars = 200

/**
 * Quotes the sections that fit a question best: sentences, steps, rows and code as they stand on the page, each section
 * cited. Empty when no section fits well enough.
 */
export function composeAnswer(question: string, query: Query, hits: readonly Hit[]): AnswerPiece[] {
  const [best, ...rest] = hits
  if (!best || !fits(best, query)) return []
  const { words, weights } = query
  const largest = [...weights.values()].toSorted((a, b) => b - a).slice(0, words.length)
  const most = largest.reduce((sum, weight) => sum + weight, 0)
  const asker: Asker = { kind: kindOf(question), weights, most }
  const first = quote(best.section, asker)
  const pieces = first ? [toPiece(first, best.section, 1)] : []

  const { heading, pageTitle } = best.section
  const said = new Set(toStems(`${pageTitle} . ${heading} . ${first?.text ?? ''}`))
  const second = rest.find(({ section, score, coverage }) => {
    if (score < best.score * leastShareOfBest || coverage < leastCoverageOfMore) return false
    // What stands below a question answers that one.
    if (section.heading.endsWith('?')) return false
    // Something of the question that the first quote left open.
    const stems = new Set(
      toStems(`${section.heading} ${section.blocks.map(({ text }) => text).join(' ')}`),
    )
    return query.words.some(
      ({ stem, weight }) => weight === 1 && !said.has(stem) && stems.has(stem),
    )
  })
  const more = second && quote(second.section, asker, true)
  if (second && more && more.markdown !== first?.markdown) {
    pieces.push(toPiece(more, second.section, pieces.length + 1))
  }
  return pieces
}

function fits({ section, coverage }: Hit, { words, weights }: Query): boolean {
  const heading = toStems(section.heading)
  const isNamed = words.some(({ stem, weight }) => weight === 1 && heading.includes(stem))
  const isRelated = heading.some((stem) => (weights.get(stem) ?? 0) > 1)
  const bonus = isNamed ? headingBonus : isRelated ? relatedHeadingBonus : 0
  return coverage + bonus >= leastCoverage
}

type QuestionKind = 'steps' | 'amount' | 'definition' | 'other'

interface Asker {
  readonly kind: QuestionKind
  readonly weights: ReadonlyMap<string, number>
  /** About what a text weighs that says all that is asked. */
  readonly most: number
}

function kindOf(question: string): QuestionKind {
  const text = question.toLowerCase()
  if (
    /\bhow (?:long|much|many|big|large|fast|often|old|small|far)\b|\bwhen\b|\blimits?\b/.test(text)
  ) {
    return 'amount'
  }
  if (
    /\bhow\b|\bwhere (?:do|can|should) i\b|\bset ?up\b|\binstall\b|\bexample\b|\bsnippet\b|\bcode\b/.test(
      text,
    )
  ) {
    return 'steps'
  }
  if (/^\s*(?:what(?:'s|’s| is| are)|who|define|which|why)\b/.test(text)) return 'definition'
  return 'other'
}

interface Quote {
  readonly markdown: string
  readonly text: string
  /** The sentence that says most, as plain text. */
  readonly key: string
}

/** The blocks of a section that answer, in the page's order. */
function quote(section: Section, asker: Asker, isShort = false): Quote | undefined {
  const { blocks } = section
  const named = overlap(section.heading, asker.weights)
  const scores = blocks.map((block, index) => scoreOf(block, index, named, asker))
  const best = scores.indexOf(Math.max(...scores))
  if (best < 0) return undefined
  const chosen = new Set([best])
  const block = blocks[best]!
  const follows = (index: number, ...kinds: Block['kind'][]) =>
    kinds.includes(blocks[index]?.kind ?? 'prose')

  // A lead-in and what it leads to are one thing.
  if (block.kind !== 'prose' && blocks[best - 1]?.kind === 'prose') chosen.add(best - 1)
  if (block.kind === 'prose') {
    const leads = block.markdown.trimEnd().endsWith(':')
    const wantsSteps = asker.kind === 'steps' && follows(best + 1, 'list', 'code')
    if (blocks[best + 1] && (leads || wantsSteps)) chosen.add(best + 1)
    const isBrief = block.text.length < 90 && !leads && !chosen.has(best + 1)
    if (isBrief && !isShort && blocks[best + 1]) chosen.add(best + 1)
  }
  if (asker.kind === 'steps' && !isShort && ![...chosen].some((index) => follows(index, 'code'))) {
    // "How" is answered best by the code, if it stands near.
    const next = Math.max(...chosen) + 1
    if (follows(next, 'code')) chosen.add(next)
    else if (follows(next + 1, 'code')) chosen.add(next).add(next + 1)
  }
  const last = Math.max(...chosen)
  if (blocks[last]?.markdown.trimEnd().endsWith(':') && blocks[last + 1]) chosen.add(last + 1)

  const parts: string[] = []
  let key = ''
  let proseChars = 0
  for (const index of [...chosen].sort((a, b) => a - b)) {
    const part = blocks[index]!
    const markdown = shorten(part, asker, named, isShort)
    if (!markdown || (part.kind === 'prose' && proseChars > mostProseChars)) continue
    if (part.kind === 'prose') proseChars += markdown.length
    parts.push(markdown)
    if (index === best || !key) key = keySentence(part, asker)
  }
  // A table or list alone does not say what it is.
  if (blocks[Math.min(...chosen)]?.kind !== 'prose')
    parts.unshift(`**${escapeMarks(section.heading)}**`)
  // Words that lead to something left out lead nowhere.
  while (parts.at(-1)?.endsWith(':')) parts.pop()
  const markdown = parts.join('\n\n')
  return markdown && key ? { markdown, text: toPlainText(markdown), key } : undefined
}

/** `named` is how much of what is asked the heading says: then the section's beginning is the answer. */
function scoreOf(block: Block, index: number, named: number, asker: Asker): number {
  let score = overlap(block.text, asker.weights)
  if (index === 0) score += 0.25 + score * 0.1 + named * 0.5
  if (asker.kind === 'amount' && /\d/.test(block.text) && block.kind !== 'code') score *= 1.5
  if (asker.kind === 'steps' && (block.kind === 'list' || block.kind === 'code')) score *= 1.15
  if (asker.kind === 'definition' && block.kind === 'prose') score *= index === 0 ? 1.5 : 1.1
  if (asker.kind !== 'steps' && block.kind === 'code') score *= 0.7
  return score
}

/** How much of what is asked a text says; each word counts once. */
function overlap(text: string, weights: ReadonlyMap<string, number>): number {
  let score = 0
  for (const stem of new Set(toStems(text))) score += weights.get(stem) ?? 0
  return score
}

/** What is shown of a block: whole where it is short, else its best part. Empty when it is too long to help. */
function shorten(block: Block, asker: Asker, named: number, isShort: boolean): string {
  const { markdown, kind } = block
  if (kind === 'code') {
    return markdown.split('\n').length > mostCodeLines || isShort ? '' : markdown
  }
  if (kind === 'prose') return bestSentences(markdown, asker, isShort ? 220 : mostProseChars)
  // Where the heading is the question, the whole is the answer.
  const isWhole = named >= asker.most * 0.5
  if (kind === 'table') return bestRows(markdown, asker, isWhole)
  return bestItems(markdown, asker, isShort)
}

/** The best sentence and its neighbours, as many as fit. */
function bestSentences(markdown: string, asker: Asker, mostChars: number): string {
  if (markdown.length <= mostChars) return markdown
  const sentences = toSentences(markdown)
  const scores = sentences.map(
    (sentence) =>
      overlap(toPlainText(sentence), asker.weights) *
      (asker.kind === 'amount' && /\d/.test(sentence) ? 1.5 : 1),
  )
  let from = scores.indexOf(Math.max(...scores))
  let to = from + 1
  let chars = sentences[from]?.length ?? 0
  while (to < sentences.length && chars + sentences[to]!.length <= mostChars) {
    chars += sentences[to++]!.length
  }
  while (from > 0 && chars + sentences[from - 1]!.length <= mostChars) {
    chars += sentences[--from]!.length
  }
  return sentences.slice(from, to).join('').trim()
}

/** Steps stay whole; of a long list of other things, those that fit. */
function bestItems(markdown: string, asker: Asker, isShort: boolean): string {
  const items = markdown.split(/\n(?=(?:[-*+]|\d{1,9}[.)])\s)/)
  const isSteps = /^\d/.test(markdown)
  if (items.length <= (isSteps ? 12 : mostItems) && !(isShort && items.length > 4)) return markdown
  if (isSteps) return isShort ? '' : items.slice(0, 12).join('\n')
  const scored = items.map((item, index) => ({
    item,
    index,
    score: overlap(toPlainText(item), asker.weights),
  }))
  const best = scored.toSorted((a, b) => b.score - a.score).slice(0, isShort ? 3 : mostItems)
  const top = best[0]?.score ?? 0
  // When a few items stand out, they are the answer; when none does, the list is.
  const fitting = best.filter(({ score }) => score > 0 && score >= top * 0.5)
  const shown = fitting.length > 0 && fitting.length <= 4 ? fitting : best
  return shown
    .toSorted((a, b) => a.index - b.index)
    .map(({ item }) => item)
    .join('\n')
}

function bestRows(markdown: string, asker: Asker, isWhole: boolean): string {
  const [head = '', line = '', ...rows] = markdown.split('\n')
  if (rows.length <= (isWhole ? mostRows : 5)) return markdown
  const scored = rows.map((row, index) => ({
    row,
    index,
    score: overlap(toPlainText(row), asker.weights),
  }))
  const fitting = scored.filter(({ score }) => score > asker.most * 0.3)
  const shown =
    isWhole || fitting.length === 0
      ? scored.slice(0, mostRows)
      : fitting.toSorted((a, b) => b.score - a.score).slice(0, 4)
  const shownRows = shown.toSorted((a, b) => a.index - b.index).map(({ row }) => row)
  return [head, line, ...shownRows].join('\n')
}

function keySentence(block: Block, asker: Asker): string {
  const sentences =
    block.kind === 'prose' ? toSentences(block.text) : block.markdown.split('\n').map(toPlainText)
  const scores = sentences.map((sentence) => overlap(sentence, asker.weights))
  const sentence = (sentences[scores.indexOf(Math.max(...scores))] ?? block.text).trim()
  if (sentence.length <= mostQuoteChars) return sentence
  return `${sentence.slice(0, mostQuoteChars - 1).replace(/\s+\S*$/, '')}…`
}

const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' })

function toSentences(text: string): string[] {
  return [...segmenter.segment(text)].map(({ segment }) => segment)
}

function toPiece({ markdown, key }: Quote, section: Section, number: number): AnswerPiece {
  const title =
    section.heading === section.pageTitle
      ? section.pageTitle
      : `${section.pageTitle}: ${section.heading}`
  return {
    markdown: withMark(markdown, number),
    citation: { number, url: section.url, title, quote: key },
  }
}

function escapeMarks(text: string): string {
  return text.replace(/[\\`*_[\]<>]/g, '\\$&')
}

/** Puts `[1]` behind the last sentence that ends there; one that leads to code or a list is not cut from it. */
function withMark(markdown: string, number: number): string {
  const blocks = markdown.split('\n\n')
  const isProse = (text: string) => !/^\s*(?:```|~~~|\||[-*+]\s|\d+[.)]\s)/.test(text)
  const isWhole = !/^\s*(?:```|~~~)/m.test(markdown)
  const last = blocks.findLastIndex((text) => isProse(text) && !text.trimEnd().endsWith(':'))
  if (last >= 0 && (isWhole || last === 0)) {
    blocks[last] = `${blocks[last]} [${number}]`
    return blocks.join('\n\n')
  }
  const endsAsList = /\n?(?:[-*+]|\d+[.)])\s[^\n]*$/.test(blocks.at(-1) ?? '')
  return endsAsList ? `${markdown} [${number}]` : markdown
}
