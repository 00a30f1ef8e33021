import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fixturesDir } from '../../../../scripts/fixtures.ts'
import type { ChatEvent } from '../events.ts'
import type { SseEvent } from '../sse.ts'
import type { Turn } from './dialect.ts'
import {
  createRandom,
  cutAtRandom,
  decodeBody,
  describeRecordings,
  findDifferences,
  readRecordings,
  readReply,
} from './fixtures/dialectSuite.ts'
import { openai } from './openai.ts'
import { createOpenaiDecoder, readOpenaiAnswer } from './openaiDecoder.ts'

const folder = fixturesDir()

describe.skipIf(!folder)('recorded streams', () => {
  describeRecordings(openai, readRecordings(folder, ['openai-chat', 'openai-chat-payment']))

  const others = [
    'anthropic-messages',
    'openai-responses',
    'google-generate',
    'cohere-v2',
    'ollama-ndjson',
    'text-done',
  ]

  it.for(readRecordings(folder, others))('fails cleanly on $file', ({ bytes }) => {
    const random = createRandom(7)
    for (const offset of [bytes.length, ...Array.from({ length: 50 }, random)]) {
      const part = bytes.subarray(0, offset <= 1 ? Math.floor(offset * bytes.length) : offset)
      const reply = readReply(decodeBody(openai, cutAtRandom(part, 5)))
      expect(reply.late).toBe(0)
      expect(['error', 'truncated']).toContain(reply.outcome)
    }
  })

  it('tells each source of Perplexity once, by the number its text uses', () => {
    const recording = readRecordings(folder, ['openai-chat']).find(
      ({ file }) => file === 'perplexity-sonar-text-01.sse',
    )!
    const citations = decodeBody(openai, [recording.bytes]).filter(
      ({ type }) => type === 'citation',
    )
    expect(citations).toHaveLength(5)
    expect(citations[1]).toMatchObject({
      citation: {
        number: 2,
        url: 'https://camillestyles.com/design/modern-christmas-decorating-ideas/',
      },
    })
  })
})

describe.skipIf(!folder)('recorded JSON answers', () => {
  it.for(readRecordings(folder, ['openai-chat-json']))('$file', (recording) => {
    const body: unknown = JSON.parse(new TextDecoder().decode(recording.bytes))
    expect(findDifferences(recording, openai.readAnswer(body))).toEqual([])
  })
})

type Sent = string | SseEvent | Record<string, unknown> | readonly unknown[]

/** Chat events of the given events; objects are sent as their JSON. */
function decode(...sent: readonly Sent[]): ChatEvent[] {
  const decoder = openai.createDecoder()
  const events = sent.flatMap((one) => {
    if (typeof one === 'string') return decoder.push({ data: one })
    return decoder.push('data' in one ? (one as SseEvent) : { data: JSON.stringify(one) })
  })
  return [...events, ...decoder.end()]
}

const delta = (fields: Record<string, unknown>, more: Record<string, unknown> = {}) => ({
  choices: [{ index: 0, delta: fields, ...more }],
})
const stop = delta({}, { finish_reason: 'stop' })
const callsOf = (...pieces: readonly Record<string, unknown>[]) =>
  readReply(decode(...pieces.map((piece) => delta({ tool_calls: [piece] })), stop)).calls.get(0)
const eventsOf = <Type extends ChatEvent['type']>(events: readonly ChatEvent[], type: Type) =>
  events.filter((event): event is Extract<ChatEvent, { type: Type }> => event.type === type)

