import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  createScriptedProvider,
  type ScriptedProvider,
  type ScriptedReply,
} from '@parlance/testing/node'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { ClientToken } from './clientToken.ts'
import { openai } from './dialects/openai.ts'
import type { ChatEvent } from './events.ts'
import { chunk, done, streamed } from './fixtures/replies.ts'
import { type ReplyRequest, requestReply } from './transport.ts'

let provider: ScriptedProvider
const defaults = {
  dialect: openai,
  turn: { messages: [{ role: 'user', content: 'Hi' }], stream: true },
  fetch,
  token: async () => 'token-1',
  idempotencyKey: 'key-1',
  firstByteMs: 60_000,
  stallNoticeMs: 15_000,
  stallMs: 60_000,
  totalMs: 600_000,
  maxAnswerChars: 1_000_000,
} as const

beforeEach(async () => {
  provider = await createScriptedProvider()
})
afterEach(async () => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
  await provider.close()
})

function ask(more: Partial<ReplyRequest> = {}) {
  const events: ChatEvent[] = []
  const reads: number[] = []
  const notices: (string | null)[] = []
  const waits: number[] = []
  const controller = new AbortController()
  const reply = requestReply({
    ...defaults,
    url: `${provider.url}/v1`,
    retry: { attempts: 2, baseMs: 1, maxMs: 8, maxRetryAfterMs: 60_000 },
    signal: controller.signal,
    onEvents(batch) {
      reads.push(batch.length)
      events.push(...batch)
    },
    onNotice(notice, retryAtMs) {
      notices.push(notice)
      if (retryAtMs !== null) waits.push(retryAtMs - Date.now())
    },
    ...more,
  })
  const text = () => events.map((one) => (one.type === 'text-delta' ? one.delta : '')).join('')
  const code = reply.then((terminal) =>
    terminal?.type === 'reply-error' ? terminal.error.code : terminal?.type,
  )
  return { reply, code, text, events, reads, notices, waits, controller }
}

