import type { Grounding, Passage } from '../relayOptions.ts'
import { createPageSearch, type PageSearchOptions } from './createPageSearch.ts'
import type { Page, Section } from './page.ts'

export interface GroundingOptions extends PageSearchOptions {
  /** Most passages of one question. Default 4. */
  readonly maxPassages?: number | undefined
  /** Most characters of one passage. Default 1,500. */
  readonly maxPassageChars?: number | undefined
}

const leastCoverage = 0.3
const leastShareOfBest = 0.3

/** The search of `docs()` for a real model: the sections that fit a question, as passages to answer from and to cite. */
export function createGrounding(pages: readonly Page[], options: GroundingOptions = {}): Grounding {
  const { maxPassages = 4, maxPassageChars = 1_500 } = options
  const search = createPageSearch(pages, options)
  return {
    retrieve(question) {
      const { hits } = search.search(question)
      const best = hits[0]?.score ?? 0
      return hits
        .filter(
          ({ coverage, score }) => coverage >= leastCoverage && score >= best * leastShareOfBest,
        )
        .slice(0, maxPassages)
        .map(({ section }) => toPassage(section, maxPassageChars))
    },
  }
}

function toPassage(section: Section, maxChars: number): Passage {
  const { pageTitle, heading, trail, url } = section
  const titles = [pageTitle, ...trail, heading].filter((text, at, all) => all.indexOf(text) === at)
  let text = ''
  for (const { markdown } of section.blocks) {
    if (text && text.length + markdown.length > maxChars) break
    text += `${text ? '\n\n' : ''}${markdown}`
  }
  return { title: titles.join(': '), url, text: text.slice(0, maxChars) }
}