describe('the end', () => {
  it('comes once, and nothing after it', () => {
    const decoder = openai.createDecoder()
    decoder.push({ data: JSON.stringify(delta({ content: 'a' })) })
    expect(decoder.push({ data: '[DONE]' })).toEqual([{ type: 'reply-end' }])
    expect(decoder.push({ data: JSON.stringify(stop) })).toEqual([])
    expect(decoder.end()).toEqual([])
    expect(decoder.end()).toEqual([])
  })

  it('is a cut when no choice, or not every choice, has told why it ended', () => {
    const cut = { code: 'truncated', retryable: true }
    expect(readReply(decode()).error).toMatchObject(cut)
    expect(readReply(decode(delta({ content: 'a' }))).error).toMatchObject(cut)
    const second = { choices: [{ index: 1, delta: { content: 'b' } }] }
    expect(readReply(decode(second, stop)).error).toMatchObject(cut)
    expect(readReply(decode(second, stop, '[DONE]')).outcome).toBe('complete')
  })

  it('is another format when nothing of this one came', () => {
    expect(readReply(decode('hello')).error).toMatchObject({ code: 'protocol', retryable: false })
    expect(readReply(decode({ event: 'message_start', data: '{}' })).error?.code).toBe('protocol')
    expect(readReply(decode({ type: 'ping' })).error?.code).toBe('truncated')
    expect(readReply(decode({ type: 'content-delta' }, '[DONE]')).error?.code).toBe('protocol')
  })

  it('reads an error in each of its shapes, after the text before it', () => {
    const shapes: readonly Sent[] = [
      { error: { message: 'no', code: 'overloaded' } },
      { error: 'no' },
      { event: 'error', data: '{"error":{"message":"no"}}' },
      { event: 'error', data: '{"message":"no"}' },
      { event: 'error', data: 'no' },
      { object: 'error', message: 'no', code: 500 },
      [{ error: { message: 'no' } }],
    ]
    for (const shape of shapes) {
      const reply = readReply(decode(delta({ content: 'Hi' }), shape, '[DONE]'))
      expect(reply).toMatchObject({ outcome: 'error', late: 0 })
      expect(reply.texts.get(0)).toBe('Hi')
      expect(reply.error?.cause).toMatchObject({ message: 'no' })
    }
  })

  it('takes an empty error for none', () => {
    expect(readReply(decode({ ...stop, error: null }, { ...stop, error: '' })).outcome).toBe(
      'complete',
    )
  })
})

describe('what cannot be read', () => {
  it('is reported, cut short and skipped', () => {
    const events = decode(delta({ content: 'a' }), `{"a":${'x'.repeat(5000)}`, '42', stop)
    const malformed = eventsOf(events, 'malformed')
    expect(malformed.map(({ data }) => data.length)).toEqual([1000, 2])
    expect(readReply(events)).toMatchObject({ outcome: 'complete' })
  })

  it('may be nested to any depth', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
    const open = '{"choices":['.repeat(100_000)
    expect(readReply(decode(deep, open, stop)).outcome).toBe('complete')
  })

  it('may have any index', () => {
    const indices = [-1, 128, 1e308, 1.5, '0', null, {}, Number.MAX_SAFE_INTEGER]
    const chunks = indices.map((index) => ({ choices: [{ index, delta: { content: 'x' } }] }))
    expect([...readReply(decode(...chunks, stop)).texts]).toEqual([[0, 'x']])
    expect(callsOf({ index: 2e9, id: 'a', function: { name: 'f' } })).toBeUndefined()
  })

  it('never throws, and ends once, whatever JSON comes', () => {
    const field = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom<unknown>('', null, 0, [], {}, 'stop', { type: 'text', text: 'a' }),
    )
    const object = (keys: readonly string[]) =>
      fc.dictionary(fc.constantFrom(...keys), field, { maxKeys: 6 })
    const anyDelta = object(['content', 'reasoning', 'refusal', 'tool_calls', 'annotations'])
    const anyChoice = fc
      .tuple(object(['index', 'finish_reason', 'message']), anyDelta)
      .map(([choice, fields]) => ({ ...choice, delta: fields, message: fields }))
    const anyChunk = fc
      .tuple(
        object(['id', 'model', 'error', 'usage', 'x_groq', 'citations', 'search_results', 'cost']),
        fc.array(fc.oneof(anyChoice, field), { maxLength: 3 }),
      )
      .map(([chunk, choices]) => ({ choices, ...chunk }))
    fc.assert(
      fc.property(fc.array(fc.oneof(anyChunk, fc.jsonValue()), { maxLength: 6 }), (chunks) => {
        const reply = readReply(decode(...chunks.map((chunk) => JSON.stringify(chunk))))
        expect(reply.late).toBe(0)
        expect(reply.outcome).not.toBe('none')
        for (const chunk of chunks) {
          const answer = readReply(openai.readAnswer(chunk))
          expect(answer.late).toBe(0)
          expect(['complete', 'error']).toContain(answer.outcome)
        }
      }),
    )
  })
})

