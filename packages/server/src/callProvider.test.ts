import type { ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import {
  type Answer,
  answerWell,
  canaryKey,
  question,
  smallStream,
  startRelay,
  startUpstream,
  until,
  writeStream,
} from './fixtures/startRelay.ts'
import { openai } from './openai.ts'
import type { Provider } from './provider.ts'

const quick = { baseMs: 1, maxMs: 2 }

/** Answers the first requests by a list, and the rest well. */
function answerFirst(...firsts: readonly ((response: ServerResponse) => unknown)[]): Answer {
  let count = 0
  return (response, request) => {
    const first = firsts[count++]
    if (first) first(response)
    else answerWell(response, request)
  }
}

const fail =
  (status: number, headers: Record<string, string> = {}) =>
  (response: ServerResponse) =>
    response.writeHead(status, headers).end()
const failAlways =
  (status: number, headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(status, headers).end()

test.each([429, 500, 502, 503, 504])('tries again after a %i', async (status) => {
  const upstream = await startUpstream(answerFirst(fail(status), fail(status)))
  const { ask, relay } = await startRelay({ upstream, retry: quick })
  const response = await ask(question)
  expect(await response.text()).toContain('[DONE]')
  expect(upstream.requests).toHaveLength(3)
  expect(await relay.ledger.entries()).toMatchObject([{ outcome: 'complete', attempts: 3 }])
})

test('says the same idempotency key with every try, and another with another question', async () => {
  const upstream = await startUpstream(answerFirst(fail(500)))
  const { ask } = await startRelay({ upstream, retry: quick })
  await (await ask(question)).text()
  await (await ask(question)).text()
  const keys = upstream.requests.map(({ headers }) => headers['idempotency-key'])
  expect(keys[0]).toBe(keys[1])
  expect(keys[2]).not.toBe(keys[1])
})

test('gives up after two more tries', async () => {
  const upstream = await startUpstream(failAlways(500))
  const { ask } = await startRelay({ upstream, retry: quick })
  expect((await ask(question)).status).toBe(502)
  expect(upstream.requests).toHaveLength(3)
})

test.each([400, 401, 402, 403, 404, 501])('does not try again after a %i', async (status) => {
  const upstream = await startUpstream(failAlways(status))
  const { ask } = await startRelay({ upstream, retry: quick })
  const response = await ask(question)
  expect([response.status, await response.json()]).toMatchObject([
    502,
    { error: { code: 'provider_error' } },
  ])
  expect(upstream.requests).toHaveLength(1)
})

test('tries again after a broken connection and after an answer without a word', async () => {
  const upstream = await startUpstream(
    answerFirst(
      (response) => response.destroy(),
      (response) => writeStream(response, smallStream.slice(0, 1)),
    ),
  )
  const { ask } = await startRelay({ upstream, retry: quick })
  expect(await (await ask(question)).text()).toContain('[DONE]')
  expect(upstream.requests).toHaveLength(3)
})

test('never asks again once a word has come', async () => {
  const upstream = await startUpstream((response) => {
    writeStream(response, smallStream.slice(0, 2), 'leave-open')
    setTimeout(() => response.destroy(), 10)
  })
  const backup = await startUpstream(answerWell)
  const { ask } = await startRelay({
    provider: [upstream, backup].map(({ baseUrl }) => openai({ baseUrl, models: { fast: 'm' } })),
    retry: quick,
  })
  expect(await (await ask(question)).text()).toContain('"code":"truncated"')
  expect([upstream.requests.length, backup.requests.length]).toEqual([1, 0])
})

test('waits as long as a provider asks, and passes a longer wait on', async () => {
  const short = await startUpstream(answerFirst(fail(429, { 'retry-after-ms': '5' })))
  const patient = await startRelay({ upstream: short, retry: quick })
  expect((await patient.ask(question)).status).toBe(200)

  const long = await startUpstream(failAlways(429, { 'retry-after': '21' }))
  const { ask } = await startRelay({ upstream: long, retry: quick })
  const response = await ask(question)
  expect(response.status).toBe(429)
  expect(response.headers.get('retry-after')).toBe('21')
  expect(await response.json()).toMatchObject({
    error: { code: 'rate_limited', retryable: true, retry_after_ms: 21_000 },
  })
  expect(long.requests).toHaveLength(1)
})

test('asks the next provider when one fails before its first word', async () => {
  const first = await startUpstream(failAlways(401))
  const second = await startUpstream(failAlways(503))
  const third = await startUpstream(answerWell)
  const { ask, relay, logs } = await startRelay({
    provider: [
      openai({
        name: 'a',
        baseUrl: first.baseUrl,
        apiKey: 'key-a-123456',
        models: { fast: 'm-a' },
      }),
      openai({ name: 'b', baseUrl: second.baseUrl, models: { fast: 'm-b' } }),
      openai({ name: 'c', baseUrl: third.baseUrl, models: { other: 'm-c' } }),
    ],
  })
  const text = await (await ask(question)).text()
  expect(text).toContain('[DONE]')
  expect(text).toContain('"model":"fast"')
  expect(await relay.ledger.entries()).toMatchObject([{ provider: 'c', attempts: 3 }])
  // Each is told its own model, and no credential but its own.
  expect(JSON.parse(third.requests[0]?.body ?? '')).toMatchObject({ model: 'm-c' })
  expect(third.requests[0]?.headers.authorization).toBeUndefined()
  expect(logs.map(({ provider, code }) => [provider, code])).toContainEqual(['a', 'unauthorized'])
})

test('does not take a question that one provider filtered to the next', async () => {
  const body = JSON.stringify({ error: { message: 'no', code: 'content_filter' } })
  const first = await startUpstream((response) => response.writeHead(400).end(body))
  const second = await startUpstream(answerWell)
  const { ask } = await startRelay({
    provider: [first, second].map(({ baseUrl }) => openai({ baseUrl, models: { fast: 'm' } })),
  })
  const response = await ask(question)
  expect(await response.json()).toMatchObject({ error: { code: 'content_filter' } })
  expect(second.requests).toHaveLength(0)
})

test.each([301, 302, 303, 307, 308])(
  'does not follow a %i, and takes the key nowhere',
  async (status) => {
    const elsewhere = await startUpstream(answerWell)
    const upstream = await startUpstream(failAlways(status, { location: `${elsewhere.baseUrl}/x` }))
    const { ask } = await startRelay({ upstream, retry: quick })
    expect((await ask(question)).status).toBe(502)
    expect([upstream.requests.length, elsewhere.requests.length]).toEqual([1, 0])
  },
)

test('gives up on a provider that sends no headers', async () => {
  const upstream = await startUpstream(() => {})
  const { ask } = await startRelay({ upstream, limits: { connectMs: 20 }, retry: quick })
  const response = await ask(question)
  expect([response.status, await response.json()]).toMatchObject([
    504,
    { error: { code: 'timeout', retryable: true } },
  ])
  await until(() => upstream.abortedCount === 1)
  expect(upstream.requests).toHaveLength(1)
})

test('gives up on a provider that sends headers and no event', async () => {
  const upstream = await startUpstream((response) => {
    writeStream(response, [], 'leave-open')
    response.flushHeaders()
  })
  const { ask } = await startRelay({ upstream, limits: { firstByteMs: 20 } })
  expect((await ask(question)).status).toBe(504)
  await until(() => upstream.abortedCount === 1)
})

test('ends a reply whose provider falls silent', async () => {
  const upstream = await startUpstream((response) =>
    writeStream(response, smallStream.slice(0, 2), 'leave-open'),
  )
  const { ask } = await startRelay({ upstream, limits: { idleMs: 20 } })
  const text = await (await ask(question)).text()
  expect(text).toContain('Yes, ')
  expect(text).toContain('"code":"stalled"')
  await until(() => upstream.abortedCount === 1)
})

test('waits on while a provider sends comments', async () => {
  const upstream = await startUpstream((response) => {
    writeStream(response, smallStream.slice(0, 2), 'leave-open')
    let count = 0
    const timer = setInterval(() => {
      if (count++ < 24) return response.write(': still here\n\n')
      clearInterval(timer)
      return response.end(smallStream.slice(2).join(''))
    }, 100)
  })
  const { ask } = await startRelay({ upstream, limits: { idleMs: 2_000 } })
  expect(await (await ask(question)).text()).toContain('[DONE]')
})

test('ends a reply that takes too long in all', async () => {
  const upstream = await startUpstream((response) => {
    writeStream(response, smallStream.slice(0, 2), 'leave-open')
    const timer = setInterval(() => response.write(smallStream[2]), 5)
    response.on('close', () => clearInterval(timer))
  })
  const { ask, relay } = await startRelay({ upstream, limits: { totalMs: 1_000 } })
  expect(await (await ask(question)).text()).toContain('"code":"timeout"')
  await until(() => upstream.abortedCount === 1)
  expect(await relay.ledger.entries()).toMatchObject([{ outcome: 'failed', code: 'timeout' }])
})

test('ends a reply that grows beyond its limit', async () => {
  const upstream = await startUpstream((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(smallStream.slice(0, 2).join(''))
    response.write(`: ${'x'.repeat(20_000)}\n\n`)
  })
  const { ask } = await startRelay({ upstream, limits: { answerBytes: 10_000 } })
  const response = await ask(question)
  expect(await response.text()).toContain('"code":"provider_error"')
  await until(() => upstream.abortedCount === 1)
})

test('reads a provider that answers whole though a stream was asked for', async () => {
  const upstream = await startUpstream((response, request) =>
    answerWell(response, { ...request, body: '{"stream":false}' }),
  )
  const { ask } = await startRelay({ upstream })
  const text = await (await ask(question)).text()
  expect(text).toContain('Yes, we do.')
  expect(text).toContain('[DONE]')
})

test('keeps a credential that is no header value out of every word', async () => {
  const upstream = await startUpstream(answerWell)
  const { ask, logs } = await startRelay({
    provider: openai({
      baseUrl: upstream.baseUrl,
      apiKey: async () => `${canaryKey}\nx-evil: 1`,
      models: { fast: 'm' },
    }),
  })
  const response = await ask(question)
  const seen = (await response.text()) + JSON.stringify(logs)
  expect(response.status).toBe(502)
  expect(seen).toContain('provider_unauthorized')
  expect(seen).not.toContain(canaryKey)
  expect(upstream.requests).toHaveLength(0)
})

test('sends only the newest turn to a provider that keeps the conversation, for its own visitor', async () => {
  const upstream = await startUpstream(answerWell)
  const plain = openai({ baseUrl: upstream.baseUrl, models: { fast: 'm' } })
  const provider: Provider = {
    ...plain,
    sessions: 'conversation',
    dialect: {
      ...plain.dialect,
      createDecoder() {
        const decoder = plain.dialect.createDecoder()
        return {
          ...decoder,
          push: (event) => [{ type: 'session', sessionId: 'session-7' }, ...decoder.push(event)],
        }
      },
    },
  }
  const { ask, mint } = await startRelay({ provider })
  const token = await mint()
  const first = [{ role: 'user', content: 'one' }]
  const next = [...first, { role: 'assistant', content: 'two' }, { role: 'user', content: 'three' }]
  const seen: string[] = []
  const send = async (messages: readonly object[], asToken: string) => {
    const turn = { ...question, messages, conversation_id: 'c-1' }
    seen.push(await (await ask(turn, { token: asToken })).text())
  }
  await send(first, token)
  await send(next, token)
  await send(next, await mint())
  const bodies = upstream.requests.map(
    ({ body }) => JSON.parse(body) as { messages: unknown[]; conversation_id?: string },
  )
  expect(bodies.map((body) => body.messages.length)).toEqual([1, 1, 3])
  expect(bodies.map((body) => body.conversation_id)).toEqual([undefined, 'session-7', undefined])
  expect(seen.join('')).toContain('"conversation_id":"c-1"')
  expect(seen.join('')).not.toContain('session-7')
})

test('answers from a provider in this process, and ends with one that throws', async () => {
  const local = (
    answer: () =>
      | AsyncGenerator<never, void>
      | AsyncGenerator<{ type: 'text-delta'; choice: number; delta: string }>,
  ) => ({ kind: 'local', name: 'local', models: { fast: { model: 'local' } }, answer }) as Provider
  const broken = local(async function* () {
    yield { type: 'text-delta', choice: 0, delta: 'Some words' }
    throw new Error(`Something about ${canaryKey}`)
  })
  const { ask, logs } = await startRelay({ provider: broken })
  const text = await (await ask(question)).text()
  expect(text).toContain('Some words')
  expect(text).toContain('"code":"internal"')
  expect(text + JSON.stringify(logs)).not.toContain(canaryKey)
  expect(JSON.stringify(logs)).toContain('Something about [secret]')
})
