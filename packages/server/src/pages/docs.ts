import { type ChatEvent, ChatError, type Turn } from '@parlance/core'
import type { LocalProvider } from '../provider.ts'
import { type AnswerPiece, composeAnswer } from './composeAnswer.ts'
import { createPageSearch, type Hit, type PageSearchOptions } from './createPageSearch.ts'
import { defaultTexts, type DocsTexts } from './docsTexts.ts'
import type { Page, Section } from './page.ts'
import { type SmallTalk, toSmallTalk } from './smallTalk.ts'
import { toQueryWords } from './words.ts'

export interface DocsOptions extends PageSearchOptions {
  /** The site's pages, as from `readPages`. Read once, at the call. */
  readonly pages: readonly Page[]
  /** How the site is called in the provider's own sentences. Default `this site`. */
  readonly siteName?: string | undefined
  /** Sentences in other words or another language. Default English. */
  readonly texts?: Partial<DocsTexts> | undefined
  /** Wait between two groups of words, in milliseconds; 0 sends an answer at once. Default 18. */
  readonly paceMs?: number | undefined
}

const wordsPerDelta = 3
const mostTopics = 4
const mostNearest = 3

/**
 * Answers from the site's own pages, with no key, model or network: it finds the sections that fit the question,
 * quotes them with citations, and says so when it finds none. It cannot reason or combine: it quotes.
 */
export function docs(options: DocsOptions): LocalProvider {
  const { pages, siteName = 'this site', paceMs = 18 } = options
  if (pages.length === 0) {
    throw new ChatError(
      'invalid_request',
      'docs() was given no pages: it would have nothing to answer from.',
    )
  }
  const search = createPageSearch(pages, options)
  const texts = { ...defaultTexts, ...options.texts }
  const say = (key: keyof DocsTexts) => texts[key].replaceAll('{site}', siteName)

  const answer = (turn: Turn): readonly AnswerPiece[] => {
    const { question, context } = readQuestion(turn)
    const talk = toSmallTalk(question)
    if (talk) return [{ markdown: smallTalk(talk) }]
    const { query, hits } = search.search(question, context)
    const pieces = composeAnswer(question, query, hits)
    return pieces.length > 0 ? pieces : [{ markdown: notFound(hits) }]
  }

  const smallTalk = (talk: SmallTalk) => {
    const introduces = talk === 'hello' || talk === 'who' || talk === 'help'
    if (!introduces) return say(talk)
    return `${say(talk)}\n\n${say('topics')}\n\n${toLinks(firstOfPages(search.sections, mostTopics))}`
  }

  const notFound = (hits: readonly Hit[]) => {
    const near = firstOfPages(
      hits.filter(({ coverage }) => coverage > 0.3).map(({ section }) => section),
      mostNearest,
    )
    const list = near.length > 0 ? [say('nearest'), toLinks(near)] : []
    return [say('notFound'), ...list, say('askAgain')].join('\n\n')
  }

  return {
    kind: 'local',
    name: 'docs',
    models: { docs: { model: 'docs' } },
    async *answer(turn, { signal }): AsyncGenerator<ChatEvent> {
      yield { type: 'reply-start', model: 'docs', provider: 'docs' }
      let isFirst = true
      for (const { markdown, citation } of answer(turn)) {
        for (const delta of toDeltas(isFirst ? markdown : `\n\n${markdown}`)) {
          if (signal.aborted) return
          yield { type: 'text-delta', choice: 0, delta }
          if (paceMs > 0) await wait(paceMs, signal)
        }
        if (signal.aborted) return
        if (citation) yield { type: 'citation', choice: 0, citation }
        isFirst = false
      }
      yield { type: 'choice-end', choice: 0, reason: 'stop', providerReason: 'stop' }
      yield { type: 'reply-end' }
    },
  }
}

const leansOnEarlier =
  /^(?:and|but|also|so|then|or|what about|how about|why|how so)\b|\b(?:it|its|that|this|they|them|those|these|there|one|ones)\b/i

/** The newest question, and the one before it where it cannot be understood alone. */
function readQuestion(turn: Turn): { question: string; context: string | undefined } {
  const asked = turn.messages.filter(({ role }) => role === 'user').map(({ content }) => content)
  const question = asked.at(-1) ?? ''
  const before = asked.findLast((text, index) => index < asked.length - 1 && !toSmallTalk(text))
  const telling = toQueryWords(question).filter(({ weight }) => weight === 1).length
  const leans = leansOnEarlier.test(question.trim()) ? telling <= 3 : telling <= 1
  return { question, context: leans ? before : undefined }
}

/** One section per page, in their order. */
function firstOfPages(sections: readonly Section[], most: number): Section[] {
  const pages = new Map<string, Section>()
  for (const section of sections) {
    if (!pages.has(section.pageUrl)) pages.set(section.pageUrl, section)
  }
  return [...pages.values()].slice(0, most)
}

function toLinks(sections: readonly Section[]): string {
  const link = ({ pageTitle, pageUrl }: Section) =>
    `- [${pageTitle.replace(/[[\]\\`*_<>]/g, '\\$&')}](<${pageUrl}>)`
  return sections.map(link).join('\n')
}

/** Groups of words, so that the text comes in as a reader reads it. */
function toDeltas(markdown: string): string[] {
  return markdown.match(new RegExp(`(?:\\s*\\S+){1,${wordsPerDelta}}\\s*`, 'g')) ?? []
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end)
  })
}