describe('the start', () => {
  it('is told once, by the first chunk that says anything', () => {
    const preamble = { id: '', model: '', object: '', choices: [], prompt_filter_results: [] }
    const first = { id: 'r1', model: 'm', provider: 'p', ...delta({ role: 'assistant' }) }
    const events = decode(preamble, first, { ...stop, id: 'r2', model: 'n' })
    expect(eventsOf(events, 'reply-start')).toEqual([
      { type: 'reply-start', replyId: 'r1', model: 'm', provider: 'p' },
    ])
  })

  it('is told again when the conversation becomes known', () => {
    const events = decode(delta({ content: 'a' }), { ...stop, conversation_id: 'c1' })
    expect(eventsOf(events, 'reply-start')).toMatchObject([{}, { conversationId: 'c1' }])
  })
})

describe('text', () => {
  it('shows no half of a character', () => {
    const half = (content: string) => `{"choices":[{"index":0,"delta":{"content":"${content}"}}]}`
    const events = decode(half(String.raw`a\ud83d`), half(String.raw`\ude00b`), stop)
    expect(eventsOf(events, 'text-delta').map((event) => event.delta)).toEqual(['a', '😀b'])
    const alone = decode(half(String.raw`a\ud83d`), stop)
    expect(eventsOf(alone, 'text-delta').map((event) => event.delta)).toEqual(['a', '\ud83d'])
    expect(alone.at(-2)?.type).toBe('choice-end')
  })

  it('is read from `message` in an answer, and never in a stream', () => {
    const message = { role: 'assistant', content: 'all of it' }
    const chunk = { choices: [{ index: 0, delta: { content: 'part' }, message }] }
    expect(readReply(decode(chunk, stop)).texts.get(0)).toBe('part')
    expect(readReply(openai.readAnswer({ choices: [{ message }] })).texts.get(0)).toBe('all of it')
  })

  it('goes on after a finish reason, and the first reason stays', () => {
    const late = { choices: [{ index: 0, delta: { content: 'b' }, finish_reason: 'length' }] }
    const reply = readReply(decode(stop, late, '[DONE]'))
    expect(reply.texts.get(0)).toBe('b')
    expect(reply.ends.get(0)).toMatchObject({ reason: 'stop' })
  })
})

describe('reasoning', () => {
  it('is read from each field it is sent in, once', () => {
    for (const field of ['reasoning_content', 'reasoning', 'reasoning_text']) {
      expect(readReply(decode(delta({ [field]: 'Hm' }), stop)).reasonings.get(0)).toBe('Hm')
    }
    const other = delta({ reasoning_content: null, reasoning: 'Hm' })
    expect(readReply(decode(other, stop)).reasonings.get(0)).toBe('Hm')
    const both = delta({ reasoning_content: 'Hm', reasoning: 'Hm' })
    expect(readReply(decode(both, stop)).reasonings.get(0)).toBe('Hm')
  })
})