describe('a reply', () => {
  test('is asked for by POST, with token, key and the turn', async () => {
    provider.reply(streamed('Hello.'))
    const asked = ask({ headers: { 'x-page': 'shop' } })
    expect(await asked.code).toBe('reply-end')
    expect(asked.text()).toBe('Hello.')
    const [request] = provider.requests
    expect(request).toMatchObject({ method: 'POST', path: '/v1/chat/completions' })
    expect(request?.headers).toMatchObject({
      authorization: 'Bearer token-1',
      'idempotency-key': 'key-1',
      'content-type': 'application/json',
      'x-page': 'shop',
    })
    expect(request?.body).toMatchObject({
      stream: true,
      messages: [{ role: 'user', content: 'Hi' }],
    })
  })

  test('may be one JSON answer', async () => {
    const message = { role: 'assistant', content: 'Whole.' }
    provider.reply({ json: { choices: [{ index: 0, message, finish_reason: 'stop' }] } })
    const asked = ask()
    expect(await asked.code).toBe('reply-end')
    expect(asked.text()).toBe('Whole.')
  })

  test('may be an event stream that is called JSON', async () => {
    const headers = { 'content-type': 'application/json' }
    provider.reply({ headers, chunks: [chunk({ content: 'Odd.' }), done] })
    const asked = ask()
    expect(await asked.code).toBe('reply-end')
    expect(asked.text()).toBe('Odd.')
  })

  test('is told read by read and not by event', async () => {
    provider.reply({ chunks: [chunk({ content: 'a' }) + chunk({ content: 'b' }) + done] })
    const asked = ask()
    await asked.code
    expect(asked.reads).toEqual([3])
  })

  test('ends with its terminal event, though the connection stays open', async () => {
    provider.reply({ chunks: [chunk({ content: 'a' }), done], then: 'stall' })
    expect(await ask().code).toBe('reply-end')
    await provider.untilAborted(1)
  })

  test('leaves the connection for the next one', async () => {
    const sockets = new Set<unknown>()
    const server = createServer((request, response) => {
      sockets.add(request.socket)
      request.resume()
      response.setHeader('content-type', 'text/event-stream')
      response.write(chunk({ content: 'a' }) + done)
      setTimeout(() => response.end(), 20)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    for (let at = 0; at < 3; at++) {
      await ask({ url }).code
      await new Promise((resolve) => setTimeout(resolve, 60))
    }
    expect(sockets.size).toBe(1)
    server.close()
    server.closeAllConnections()
  })

  test('of 16,000 chunks is read once, each chunk told once', async () => {
    const chunks = Array.from({ length: 160 }, () => chunk({ content: 'ab' }).repeat(100))
    provider.reply({ chunks: [...chunks, done] })
    const asked = ask()
    expect(await asked.code).toBe('reply-end')
    expect(asked.text()).toBe('ab'.repeat(16_000))
    expect(asked.events.filter(({ type }) => type === 'text-delta')).toHaveLength(16_000)
  })

  test('ends as length at the cap, and the server is told to stop', async () => {
    provider.reply({
      chunks: Array.from({ length: 50 }, () => chunk({ content: 'abc' })),
      everyMs: 5,
      then: 'stall',
    })
    const asked = ask({ maxAnswerChars: 10 })
    expect(await asked.code).toBe('reply-end')
    expect(asked.text()).toBe('abcabcabca')
    expect(asked.events.at(-1)).toMatchObject({ type: 'choice-end', reason: 'length' })
    await provider.untilAborted(1)
  })

  test('is not cut in the middle of a character at the cap', async () => {
    provider.reply({ chunks: [chunk({ content: 'a😀b' }), done] })
    const asked = ask({ maxAnswerChars: 2 })
    await asked.code
    expect(asked.text()).toBe('a')
  })

  test('goes on when its dialect throws at one event', async () => {
    const dialect = {
      ...openai,
      createDecoder() {
        const decoder = openai.createDecoder()
        return {
          ...decoder,
          push: (event: Parameters<typeof decoder.push>[0]) =>
            event.data.includes('boom') ? JSON.parse('{') : decoder.push(event),
        }
      },
    }
    provider.reply({
      chunks: [chunk({ content: 'a' }), 'data: boom\n\n', chunk({ content: 'b' }), done],
    })
    const asked = ask({ dialect })
    expect(await asked.code).toBe('reply-end')
    expect(asked.text()).toBe('ab')
    expect(asked.events.some(({ type }) => type === 'malformed')).toBe(true)
  })
})

describe('an answer that breaks off', () => {
  test('keeps its text and is truncated, at every byte', async () => {
    const body =
      chunk({ content: 'Hé' }) +
      chunk({ content: 'llo' }) +
      chunk({}, { finish_reason: 'stop' }) +
      done
    const size = Buffer.byteLength(body)
    const finishedAt = Buffer.byteLength(body.slice(0, body.indexOf(done))) - 2
    for (let cutAtByte = 1; cutAtByte < size; cutAtByte++) {
      provider.reply({ chunks: [body], cutAtByte, then: cutAtByte % 2 ? 'end' : 'reset' })
      const asked = ask()
      expect([cutAtByte, await asked.code]).toEqual([
        cutAtByte,
        cutAtByte < finishedAt ? 'truncated' : 'reply-end',
      ])
      expect('Héllo'.startsWith(asked.text())).toBe(true)
    }
    expect(provider.requests).toHaveLength(size - 1)
  })

  test('is asked for again when no byte had come', async () => {
    provider.reply({ headers: false, then: 'reset' }, { then: 'reset' }, streamed('Here.'))
    const asked = ask()
    expect(await asked.code).toBe('reply-end')
    expect(asked.text()).toBe('Here.')
    expect(provider.requests).toHaveLength(3)
  })

  test('is never asked for again after its first byte', async () => {
    provider.reply({ chunks: [': heartbeat\n\n'], then: 'reset' })
    expect(await ask().code).toBe('truncated')
    expect(provider.requests).toHaveLength(1)
  })
})

describe('an error', () => {
  const busy = { status: 503, json: { error: { message: 'secret of the provider' } } }

  test.each([408, 409, 425, 429, 500, 502, 503, 504])(
    'of status %i is tried again',
    async (status) => {
      provider.reply({ ...busy, status }, streamed('Here.'))
      expect(await ask().code).toBe('reply-end')
      expect(provider.requests).toHaveLength(2)
    },
  )

  test.each([400, 401, 402, 403, 404, 413, 422])('of status %i is not', async (status) => {
    provider.replyAlways({ ...busy, status })
    await ask({ token: undefined }).reply
    expect(provider.requests).toHaveLength(1)
  })

  test('ends a burst of errors after three requests with one key', async () => {
    provider.replyAlways(busy)
    const asked = ask()
    expect(await asked.code).toBe('overloaded')
    expect(provider.requests.map(({ headers }) => headers['idempotency-key'])).toEqual([
      'key-1',
      'key-1',
      'key-1',
    ])
    expect(asked.notices).toEqual(['retrying', null, 'retrying', null])
  })

  test('waits twice as long each time, less up to a quarter', async () => {
    provider.replyAlways(busy)
    vi.spyOn(Math, 'random').mockReturnValue(0)
    const retry = { attempts: 4, baseMs: 20, maxMs: 60, maxRetryAfterMs: 60_000 }
    const most = ask({ retry })
    await most.reply
    expect(most.waits.map(Math.round)).toEqual([20, 40, 60, 60])
    vi.mocked(Math.random).mockReturnValue(1)
    const least = ask({ retry })
    await least.reply
    expect(least.waits.map(Math.round)).toEqual([15, 30, 45, 45])
  })

  test.each([
    ['seconds', () => '0.05'],
    ['a date', () => new Date(Date.now() + 1500).toUTCString()],
  ])('waits as long as Retry-After names in %s', async (_, value) => {
    vi.spyOn(Math, 'random').mockReturnValue(0)
    const headers = { 'content-type': 'application/json', 'retry-after': value() }
    provider.reply({ ...busy, status: 429, headers }, streamed('Here.'))
    const asked = ask({
      retry: { attempts: 2, baseMs: 9_999_999, maxMs: 9_999_999, maxRetryAfterMs: 60_000 },
    })
    expect(await asked.code).toBe('reply-end')
    expect(asked.notices).toEqual(['waiting', null])
    expect(asked.waits).toHaveLength(1)
    expect(asked.waits[0]).toBeLessThanOrEqual(1500)
  })

  test('is not tried again where the server says so, but for a refused token', async () => {
    const headers = { 'content-type': 'application/json', 'x-should-retry': 'false' }
    provider.replyAlways({ ...busy, headers })
    expect(await ask().reply).toMatchObject({ error: { code: 'overloaded', retryable: true } })
    expect(provider.requests).toHaveLength(1)
    provider.replyAlways({ ...busy, status: 401, headers })
    await ask().reply
    expect(provider.requests).toHaveLength(3)
  })

  test('is shown when Retry-After names more than we wait', async () => {
    const headers = { 'content-type': 'application/json', 'retry-after': '61' }
    provider.replyAlways({ ...busy, status: 429, headers })
    const terminal = await ask().reply
    expect(terminal).toMatchObject({
      type: 'reply-error',
      error: { code: 'rate_limited', retryAfterMs: 61_000 },
    })
    expect(provider.requests).toHaveLength(1)
  })

  test('lets 500 clients told to wait come back spread out', async () => {
    const asks: ReturnType<typeof ask>[] = []
    const answer = { error: { code: 'rate_limited', retryable: true, retry_after_ms: 2000 } }
    const limited: typeof fetch = async () => Response.json(answer, { status: 429 })
    for (let at = 0; at < 500; at++) asks.push(ask({ fetch: limited }))
    await expect.poll(() => asks.every(({ waits }) => waits.length > 0)).toBe(true)
    const buckets = new Map<number, number>()
    for (const { waits, controller } of asks) {
      const bucket = Math.floor(waits[0]! / 100)
      buckets.set(bucket, (buckets.get(bucket) ?? 0) + 1)
      controller.abort()
    }
    expect(Math.max(...buckets.values())).toBeLessThanOrEqual(75)
    expect(Math.min(...buckets.keys())).toBeGreaterThanOrEqual(19)
  })

  test('inside an answer of status 200 is an error', async () => {
    provider.reply({ json: { error: { message: 'no', code: 'context_length_exceeded' } } })
    expect(await ask().code).toBe('too_large')
  })

  test('inside a stream ends it and is not tried again', async () => {
    provider.reply({
      chunks: [`data: ${JSON.stringify({ error: { code: 'overloaded', message: 'no' } })}\n\n`],
    })
    expect(await ask().code).toBe('overloaded')
    expect(provider.requests).toHaveLength(1)
  })

  test('is what a page in the place of an answer means', async () => {
    const headers = { 'content-type': 'text/html' }
    provider.reply({ headers, chunks: ['<html><body>Sign in</body></html>'] })
    expect(await ask().code).toBe('protocol')
  })

  test('is a body in no format we read, and one of no end', async () => {
    provider.reply({ headers: { 'content-type': 'application/json' }, chunks: ['[1, 2'] })
    expect(await ask().code).toBe('truncated')
    provider.reply({ json: { hello: 1 } })
    expect(await ask().code).toBe('protocol')
    provider.reply(
      { status: 500, headers: { 'content-type': 'text/plain' }, chunks: ['x'.repeat(200_000)] },
      streamed('Here.'),
    )
    expect(await ask().code).toBe('reply-end')
  })

  test('is an event larger than we read', async () => {
    const piece = 'x'.repeat(1_000_000)
    provider.reply({ chunks: ['data: ', piece, piece, piece, piece, piece], then: 'stall' })
    expect(await ask().code).toBe('protocol')
    await provider.untilAborted(1)
  })

  test('is a device without a connection, before anything is sent', async () => {
    vi.stubGlobal('navigator', { onLine: false })
    const terminal = await ask().reply
    expect(terminal).toMatchObject({ error: { code: 'offline', retryable: true } })
    expect(provider.requests).toHaveLength(0)
  })

  test('is a server that is not there', async () => {
    const gone = await createScriptedProvider()
    await gone.close()
    const asked = ask({ url: gone.url })
    expect(await asked.code).toBe('network')
    expect(asked.notices.filter((notice) => notice === 'retrying')).toHaveLength(2)
  })
})

describe('a token', () => {
  const refused = { status: 401, json: { error: { code: 'token_expired' } } }

  test('is asked for again once when it is refused', async () => {
    provider.reply(refused, streamed('Here.'))
    const token = vi.fn<ClientToken>(async (previous) => (previous ? 'token-2' : 'token-1'))
    expect(await ask({ token }).code).toBe('reply-end')
    expect(token.mock.calls).toEqual([[undefined], ['token-1']])
    expect(provider.requests.map(({ headers }) => headers['authorization'])).toEqual([
      'Bearer token-1',
      'Bearer token-2',
    ])
  })

  test('is not asked for a third time, also where nothing is tried again', async () => {
    provider.replyAlways(refused)
    const retry = { attempts: 0, baseMs: 1, maxMs: 1, maxRetryAfterMs: 1 }
    expect(await ask({ retry }).code).toBe('token_expired')
    expect(provider.requests).toHaveLength(2)
  })

  test('costs one of the three requests', async () => {
    provider.reply({ status: 503 }, refused, { status: 503 }, { status: 503 })
    expect(await ask().code).toBe('overloaded')
    expect(provider.requests).toHaveLength(3)
  })

  test('may be hard to get', async () => {
    let asked = 0
    const token = async () => {
      if (asked++ === 0) throw new TypeError('fetch failed')
      return 'token-1'
    }
    provider.reply(streamed('Here.'))
    expect(await ask({ token }).code).toBe('reply-end')
  })
})

describe('giving up', () => {
  test('aborts the request before its first byte', async () => {
    provider.reply({ headers: false, then: 'stall' })
    const { reply, controller } = ask()
    await provider.untilRequests(1)
    controller.abort()
    expect(await reply).toBeNull()
    await provider.untilAborted(1)
  })

  test('aborts the answer in its middle and tells nothing more', async () => {
    const hand = provider.replyByHand()
    const { reply, controller, events } = ask()
    hand.send(chunk({ content: 'a' }))
    await expect.poll(() => events.length).toBeGreaterThan(0)
    const count = events.length
    controller.abort()
    hand.send(chunk({ content: 'b' }) + done)
    expect(await reply).toBeNull()
    expect(events).toHaveLength(count)
    await provider.untilAborted(1)
  })

  test('ends a wait for the next try, and a wait for a token', async () => {
    provider.reply({ status: 503 })
    const retry = { attempts: 2, baseMs: 100_000, maxMs: 100_000, maxRetryAfterMs: 1 }
    const one = ask({ retry })
    await expect.poll(() => one.notices).toEqual(['retrying'])
    one.controller.abort()
    expect(await one.reply).toBeNull()
    const other = ask({ token: () => new Promise(() => {}) })
    other.controller.abort()
    expect(await other.reply).toBeNull()
    expect(provider.requests).toHaveLength(1)
  })

  test('needs no fetch that knows of signals', async () => {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode(chunk({ content: 'a' }))),
    })
    const { reply, controller, events } = ask({ fetch: async () => new Response(body) })
    await expect.poll(() => events.length).toBeGreaterThan(0)
    controller.abort()
    expect(await reply).toBeNull()
  })
})

