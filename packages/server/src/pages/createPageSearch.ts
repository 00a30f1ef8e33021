import MiniSearch, { type SearchResult } from 'minisearch'
import type { Page, Section, ToAnchor } from './page.ts'
import { splitHtml } from './splitHtml.ts'
import { splitMarkdown } from './splitMarkdown.ts'
import { createSynonyms } from './synonyms.ts'
import { isStopStem, type QueryWord, toQueryWords, toStem, toStems } from './words.ts'

export interface PageSearchOptions {
  /** Makes the anchors of one page's headings. Default: GitHub's way. Called once per page. */
  readonly createToAnchor?: (() => ToAnchor) | undefined
  /** Groups of words that mean the same on this site, such as `[['parcel', 'delivery']]`. */
  readonly synonyms?: readonly (readonly string[])[] | undefined
}

/** A section that fits a question. */
export interface Hit {
  readonly section: Section
  /** Higher fits better; only to be compared within one search. */
  readonly score: number
  /** Which part of what the question says stands in the section, from 0 to 1. */
  readonly coverage: number
}

/** A question, as the search understood it. */
export interface Query {
  readonly words: readonly QueryWord[]
  /** Stems of the pages that stand for the question's words → how much a match counts. */
  readonly weights: ReadonlyMap<string, number>
}

export interface PageSearch {
  readonly sections: readonly Section[]
  /** Best first, at most 8. `context` is what was asked before, and counts for less. */
  search(question: string, context?: string): { query: Query; hits: readonly Hit[] }
}

interface Entry {
  readonly id: number
  readonly title: string
  readonly heading: string
  readonly trail: string
  readonly text: string
  readonly code: string
}

/** What a word of about the same meaning counts, and a mistyped one, beside the word itself. */
const relatedQuality = 0.7
const nearQuality = 0.75
const amountPattern = /\bhow (?:long|much|many|big|large|fast|often|old|hot)\b|\bwhen\b/i
const mostHits = 8
const mostWords = 24
const fields = ['title', 'heading', 'trail', 'text', 'code']
/** The question's words are stems already. */
const exactly = { tokenize: (stem: string) => [stem], processTerm: (stem: string) => stem }
const boost = { title: 1.1, heading: 2.2, trail: 1.4, text: 1, code: 0.5 }

/** Reads the pages and makes an index of their sections. About 0.6 s per megabyte of Markdown, then 5 ms a question. */
export function createPageSearch(
  pages: readonly Page[],
  options: PageSearchOptions = {},
): PageSearch {
  const sections = pages.flatMap((page) => toSections(page, pages, options.createToAnchor))
  const prepared = sections.map(prepare)
  const synonyms = createSynonyms(options.synonyms)
  const index = new MiniSearch<Entry>({
    fields,
    tokenize: toStems,
    processTerm: (stem) => (isStopStem(stem) ? null : stem),
    searchOptions: { boost },
  })
  index.addAll(
    sections.map((section, id) => ({
      id,
      // At the top of a page the title is the heading, and would count twice.
      title: section.heading === section.pageTitle ? '' : section.pageTitle,
      heading: section.heading,
      trail: section.trail.join(' '),
      text: textOf(section, (kind) => kind !== 'code'),
      code: textOf(section, (kind) => kind === 'code'),
    })),
  )

  /** Sections per stem of the pages that a word of the question stands for. */
  const find = (stem: string) => {
    const exact = index.search(stem, exactly)
    if (exact.length > 0 || stem.length < 4) return { results: exact, quality: 1 }
    // Who mistypes a word gets its first letter right; a word that differs there is another word.
    const near = index
      .search(stem, { ...exactly, prefix: true, fuzzy: 0.2, maxFuzzy: 2 })
      .filter(({ terms }) => terms.some((term) => term[0] === stem[0]))
    return { results: near, quality: nearQuality }
  }

  const isKnown = (stem: string) => index.search(stem, exactly).length > 0

  /** Typed as one word, written as two on the page: `fallback`. */
  const splitUnknown = (word: QueryWord): readonly QueryWord[] => {
    const { stem, weight } = word
    if (stem.length < 6 || isKnown(stem)) return [word]
    for (let at = 3; at <= stem.length - 3; at++) {
      const parts = [stem.slice(0, at), toStem(stem.slice(at))]
      if (parts.every(isKnown)) return parts.map((part) => ({ stem: part, weight: weight / 2 }))
    }
    return [word]
  }

  return {
    sections,
    search(question, context = '') {
      const words = toQueryWords(question.slice(0, 2000)).slice(0, mostWords).flatMap(splitUnknown)
      const known = new Set(words.map(({ stem }) => stem))
      const earlier = toQueryWords(context.slice(0, 2000)).filter(({ stem }) => !known.has(stem))
      const asked = [...words, ...earlier.slice(0, mostWords).map(asContext)]
      const hints = hintsOf(question).filter(({ stem }) => !known.has(stem))

      const scores = new Map<number, { score: number; covered: number }>()
      const weights = new Map<string, number>()
      let total = 0
      for (const { stem, weight } of asked) {
        const { results, quality } = find(stem)
        const related = (synonyms.get(stem) ?? [])
          .filter((other) => !known.has(other))
          .flatMap((other) => index.search(other, exactly))
        const importance = weight * rarity(results.length, sections.length)
        total += importance
        const best = new Map<number, { score: number; quality: number }>()
        const note = (result: SearchResult, share: number) => {
          const id = result.id as number
          const before = best.get(id)
          const score = result.score * share
          best.set(id, {
            score: Math.max(score, before?.score ?? 0),
            quality: Math.max(share, before?.quality ?? 0),
          })
          for (const term of result.terms) {
            weights.set(term, Math.max(weights.get(term) ?? 0, importance * share))
          }
        }
        for (const result of results) note(result, quality)
        for (const result of related) note(result, relatedQuality)
        for (const [id, { score, quality: found }] of best) {
          const sum = scores.get(id) ?? { score: 0, covered: 0 }
          sum.score += score * weight
          sum.covered += importance * found
          scores.set(id, sum)
        }
      }

      for (const { stem, weight } of hints) {
        for (const result of index.search(stem, exactly)) {
          const sum = scores.get(result.id as number)
          if (sum) sum.score += result.score * weight
        }
      }

      const pairs = toPairs(question, known)
      const wantsNumber = amountPattern.test(question)
      const hits = [...scores].map(([id, { score, covered }]): Hit => {
        const section = sections[id]!
        const coverage = total === 0 ? 0 : covered / total
        const fit = (0.1 + coverage ** 1.5) * phraseBonus(prepared[id]!, pairs)
        const lacksNumber = wantsNumber && !prepared[id]!.hasNumber
        return { section, coverage, score: score * fit * (lacksNumber ? 0.7 : 1) }
      })
      hits.sort((a, b) => b.score - a.score)
      return { query: { words, weights }, hits: hits.slice(0, mostHits) }
    },
  }
}

