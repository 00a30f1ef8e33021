import type { ChatEvent } from '../events.ts'
import {
  type JsonObject,
  readEach,
  readList,
  readNumber,
  readObject,
  readText,
} from '../readField.ts'

/** Finds the sources a reply names. Each is told once, and again when more is known of it. */
export interface CitationReader {
  /** Sources of the whole reply, `citations` or `search_results`, numbered by their place. */
  readLists(chunk: JsonObject): void
  /** Sources of one choice, as OpenAI's `url_citation` annotations; our relay adds their `number`. */
  readAnnotations(annotations: unknown, choice: number): void
}

const maxSources = 200
const maxQuoteChars = 500

export function createCitationReader(emit: (event: ChatEvent) => void): CitationReader {
  const numbers = new Map<string | undefined, number>()
  const told = new Set<string>()

  function cite(choice: number, source: JsonObject, place?: number) {
    const url = readText(source.url)
    const title = readText(source.title)
    const quote = readText(source.content ?? source.snippet)?.slice(0, maxQuoteChars)
    const number = readNumber(source.number) ?? place ?? numbers.get(url) ?? numbers.size + 1
    const key = JSON.stringify([choice, number, url, title, quote])
    // Perplexity repeats all of them on every chunk.
    if (!(url || title) || told.has(key) || told.size >= maxSources) return
    told.add(key)
    numbers.set(url, number)
    emit({ type: 'citation', choice, citation: { number, url, title, quote } })
  }

  function readAnnotation(annotation: JsonObject, choice: number) {
    cite(choice, readObject(annotation.url_citation) ?? annotation)
  }

  return {
    readLists({ citations, search_results: results }) {
      readList(results ?? citations).forEach((source, at) =>
        cite(0, readObject(source) ?? { url: source }, at + 1),
      )
    },
    readAnnotations(annotations, choice) {
      readEach(annotations, readAnnotation, choice)
    },
  }
}