describe('limits', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  function createBody() {
    let controller!: ReadableStreamDefaultController<Uint8Array>
    const body = new ReadableStream<Uint8Array>({ start: (given) => void (controller = given) })
    const response = new Response(body, { headers: { 'content-type': 'text/event-stream' } })
    return {
      fetch: async () => response,
      send: (text: string) => controller.enqueue(new TextEncoder().encode(text)),
      close: () => controller.close(),
    }
  }

  test('end the wait for the first byte, and try nothing again', async () => {
    const never = vi.fn<typeof fetch>(() => new Promise(() => {}))
    const { code } = ask({ fetch: never })
    await vi.advanceTimersByTimeAsync(60_000)
    expect(await code).toBe('timeout')
    expect(never).toHaveBeenCalledTimes(1)
    expect(vi.getTimerCount()).toBe(0)
  })

  test('show a silence after 15 s and end it after 60', async () => {
    const { fetch, send } = createBody()
    const { code, notices, text } = ask({ fetch })
    await vi.advanceTimersByTimeAsync(0)
    send(chunk({ content: 'a' }))
    await vi.advanceTimersByTimeAsync(14_999)
    expect(notices).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    expect(notices).toEqual(['stalled'])
    await vi.advanceTimersByTimeAsync(44_999)
    expect(text()).toBe('a')
    await vi.advanceTimersByTimeAsync(1)
    expect(await code).toBe('stalled')
    expect(vi.getTimerCount()).toBe(0)
  })

  test('count headers and then nothing as silence', async () => {
    const { code, notices } = ask({ fetch: createBody().fetch, firstByteMs: 100_000 })
    await vi.advanceTimersByTimeAsync(15_000)
    expect(notices).toEqual(['stalled'])
    await vi.advanceTimersByTimeAsync(45_000)
    expect(await code).toBe('stalled')
  })

  test('take comments and slow drips for life', async () => {
    const { fetch, send, close } = createBody()
    const { code, notices, text } = ask({ fetch })
    for (let at = 0; at < 20; at++) {
      await vi.advanceTimersByTimeAsync(14_000)
      send(': \n\n')
    }
    for (const letter of chunk({ content: 'drip' }, { finish_reason: 'stop' })) {
      await vi.advanceTimersByTimeAsync(1000)
      send(letter)
    }
    close()
    await vi.advanceTimersByTimeAsync(0)
    expect([await code, text(), notices]).toEqual(['reply-end', 'drip', []])
  })

  test('take the notice back with the next byte and show the next silence as early', async () => {
    const { fetch, send } = createBody()
    const { notices, controller } = ask({ fetch })
    await vi.advanceTimersByTimeAsync(20_000)
    send(': \n\n')
    await vi.advanceTimersByTimeAsync(15_000)
    expect(notices).toEqual(['stalled', null, 'stalled'])
    controller.abort()
  })

  test('end an endless reply', async () => {
    const { fetch, send } = createBody()
    const { code } = ask({ fetch, totalMs: 100_000 })
    for (let at = 0; at < 10; at++) {
      await vi.advanceTimersByTimeAsync(10_000)
      if (at < 9) send(chunk({ content: 'x' }))
    }
    expect(await code).toBe('timeout')
  })

  test('may be switched off by Infinity', async () => {
    const { fetch, send, close } = createBody()
    const off = {
      firstByteMs: Infinity,
      stallMs: Infinity,
      stallNoticeMs: Infinity,
      totalMs: Infinity,
    }
    const { code } = ask({ fetch, ...off })
    await vi.advanceTimersByTimeAsync(86_400_000)
    send(chunk({ content: 'late' }, { finish_reason: 'stop' }))
    close()
    await vi.advanceTimersByTimeAsync(0)
    expect(await code).toBe('reply-end')
  })
})

