import type { ChatEvent } from '../events.ts'
import { type JsonObject, readList, readNumber, readObject, readText } from '../readField.ts'

/** Finds the sources a reply names, each told once, again only when more is known of it. */
export interface CitationReader {
  /** Sources of the whole reply: `citations` and `search_results`, numbered by their place. */
  readLists(chunk: JsonObject): ChatEvent[]
  /** Sources of one choice, as OpenAI's `url_citation` annotations; our relay adds their `number`. */
  readAnnotations(annotations: unknown, choice: number): ChatEvent[]
}

const maxSources = 200
const maxQuoteChars = 500

export function createCitationReader(): CitationReader {
  const numbers = new Map<string, number>()
  const told = new Set<string>()

  function cite(choice: number, number: number, source: JsonObject): ChatEvent[] {
    const url = readText(source.url)
    const title = readText(source.title)
    const quote = readText(source.content)?.slice(0, maxQuoteChars)
    if (!url && !title) return []
    if (url && !numbers.has(url)) numbers.set(url, number)
    const key = JSON.stringify([choice, number, url, title, quote])
    // Perplexity repeats all of them on every chunk.
    if (told.has(key) || told.size >= maxSources) return []
    told.add(key)
    return [{ type: 'citation', choice, citation: { number, url, title, quote } }]
  }

  return {
    readLists(chunk) {
      if (!chunk.citations && !chunk.search_results) return []
      const results = readList(chunk.search_results)
      const sources = results.length > 0 ? results : readList(chunk.citations)
      return sources.slice(0, maxSources).flatMap((source, at) => {
        const { url, title, snippet } = readObject(source) ?? { url: source }
        return cite(0, at + 1, { url, title, content: snippet })
      })
    },
    readAnnotations(annotations, choice) {
      return readList(annotations).flatMap((annotation) => {
        const flat = readObject(annotation) ?? {}
        const source = readObject(flat.url_citation) ?? flat
        const known = numbers.get(readText(source.url) ?? '')
        return cite(choice, readNumber(source.number) ?? known ?? numbers.size + 1, source)
      })
    },
  }
}
