import fc from 'fast-check'
import OpenAI from 'openai'
import { describe, expect, it } from 'vitest'
import { fixturesDir } from '../../../../scripts/fixtures.ts'
import { ChatError, type ChatErrorCode } from '../errors.ts'
import { sentenceFor } from '../sentenceFor.ts'
import type { ChatEvent, FinishReason } from '../events.ts'
import { createSseReader, encodeSseEvent } from '../sse.ts'
import { decodeBody, readRecordings, readReply } from './fixtures/dialectSuite.ts'
import { openai } from './openai.ts'
import {
  createOpenaiEncoder,
  type OpenaiEncoderOptions,
  toErrorBody,
  toOpenaiAnswer,
} from './openaiEncoder.ts'

const options = { replyId: 'reply_1', createdAtMs: 1_700_000_000_000 }

function encodeText(events: readonly ChatEvent[], more: Partial<OpenaiEncoderOptions> = {}) {
  const encode = createOpenaiEncoder({ ...options, ...more })
  return events.flatMap(encode).map(encodeSseEvent).join('')
}

const decodeText = (text: string) => decodeBody(openai, [new TextEncoder().encode(text)])

/** A body as the official client reads it. */
function clientFor(body: string, contentType: string, status = 200) {
  const fetch = () =>
    Promise.resolve(new Response(body, { status, headers: { 'content-type': contentType } }))
  return new OpenAI({ apiKey: 'none', baseURL: 'http://localhost/v1', fetch, maxRetries: 0 })
}

const question = { model: 'm', messages: [{ role: 'user' as const, content: 'Hi' }] }

const text = fc.string({ unit: 'grapheme', minLength: 1 })
const choice = fc.integer({ min: 0, max: 3 })
const maybe = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, { nil: undefined })
const count = maybe(fc.nat())
const finish = fc.constantFrom<[FinishReason, string]>(
  ['stop', 'stop'],
  ['stop', 'end_turn'],
  ['length', 'MAX_TOKENS'],
  ['content-filter', 'content_filter'],
  ['tool-calls', 'tool_calls'],
  ['error', 'error'],
  ['other', 'abort'],
)

const middle: fc.Arbitrary<ChatEvent> = fc.oneof(
  fc.record({ type: fc.constant('text-delta' as const), choice, delta: text }),
  fc.record({ type: fc.constant('reasoning-delta' as const), choice, delta: text }),
  fc.record({ type: fc.constant('refusal-delta' as const), choice, delta: text }),
  fc.record({
    type: fc.constant('tool-result' as const),
    choice,
    callId: text,
    output: fc.string(),
    outcome: fc.constantFrom('ok' as const, 'failed' as const),
  }),
  fc.record({
    type: fc.constant('named-event' as const),
    name: fc.constant('payment-receipt'),
    data: fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as unknown),
  }),
)

const calls = fc
  .array(fc.record({ choice, callId: fc.uuid(), name: text, deltas: fc.array(text) }), {
    maxLength: 5,
  })
  .map((list) => {
    const counts = new Map<number, number>()
    return list.flatMap(({ choice: at, callId, name, deltas }): ChatEvent[] => {
      const index = counts.get(at) ?? 0
      counts.set(at, index + 1)
      return [
        { type: 'tool-call-start', choice: at, index, callId, name },
        ...deltas.map((delta): ChatEvent => ({
          type: 'tool-call-delta',
          choice: at,
          index,
          delta,
        })),
      ]
    })
  })

const citations = fc
  .uniqueArray(
    fc.record({
      number: fc.integer({ min: 1 }),
      url: maybe(text),
      title: text,
      quote: maybe(text),
    }),
    { selector: ({ number }) => number, maxLength: 5 },
  )
  .map((list) => list.map((citation): ChatEvent => ({ type: 'citation', choice: 0, citation })))

const usage: fc.Arbitrary<ChatEvent> = fc.record({
  type: fc.constant('usage' as const),
  usage: fc.record({
    inputTokens: fc.nat(),
    outputTokens: count,
    totalTokens: count,
    cachedTokens: count,
    reasoningTokens: count,
  }),
  cost: maybe(
    fc.record({
      micros: fc.nat(),
      currency: fc.constantFrom('USD', 'EUR', 'USDC'),
      source: fc.constantFrom('reported' as const, 'estimated' as const),
    }),
  ),
})

const ends = fc
  .uniqueArray(fc.tuple(choice, finish), { selector: ([index]) => index })
  .map((list) =>
    list.map(([index, [reason, providerReason]]): ChatEvent => ({
      type: 'choice-end',
      choice: index,
      reason,
      providerReason,
    })),
  )