describe('an answer whose server goes on without us', () => {
  const stream = { 'content-type': 'text/event-stream', 'x-request-id': 'run-1' }
  const headers = { ...stream, 'x-resumable-ms': '15000' }
  const numbered = (id: number, text: string) => `id: ${id}\n${chunk({ content: text })}`
  const end = `id: 9\n${chunk({}, { finish_reason: 'stop' })}${done}`
  const gone: ScriptedReply = { status: 404, json: { error: { code: 'not_found' } } }
  const steps = () => provider.requests.map(({ method, path }) => `${method} ${path}`)
  const ids = () => provider.requests.map(({ headers }) => headers['last-event-id'])

  test('is read on after the last event that was whole', async () => {
    const half = numbered(3, 'lost').slice(0, 25)
    provider.reply(
      { headers, chunks: [numbered(1, 'a'), numbered(2, 'b'), half], then: 'reset' },
      { headers, chunks: [':\n\n', numbered(3, 'c'), end] },
    )
    const asked = ask({ headers: { 'x-page': 'shop' } })
    expect(await asked.code).toBe('reply-end')
    expect(asked.text()).toBe('abc')
    expect(steps()).toEqual(['POST /v1/chat/completions', 'GET /v1/runs/run-1'])
    expect(ids()).toEqual([undefined, '2'])
    expect(provider.requests[1]?.headers).toMatchObject({
      authorization: 'Bearer token-1',
      accept: 'text/event-stream, application/json',
      'x-page': 'shop',
    })
    expect(provider.requests[1]?.headers).not.toHaveProperty('idempotency-key')
    expect(asked.notices).toEqual(['retrying', null])
  })

  test('is read on as often as it breaks, in a clean end too', async () => {
    provider.reply(
      { headers, chunks: [numbered(1, 'a')], then: 'end' },
      { headers, chunks: [numbered(2, 'b')], then: 'reset' },
      { headers, chunks: [numbered(3, 'c')], then: 'end' },
      { headers, chunks: [numbered(4, 'd')], then: 'reset' },
      { headers, chunks: [end] },
    )
    const asked = ask()
    expect([await asked.code, asked.text()]).toEqual(['reply-end', 'abcd'])
    expect(ids()).toEqual([undefined, '1', '2', '3', '4'])
  })

  test('is told once, whatever the server says again', async () => {
    provider.reply(
      { headers, chunks: [numbered(1, 'a'), numbered(2, 'b')], then: 'reset' },
      { headers, chunks: [numbered(1, 'a'), numbered(2, 'b'), numbered(3, 'c'), end] },
    )
    const asked = ask()
    expect([await asked.code, asked.text()]).toEqual(['reply-end', 'abc'])
  })

  test('is asked for from its beginning when nothing but life had come', async () => {
    provider.reply(
      { headers, chunks: [':\n\n'], then: 'reset' },
      { headers, chunks: [numbered(1, 'a'), end] },
    )
    const asked = ask()
    expect([await asked.code, asked.text()]).toEqual(['reply-end', 'a'])
    expect(ids()).toEqual([undefined, undefined])
  })

  test('is truncated where the server does not know it any more', async () => {
    provider.reply({ headers, chunks: [numbered(1, 'a'), numbered(2, 'b').slice(0, -1)] }, gone)
    provider.replyAlways(gone)
    const asked = ask()
    expect(await asked.code).toBe('truncated')
    // What had come of the last event was whole but for its blank line.
    expect(asked.text()).toBe('ab')
    expect(steps().slice(1)).toEqual(['GET /v1/runs/run-1'])
  })

  test('is complete when only its goodbye was lost', async () => {
    const finish = `id: 2\n${chunk({}, { finish_reason: 'stop' })}`
    provider.reply({ headers, chunks: [numbered(1, 'a'), finish], then: 'reset' })
    provider.replyAlways(gone)
    expect(await ask().code).toBe('reply-end')
  })

  test.each([
    ['says nothing of it', { headers: stream }, {}],
    [
      'is to be asked once',
      { headers },
      { retry: { attempts: 0, baseMs: 1, maxMs: 1, maxRetryAfterMs: 1 } },
    ],
  ])('is not asked for where the server %s', async (_, reply, options) => {
    provider.reply({ ...reply, chunks: [numbered(1, 'a')], then: 'reset' })
    const asked = ask(options)
    expect([await asked.code, asked.text()]).toEqual(['truncated', 'a'])
    expect(steps().filter((step) => step.startsWith('GET'))).toEqual([])
  })

  test('is asked for until the grace time is over', async () => {
    const short = { ...headers, 'x-resumable-ms': '300' }
    provider.reply({ headers: short, chunks: [numbered(1, 'a')], then: 'reset' })
    provider.replyAlways({ status: 503, json: {} })
    vi.spyOn(Math, 'random').mockReturnValue(0)
    const retry = { attempts: 1, baseMs: 20, maxMs: 80, maxRetryAfterMs: 60_000 }
    const asked = ask({ retry })
    expect(await asked.code).toBe('truncated')
    // 20, 40, 80 and 80 ms; one more would be too late.
    expect(asked.waits.map(Math.round)).toEqual([20, 40, 80, 80])
  })

  test('is asked for nine times at most when that brings nothing of it', async () => {
    provider.reply({ headers, chunks: [numbered(1, 'a')], then: 'reset' })
    provider.replyAlways(({ method }) => (method === 'GET' ? { headers, chunks: [':\n\n'] } : gone))
    expect(await ask().code).toBe('truncated')
    expect(steps().filter((step) => step.startsWith('GET'))).toHaveLength(9)
  })

  test('is asked for with a fresh token when the old one is over', async () => {
    provider.reply(
      { headers, chunks: [numbered(1, 'a')], then: 'reset' },
      { status: 503 },
      { status: 503 },
      { status: 401, json: { error: { code: 'token_expired' } } },
      { headers, chunks: [numbered(2, 'b'), end] },
    )
    const token = vi.fn<ClientToken>(async (previous) => (previous ? 'token-2' : 'token-1'))
    const asked = ask({ token })
    expect([await asked.code, asked.text()]).toEqual(['reply-end', 'ab'])
    expect(provider.requests.at(-1)?.headers['authorization']).toBe('Bearer token-2')
  })

  test('is asked for once the device is back on line', async () => {
    const navigator = { onLine: true }
    vi.stubGlobal('navigator', navigator)
    const hand = provider.replyByHand({ headers })
    provider.reply({ headers, chunks: [numbered(2, 'b'), end] })
    const asked = ask({ retry: { attempts: 2, baseMs: 20, maxMs: 20, maxRetryAfterMs: 1 } })
    hand.send(numbered(1, 'a'))
    await expect.poll(() => asked.text()).toBe('a')
    navigator.onLine = false
    hand.reset()
    await expect.poll(() => asked.waits.length).toBeGreaterThan(2)
    expect(provider.requests).toHaveLength(1)
    navigator.onLine = true
    expect([await asked.code, asked.text()]).toEqual(['reply-end', 'ab'])
    expect(provider.requests).toHaveLength(2)
  })

  test('is stopped by name when it is given up, within an answer and within a wait', async () => {
    provider.reply({ headers, chunks: [numbered(1, 'a')], then: 'stall' }, {})
    const one = ask()
    await expect.poll(() => one.text()).toBe('a')
    one.controller.abort()
    expect(await one.reply).toBeNull()
    await provider.untilRequests(2)
    provider.reply({ headers, chunks: [numbered(1, 'a')], then: 'reset' }, {})
    const retry = { attempts: 2, baseMs: 9_000, maxMs: 9_000, maxRetryAfterMs: 1 }
    const other = ask({ retry })
    await expect.poll(() => other.notices).toEqual(['retrying'])
    other.controller.abort()
    expect(await other.reply).toBeNull()
    await provider.untilRequests(4)
    expect(steps().filter((step) => step === 'POST /v1/runs/run-1/stop')).toHaveLength(2)
    expect(provider.requests[1]?.headers['authorization']).toBe('Bearer token-1')
  })

  test('is stopped by name when its page goes away, and no page is watched after its end', async () => {
    const page = new EventTarget()
    const watched = vi.fn<EventTarget['addEventListener']>(page.addEventListener.bind(page))
    const left = vi.fn<EventTarget['removeEventListener']>(page.removeEventListener.bind(page))
    vi.stubGlobal('addEventListener', watched)
    vi.stubGlobal('removeEventListener', left)
    provider.reply({ headers, chunks: [numbered(1, 'a')], then: 'stall' }, {})
    const asked = ask()
    await expect.poll(() => asked.text()).toBe('a')
    page.dispatchEvent(new Event('pagehide'))
    await provider.untilRequests(2)
    expect(steps()[1]).toBe('POST /v1/runs/run-1/stop')
    asked.controller.abort()
    await asked.reply
    expect(left.mock.calls).toEqual(watched.mock.calls)
    provider.reply({ chunks: [numbered(1, 'a'), end] })
    await ask().reply
    expect(left.mock.calls).toEqual(watched.mock.calls)
    page.dispatchEvent(new Event('pagehide'))
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(steps().filter((step) => step.endsWith('/stop'))).toHaveLength(2)
  })

  test('is stopped by name at the cap, and not after its own end', async () => {
    provider.reply({ headers, chunks: [numbered(1, 'abcdef')], then: 'stall' }, {})
    expect(await ask({ maxAnswerChars: 3 }).code).toBe('reply-end')
    await provider.untilRequests(2)
    provider.reply({ headers, chunks: [numbered(1, 'a'), end] })
    expect(await ask().code).toBe('reply-end')
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(steps().slice(1)).toEqual(['POST /v1/runs/run-1/stop', 'POST /v1/chat/completions'])
  })

  test('may be stopped by a fetch that throws', async () => {
    let isBroken = false
    const asked = ask({
      fetch: (input, init) => {
        if (isBroken) throw new Error('A fault of the page.')
        return fetch(input, init)
      },
    })
    provider.reply({ headers, chunks: [numbered(1, 'a')], then: 'stall' })
    await expect.poll(() => asked.text()).toBe('a')
    isBroken = true
    asked.controller.abort()
    expect(await asked.reply).toBeNull()
  })

  test('is asked for after a silence, as of a connection that nobody saw end', async () => {
    provider.reply(
      { headers, chunks: [numbered(1, 'a')], then: 'stall' },
      { headers, chunks: [numbered(2, 'b'), end] },
    )
    const asked = ask({ stallNoticeMs: 10, stallMs: 40 })
    expect([await asked.code, asked.text()]).toEqual(['reply-end', 'ab'])
    expect(asked.notices).toEqual(['stalled', 'retrying', null])
  })
})
