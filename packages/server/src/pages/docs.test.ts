import type { ChatEvent, TurnMessage } from '@parlance/core'
import { describe, expect, it } from 'vitest'
import type { ProviderContext } from '../provider.ts'
import { createGrounding } from './createGrounding.ts'
import { docs } from './docs.ts'
import { offTopicQuestions, shopQuestions } from './fixtures/shopQuestions.ts'
import { readPages } from './readPages.ts'

const pages = await readPages(new URL('./fixtures/shop', import.meta.url))
const provider = docs({ pages, siteName: 'Tidewater Tea', paceMs: 0 })

const contextWith = (signal: AbortSignal): ProviderContext => ({
  signal,
  replyId: 'r',
  idempotencyKey: 'k',
  visitorId: 'v',
  fetch,
})

async function ask(...questions: string[]) {
  const messages = questions.map((content): TurnMessage => ({ role: 'user', content }))
  const events: ChatEvent[] = []
  const context = contextWith(new AbortController().signal)
  for await (const event of provider.answer({ messages, stream: true }, context)) events.push(event)
  const text = events.map((event) => (event.type === 'text-delta' ? event.delta : '')).join('')
  const citations = events.flatMap((event) => (event.type === 'citation' ? [event.citation] : []))
  return { events, text, citations }
}

describe('docs', () => {
  it('answers with the words of the page and cites the section', async () => {
    const { text, citations, events } = await ask('When do I get my money back?')
    expect(text).toContain('We refund within 5 working days')
    expect(text).toContain('[1]')
    expect(citations[0]).toEqual({
      number: 1,
      url: '/help/returns#when-the-money-comes-back',
      title: 'Returns and refunds: When the money comes back',
      quote: expect.stringContaining('refund'),
    })
    expect(events[0]?.type).toBe('reply-start')
    expect(events.slice(-2).map(({ type }) => type)).toEqual(['choice-end', 'reply-end'])
    expect(events.filter(({ type }) => type === 'reply-end')).toHaveLength(1)
  })

  it('keeps steps, code and tables of the page', async () => {
    expect((await ask('how do I send something back')).text).toMatch(
      /\n1\. Write .*\n2\. Wait .*\n3\. Stick/,
    )
    expect((await ask('how do I use a gift card')).text).toContain('```text\nTIDE-XXXX-XXXX\n```')
    expect((await ask('how long does shipping take')).text).toMatch(/\| European Union +\| 5 to 8/)
  })

  it('answers all but a few questions, and cites a page for each', async () => {
    let answered = 0
    for (const [question] of shopQuestions) {
      const { citations } = await ask(question)
      if (citations.length > 0) answered++
      for (const { url } of citations)
        expect(pages.some((page) => page.url === url?.split('#')[0])).toBe(true)
    }
    expect(answered).toBeGreaterThanOrEqual(48)
  })

  it('says that it found nothing, and cites nothing', async () => {
    for (const question of offTopicQuestions) {
      const { text, citations } = await ask(question)
      expect(text).toContain('I found no answer to that in the pages of Tidewater Tea')
      expect(citations).toEqual([])
    }
  })

  it('offers the nearest pages when something of the question was found', async () => {
    const { text } = await ask('can a submarine steep in there')
    expect(text).toContain('I found no answer')
    expect(text).toContain('](</help/')
  })

  it('greets, thanks, and says what it is', async () => {
    expect((await ask('Hi there!')).text).toContain('Ask me anything about Tidewater Tea')
    expect((await ask('thank you so much :)')).text).toContain('You are welcome')
    expect((await ask('are you a real person?')).text).toContain(
      'not a person and not a language model',
    )
    expect((await ask('hello, what can you do?')).text).toContain('look your question up')
    expect((await ask('hi, how do i pause my subscription')).citations[0]?.url).toBe(
      '/help/subscription#pause',
    )
  })

  it('understands a follow-up by the question before it', async () => {
    const { citations } = await ask(
      'how do I pause my subscription?',
      'thanks',
      'and what does it cost?',
    )
    expect(citations[0]?.url).toMatch(/subscription/)
  })

  it('sends small pieces that join to the whole', async () => {
    const { events, text } = await ask('what temperature for green tea')
    const deltas = events.filter(({ type }) => type === 'text-delta')
    expect(deltas.length).toBeGreaterThan(5)
    expect(text).toBe(
      'Use water of 70 to 80 °C and let it steep for two minutes. Hotter water makes it bitter. [1]',
    )
  })

  it('ends at once when it is aborted, without a terminal event', async () => {
    const slow = docs({ pages, paceMs: 60_000 })
    const stop = new AbortController()
    const events: string[] = []
    const turn = {
      messages: [{ role: 'user', content: 'is shipping free?' } as const],
      stream: true,
    }
    for await (const { type } of slow.answer(turn, contextWith(stop.signal))) {
      events.push(type)
      if (type === 'text-delta') stop.abort()
    }
    expect(events).toEqual(['reply-start', 'text-delta'])
  })

  it('speaks other words when given some', async () => {
    const german = docs({
      pages,
      paceMs: 0,
      siteName: 'Tidewater',
      texts: { hello: 'Hallo bei {site}!' },
    })
    let text = ''
    const turn = { messages: [{ role: 'user', content: 'hallo' } as const], stream: true }
    for await (const event of german.answer(turn, contextWith(new AbortController().signal))) {
      if (event.type === 'text-delta') text += event.delta
    }
    expect(text).toContain('Hallo bei Tidewater!')
  })

  it('refuses to begin without pages', () => {
    expect(() => docs({ pages: [] })).toThrow('no pages')
  })
})

describe('createGrounding', () => {
  it('gives the sections that fit, within its limits', async () => {
    const grounding = createGrounding(pages, { maxPassages: 2, maxPassageChars: 200 })
    const passages = await grounding.retrieve('how long does shipping to Canada take?')
    expect(passages[0]?.url).toBe('/help/shipping#delivery-times')
    expect(passages[0]?.title).toBe('Shipping: Delivery times')
    expect(passages.length).toBeLessThanOrEqual(2)
    for (const { text } of passages) expect(text.length).toBeLessThanOrEqual(200)
    expect(await grounding.retrieve('bitcoin')).toEqual([])
  })
})