describe('tool calls', () => {
  const whole = (fields: Record<string, unknown>, argumentsText: unknown = '{}') => ({
    ...fields,
    function: { name: fields.name, arguments: argumentsText },
  })

  it('come in pieces with the id on the first, on each, or empty on the rest', () => {
    const due = [{ id: 'a', name: 'f', arguments: '{"x":1}' }]
    const first = { index: 0, id: 'a', function: { name: 'f', arguments: '{"x"' } }
    for (const id of [undefined, 'a', '']) {
      const rest = { index: 0, id, function: { name: null, arguments: ':1}' } }
      expect(callsOf(first, rest)).toEqual(due)
    }
    expect(
      callsOf(first, { index: 0, id: 'a', function: { name: 'f', arguments: ':1}' } }),
    ).toEqual(due)
  })

  it('come without an index', () => {
    const due = [
      { id: 'a', name: 'f', arguments: '{"x":1}' },
      { id: 'b', name: 'g', arguments: '{}' },
    ]
    const first = { id: 'a', function: { name: 'f', arguments: '{"x"' } }
    const second = { id: 'b', function: { name: 'g', arguments: '{}' } }
    expect(callsOf(first, { id: 'a', function: { arguments: ':1}' } }, second)).toEqual(due)
    expect(callsOf(first, { function: { arguments: ':1}' } }, second)).toEqual(due)
  })

  it('come all with the index 0', () => {
    expect(
      callsOf(whole({ index: 0, id: 'a', name: 'f' }), whole({ index: 0, id: 'b', name: 'f' })),
    ).toMatchObject([{ id: 'a' }, { id: 'b' }])
  })

  it('come without ids, and get some', () => {
    expect(callsOf(whole({ name: 'f' }), whole({ name: 'f' }))).toMatchObject([
      { id: 'call_0_0' },
      { id: 'call_0_1' },
    ])
  })

  it('come with arguments before their name, or as an object', () => {
    const early = { index: 0, id: 'a', function: { arguments: '{"x"' } }
    const late = { index: 0, function: { name: 'f', arguments: ':1}' } }
    expect(callsOf(early, late)).toEqual([{ id: 'a', name: 'f', arguments: '{"x":1}' }])
    expect(callsOf(whole({ index: 0, id: 'a', name: 'f' }, { x: 1 }))).toEqual([
      { id: 'a', name: 'f', arguments: '{"x":1}' },
    ])
  })

  it('are at most 128', () => {
    const many = Array.from({ length: 500 }, (_, at) => whole({ id: `c${at}`, name: 'f' }))
    expect(callsOf(...many)).toHaveLength(128)
  })
})

describe('usage and cost', () => {
  const usageOf = (chunk: Record<string, unknown>) =>
    eventsOf(decode({ choices: [], ...chunk }, stop), 'usage')

  it('reads the parts of the counts', () => {
    const usage = {
      prompt_tokens: 10,
      completion_tokens: 5,
      total_tokens: 15,
      prompt_tokens_details: { cached_tokens: 4 },
      completion_tokens_details: { reasoning_tokens: 3 },
    }
    expect(usageOf({ usage })).toEqual([
      {
        type: 'usage',
        usage: {
          inputTokens: 10,
          outputTokens: 5,
          totalTokens: 15,
          cachedTokens: 4,
          reasoningTokens: 3,
        },
      },
    ])
    const [deepseek] = usageOf({ usage: { prompt_tokens: 10, prompt_cache_hit_tokens: 8 } })
    expect(deepseek?.usage.cachedTokens).toBe(8)
  })

  it('reads a price wherever it stands', () => {
    const microsOf = (chunk: Record<string, unknown>) => usageOf(chunk)[0]?.cost
    const dollars = (micros: number) => ({ micros, currency: 'USD', source: 'reported' })
    expect(microsOf({ usage: { cost: 0.0015 } })).toEqual(dollars(1500))
    expect(microsOf({ usage: { cost: { total_cost: 0.005 } } })).toEqual(dollars(5000))
    expect(microsOf({ usage: { cost_in_usd_ticks: 37_756_000 } })).toEqual(dollars(3776))
    expect(microsOf({ cost: { usd: 0.00010828125, diem: 0 } })).toEqual(dollars(108))
    expect(microsOf({ cost: 3.6e-6 })).toEqual(dollars(4))
    expect(microsOf({ usage: { cost: 1, currency: 'EUR', cost_source: 'estimated' } })).toEqual({
      micros: 1_000_000,
      currency: 'EUR',
      source: 'estimated',
    })
    expect(microsOf({ usage: { prompt_tokens: 1, cost: -1 } })).toBeUndefined()
  })

  it('tells them when they change, with all that is known', () => {
    const events = decode(
      { choices: [], usage: { prompt_tokens: 1 } },
      { choices: [], usage: { prompt_tokens: 1 }, x_groq: { usage: { prompt_tokens: 1 } } },
      { choices: [], usage: null, cost: 1e-6 },
      { ...stop, usage: { prompt_tokens: 2 } },
    )
    expect(eventsOf(events, 'usage')).toMatchObject([
      { usage: { inputTokens: 1 } },
      { usage: { inputTokens: 1 }, cost: { micros: 1 } },
      { usage: { inputTokens: 2 }, cost: { micros: 1 } },
    ])
  })

  it('does not take nonsense for a count', () => {
    expect(usageOf({ usage: {} })).toEqual([])
    expect(usageOf({ usage: { prompt_tokens: '1', completion_tokens: -1 } })).toEqual([])
    expect(usageOf({ usage: [1] })).toEqual([])
  })
})