const terminal: fc.Arbitrary<ChatEvent> = fc.oneof(
  fc.constant({ type: 'reply-end' as const }),
  fc
    .record({
      code: fc.constantFrom<ChatErrorCode>('stalled', 'rate_limited', 'internal', 'truncated'),
      retryable: fc.boolean(),
      retryAfterMs: fc.nat(),
      requestId: maybe(fc.uuid()),
    })
    .map(({ code, retryable, retryAfterMs, requestId }) => {
      const wait = retryable ? retryAfterMs : undefined
      const error = new ChatError(code, undefined, { retryable, retryAfterMs: wait, requestId })
      return { type: 'reply-error' as const, error }
    }),
)

const replies = fc
  .tuple(
    fc.record({ model: text, provider: maybe(text) }),
    fc.array(middle),
    calls,
    citations,
    ends,
    maybe(usage),
    maybe(fc.nat().map((latencyMs): ChatEvent => ({ type: 'latency', latencyMs }))),
    terminal,
  )
  .map(([start, parts, toolCalls, sources, finishes, used, latency, end]): ChatEvent[] => [
    { type: 'reply-start', replyId: options.replyId, ...start, conversationId: 'conversation_1' },
    ...parts,
    ...toolCalls,
    ...sources,
    ...finishes,
    ...(used ? [used] : []),
    ...(latency ? [latency] : []),
    end,
  ])

/** Errors are compared by what may travel: their cause must not. */
const plain = (events: readonly ChatEvent[]) =>
  events.map((event) =>
    event.type === 'reply-error'
      ? {
          ...event,
          error: {
            code: event.error.code,
            message: sentenceFor(event.error.code),
            retryable: event.error.retryable,
            retryAfterMs: event.error.retryAfterMs,
            requestId: event.error.requestId,
          },
        }
      : event,
  )

describe('createOpenaiEncoder', () => {
  it('writes what the decoder reads', () => {
    fc.assert(
      fc.property(replies, (events) => {
        const body = encodeText(events, { conversationId: () => 'conversation_1' })
        expect(plain(decodeText(body))).toEqual(plain(events))
      }),
      { numRuns: 500 },
    )
  })

  it('tells a conversation once it is known', () => {
    let known: string | undefined
    const encode = createOpenaiEncoder({ ...options, conversationId: () => known })
    const first = encode({ type: 'reply-start', model: 'm' })
    known = 'c1'
    const rest = [
      ...encode({ type: 'text-delta', choice: 0, delta: 'a' }),
      ...encode({ type: 'text-delta', choice: 0, delta: 'b' }),
    ]
    const told = [...first, ...rest].map(({ data }) => data.includes('"conversation_id":"c1"'))
    expect(told).toEqual([false, true, false])
    const events = decodeText([...first, ...rest].map(encodeSseEvent).join(''))
    expect(events.filter(({ type }) => type === 'reply-start')).toMatchObject([
      { conversationId: undefined },
      { conversationId: 'c1' },
    ])
  })

  it('writes a reply without a word as an empty one', () => {
    const events = decodeText(encodeText([{ type: 'reply-end' }]))
    expect(events.map(({ type }) => type)).toEqual(['reply-start', 'reply-end'])
  })

  it('keeps the provider’s session, ids, unlisted events and words to itself', () => {
    const cause = { message: 'Incorrect API key: canary' }
    const body = encodeText([
      { type: 'reply-start', replyId: 'canary', model: 'm', conversationId: 'canary' },
      { type: 'session', sessionId: 'canary' },
      { type: 'malformed', data: 'canary' },
      { type: 'named-event', name: 'payment-need-voucher', data: 'canary' },
      { type: 'reply-error', error: new ChatError('provider_unauthorized', undefined, { cause }) },
    ])
    expect(body).not.toContain('canary')
    expect(body).toContain(sentenceFor('provider_unauthorized'))
  })

  it('ends in [DONE] or in one error, with the last usage before it', () => {
    const used: ChatEvent[] = [
      { type: 'usage', usage: { inputTokens: 1 } },
      {
        type: 'usage',
        usage: { inputTokens: 2 },
        cost: { micros: 15, currency: 'USD', source: 'estimated' },
      },
    ]
    const encode = createOpenaiEncoder(options)
    encode({ type: 'reply-start' })
    const events = [...used, { type: 'reply-end' as const }].flatMap(encode)
    expect(events).toHaveLength(2)
    expect(JSON.parse(events[0]!.data)).toMatchObject({
      choices: [],
      usage: { prompt_tokens: 2, cost: 0.000015, currency: 'USD', cost_source: 'estimated' },
    })
    expect(events[1]).toEqual({ data: '[DONE]' })
  })

  it('injects nothing, whatever a provider sends', () => {
    const evil = 'x\r\n\r\ndata: [DONE]\n\nevent: admin\ndata: {}\n\n\0'
    const body = encodeText([
      { type: 'reply-start', model: evil, provider: evil },
      { type: 'text-delta', choice: 0, delta: evil },
      { type: 'named-event', name: 'payment-receipt', data: evil },
      { type: 'reply-end' },
    ])
    const names: (string | undefined)[] = []
    const reader = createSseReader({ strict: true, onEvent: ({ event }) => names.push(event) })
    reader.push(new TextEncoder().encode(body))
    reader.end()
    expect(names).toEqual([undefined, undefined, 'payment-receipt', undefined])
    expect(readReply(decodeText(body)).texts.get(0)).toBe(evil)
  })
})