function asContext({ stem, weight }: QueryWord): QueryWord {
  return { stem, weight: weight * 0.6 }
}

/** Words an answer to such a question tends to hold. They choose among sections, and no section fits by them alone. */
function hintsOf(question: string): QueryWord[] {
  const words = /\bhow (?:long|soon|fast)\b|\bwhen\b/i.test(question)
    ? 'time day hour minute second month year'
    : /\bhow much\b|\bhow expensive\b/i.test(question)
      ? 'price cost'
      : ''
  return toQueryWords(words).map(({ stem }) => ({ stem, weight: 0.8 }))
}

/** How telling a word is; one that stands nowhere is the most telling of all. */
function rarity(found: number, all: number): number {
  return Math.log(1 + (all + 1) / (found + 1))
}

/** Two telling words that stand side by side in the question. */
function toPairs(question: string, known: ReadonlySet<string>): string[] {
  const stems = toStems(question)
  const pairs: string[] = []
  for (const [index, stem] of stems.entries()) {
    const next = stems[index + 1]
    if (next !== undefined && known.has(stem) && known.has(next)) pairs.push(` ${stem} ${next} `)
  }
  return pairs
}

/** What of a section is looked at for each question; made once. */
interface Prepared {
  /** Stems with a space around each. */
  readonly heading: string
  readonly text: string
  readonly hasNumber: boolean
}

function prepare(section: Section): Prepared {
  return {
    heading: ` ${toStems(`${section.pageTitle} . ${section.heading}`).join(' ')} `,
    text: ` ${toStems(textOf(section, (kind) => kind !== 'code')).join(' ')} `,
    hasNumber: /\d/.test(textOf(section, () => true)),
  }
}

function phraseBonus({ heading, text }: Prepared, pairs: readonly string[]): number {
  let bonus = 1
  for (const pair of pairs) {
    if (heading.includes(pair)) bonus += 0.3
    else if (text.includes(pair)) bonus += 0.15
  }
  return Math.min(bonus, 1.6)
}

function textOf(section: Section, takes: (kind: string) => boolean): string {
  return section.blocks
    .filter(({ kind }) => takes(kind))
    .map(({ text }) => text)
    .join('\n')
}

function toSections(
  page: Page,
  pages: readonly Page[],
  createToAnchor: (() => ToAnchor) | undefined,
): Section[] {
  const isHtml = (page.format ?? (/^\s*<(?!!--)/.test(page.text) ? 'html' : 'markdown')) === 'html'
  const split = isHtml ? splitHtml : splitMarkdown
  const resolveLink = (href: string) => toSiteLink(href, page.url, pages)
  return split(page, { toAnchor: createToAnchor?.(), resolveLink })
}

/** Links between files of a folder, such as `./theming.md#colours`, lead to the pages they became. */
function toSiteLink(href: string, pageUrl: string, pages: readonly Page[]): string {
  if (/^[a-z][a-z\d+.-]*:|^\/\//i.test(href)) return href
  const origin = 'http://site.invalid'
  if (!URL.canParse(href, new URL(pageUrl, origin))) return href
  const { origin: to, pathname, search, hash } = new URL(href, new URL(pageUrl, origin))
  const site = to === origin ? '' : to
  const bare = pathname.replace(/(?:\/(?:index|README))?\.(?:md|markdown|html?)$/i, '')
  const isPage = (url: string) => pages.some((page) => page.url === url)
  const path = [pathname, bare, `${bare}/`].find((candidate) => isPage(site + candidate))
  return site + (path ?? pathname) + search + hash
}