describe('sources', () => {
  const citationsOf = (...sent: readonly Sent[]) =>
    eventsOf(decode(...sent, stop), 'citation').map(({ citation }) => citation)

  it('are numbered by their place in a list, and told again with a title', () => {
    const urls = ['https://a.example/', 'https://b.example/']
    const first = { ...delta({}), citations: urls }
    const results = [{ url: urls[0], title: 'A', snippet: 'Words.' }, { url: urls[1] }]
    expect(citationsOf(first, first, { ...first, search_results: results })).toEqual([
      { number: 1, url: urls[0] },
      { number: 2, url: urls[1] },
      { number: 1, url: urls[0], title: 'A', quote: 'Words.' },
    ])
  })

  it('are numbered as they come in annotations', () => {
    const note = (url: string) => ({ type: 'url_citation', url_citation: { url, title: 't' } })
    const annotations = [note('https://a.example/'), note('https://b.example/')]
    expect(
      citationsOf(delta({ annotations }), delta({ annotations: [note('https://a.example/')] })),
    ).toMatchObject([{ number: 1 }, { number: 2 }])
  })

  it('are at most 200, with at most 500 characters of each', () => {
    const citations = Array.from({ length: 5000 }, (_, at) => ({
      url: `https://a.example/${at}`,
      snippet: 'x'.repeat(5000),
    }))
    const told = citationsOf({ ...delta({}), citations })
    expect(told).toHaveLength(200)
    expect(told[0]?.quote).toHaveLength(500)
  })
})

describe('named events', () => {
  it('pass with their parsed data, or their text', () => {
    const events = decode(
      { event: 'payment-receipt', data: '{"status":"success"}' },
      { event: 'note', data: 'plain' },
      { event: 'message', data: JSON.stringify(stop) },
    )
    expect(eventsOf(events, 'named-event')).toEqual([
      { type: 'named-event', name: 'payment-receipt', data: { status: 'success' } },
      { type: 'named-event', name: 'note', data: 'plain' },
    ])
  })

  it('are chunks when they hold choices', () => {
    const events = decode({ event: 'chunk', data: JSON.stringify(delta({ content: 'a' })) }, stop)
    expect(readReply(events).texts.get(0)).toBe('a')
  })
})

describe('a provider’s own fields', () => {
  const readChunk = (chunk: { readonly sessionId?: unknown }): ChatEvent[] =>
    typeof chunk.sessionId === 'string' ? [{ type: 'session', sessionId: chunk.sessionId }] : []

  it('are read first, in a stream and in an answer', () => {
    const decoder = createOpenaiDecoder({ readChunk })
    const data = JSON.stringify({ sessionId: 's1', id: 'r1', ...delta({ content: 'a' }) })
    expect(decoder.push({ data }).map(({ type }) => type)).toEqual([
      'session',
      'reply-start',
      'text-delta',
    ])
    const answer = { sessionId: 's1', choices: [{ message: { content: 'a' } }] }
    expect(readOpenaiAnswer(answer, { readChunk })[0]).toEqual({ type: 'session', sessionId: 's1' })
  })
})