describe('the official client', () => {
  const events: ChatEvent[] = [
    { type: 'reply-start', model: 'small', provider: 'someone' },
    { type: 'reasoning-delta', choice: 0, delta: 'Hm.' },
    { type: 'text-delta', choice: 0, delta: 'Hello, ' },
    { type: 'text-delta', choice: 0, delta: 'wörld 😀' },
    { type: 'citation', choice: 0, citation: { number: 1, url: 'https://a.example/', title: 'A' } },
    { type: 'tool-call-start', choice: 0, index: 0, callId: 'c1', name: 'look' },
    { type: 'tool-call-delta', choice: 0, index: 0, delta: '{"a":' },
    { type: 'tool-call-delta', choice: 0, index: 0, delta: '1}' },
    { type: 'choice-end', choice: 0, reason: 'tool-calls', providerReason: 'tool_calls' },
    { type: 'usage', usage: { inputTokens: 3, outputTokens: 4, totalTokens: 7 } },
    { type: 'reply-end' },
  ]

  it('reads our stream', async () => {
    const client = clientFor(encodeText(events), 'text/event-stream')
    const stream = client.chat.completions.stream(question)
    const completion = await stream.finalChatCompletion()
    expect(completion).toMatchObject({
      id: 'reply_1',
      created: 1_700_000_000,
      model: 'small',
      usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 },
    })
    expect(completion.choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: {
        role: 'assistant',
        content: 'Hello, wörld 😀',
        tool_calls: [{ id: 'c1', function: { name: 'look', arguments: '{"a":1}' } }],
      },
    })
  })

  it('reads our answer', async () => {
    const body = JSON.stringify(toOpenaiAnswer(events, options))
    const completion = await clientFor(body, 'application/json').chat.completions.create(question)
    expect(completion.choices[0]?.message).toMatchObject({
      content: 'Hello, wörld 😀',
      annotations: [
        { type: 'url_citation', url_citation: { url: 'https://a.example/', title: 'A' } },
      ],
    })
  })

  it('throws our error, in a stream and as an answer', async () => {
    const error = new ChatError('rate_limited', undefined, { retryable: true })
    const broken = encodeText([events[0]!, events[2]!, { type: 'reply-error', error }])
    const stream = await clientFor(broken, 'text/event-stream').chat.completions.create({
      ...question,
      stream: true,
    })
    const pieces: unknown[] = []
    const reading = (async () => {
      for await (const chunk of stream) pieces.push(chunk.choices[0]?.delta.content)
    })()
    await expect(reading).rejects.toMatchObject({ code: 'rate_limited' })
    expect(pieces).toEqual(['', 'Hello, '])

    const body = JSON.stringify(toErrorBody(error))
    const client = clientFor(body, 'application/json', 429)
    await expect(client.chat.completions.create(question)).rejects.toMatchObject({
      status: 429,
      code: 'rate_limited',
      type: 'chat_error',
    })
  })
})

describe('toOpenaiAnswer', () => {
  it('holds what the stream holds', () => {
    fc.assert(
      fc.property(replies, (events) => {
        const whole = readReply(events)
        const answer = toOpenaiAnswer(events, { ...options, conversationId: () => 'c1' })
        const read = readReply(openai.readAnswer(JSON.parse(JSON.stringify(answer))))
        expect(read.outcome).toBe(whole.outcome)
        if (whole.error) return
        expect(sorted(read.texts)).toEqual(sorted(whole.texts))
        expect(sorted(read.reasonings)).toEqual(sorted(whole.reasonings))
        expect(sorted(read.refusals)).toEqual(sorted(whole.refusals))
        expect(sorted(read.calls)).toEqual(sorted(whole.calls))
        expect(read.usage).toEqual(whole.usage)
        for (const [index, end] of whole.ends) expect(read.ends.get(index)).toEqual(end)
      }),
    )
  })

  const sorted = <Value>(map: ReadonlyMap<number, Value>) =>
    [...map].sort(([first], [second]) => first - second)
})

const folder = fixturesDir()

describe.skipIf(!folder)('recorded streams through the relay’s wire', () => {
  it.for(readRecordings(folder, ['openai-chat', 'openai-chat-payment']))('$file', (recording) => {
    const events = decodeBody(openai, [recording.bytes])
    const again = decodeText(encodeText(events, { namedEvents: [] }))
    const { late, names: _, error, ...rest } = readReply(again)
    const { late: _late, names: _names, error: first, ...before } = readReply(events)
    expect(late).toBe(0)
    expect(rest).toEqual(before)
    expect(error?.code).toBe(first?.code)
    expect(error?.retryable).toBe(first?.retryable)
  })
})