describe('length', () => {
  it('reads 100,000 events, each on its own', () => {
    const decoder = openai.createDecoder()
    const data = JSON.stringify({ id: 'r', model: 'm', ...delta({ content: 'word ' }) })
    let count = 0
    for (let at = 0; at < 100_000; at += 1) count += decoder.push({ data }).length
    expect(count).toBe(100_001)
  })
})

describe('toRequestBody', () => {
  const turn: Turn = { messages: [{ role: 'user', content: 'Hi' }], stream: true }
  const bodyOf = (more: Partial<Turn>) =>
    JSON.parse(JSON.stringify(openai.toRequestBody({ ...turn, ...more }))) as unknown

  it('asks for little when little is given', () => {
    expect(openai.path(turn)).toBe('/chat/completions')
    expect(bodyOf({})).toEqual({
      messages: [{ role: 'user', content: 'Hi' }],
      stream: true,
      stream_options: { include_usage: true },
    })
    expect(bodyOf({ stream: false })).toEqual({
      messages: [{ role: 'user', content: 'Hi' }],
      stream: false,
    })
  })

  it('names every option as the format does', () => {
    const parameters = { type: 'object' }
    expect(
      bodyOf({
        model: 'm',
        maxTokens: 1,
        temperature: 0,
        topP: 0.5,
        stop: ['a'],
        presencePenalty: 0,
        frequencyPenalty: 1,
        choices: 2,
        user: 'u',
        tools: [{ name: 'f', description: 'd', parameters }],
        conversationId: 'c',
        extra: { seed: 1, stream_options: undefined },
      }),
    ).toEqual({
      model: 'm',
      messages: [{ role: 'user', content: 'Hi' }],
      stream: true,
      max_tokens: 1,
      temperature: 0,
      top_p: 0.5,
      stop: ['a'],
      presence_penalty: 0,
      frequency_penalty: 1,
      n: 2,
      user: 'u',
      tools: [{ type: 'function', function: { name: 'f', description: 'd', parameters } }],
      conversation_id: 'c',
      seed: 1,
    })
  })

  it('sends pictures, calls and their results', () => {
    const url = 'data:image/png;base64,AA=='
    const messages: Turn['messages'] = [
      { role: 'user', content: 'What?', images: [{ url }] },
      { role: 'user', content: '', images: [{ url }] },
      {
        role: 'assistant',
        content: '',
        toolCalls: [{ callId: 'c1', name: 'f', argumentsText: '{}' }],
      },
      { role: 'tool', content: '1', callId: 'c1' },
    ]
    const picture = { type: 'image_url', image_url: { url } }
    expect(bodyOf({ messages })).toMatchObject({
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'What?' }, picture] },
        { role: 'user', content: [picture] },
        {
          role: 'assistant',
          content: '',
          tool_calls: [{ id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } }],
        },
        { role: 'tool', content: '1', tool_call_id: 'c1' },
      ],
    })
  })
})

describe('readError', () => {
  const read = (status: number, body: unknown, headers: Record<string, string> = {}) =>
    openai.readError({
      status,
      headers: new Headers(headers),
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })

  it('reads what the relay writes', () => {
    const error = { code: 'rate_limited', message: 'm', retryable: true, request_id: 'r1' }
    expect(read(429, { error: { ...error, retry_after_ms: 1500 } })).toMatchObject({
      code: 'rate_limited',
      status: 429,
      retryable: true,
      retryAfterMs: 1500,
      requestId: 'r1',
    })
    expect(read(401, { error: { code: 'token_expired', retryable: false } })?.code).toBe(
      'token_expired',
    )
  })

  it('reads a plain server and the machines before it', () => {
    expect(read(503, '<html>502</html>', { 'retry-after': '3' })).toMatchObject({
      code: 'overloaded',
      retryable: true,
      retryAfterMs: 3000,
    })
    expect(read(400, { error: 'too bad' })).toMatchObject({ code: 'invalid_request', status: 400 })
    expect(read(200, { error: { message: 'late' } })).toMatchObject({ code: 'provider_error' })
    expect(read(200, { choices: [] })).toBeNull()
    expect(read(200, 'no json')).toBeNull()
  })
})
