import { expect, test } from 'vitest'
import { createMemoryBudget } from './budget.ts'
import { addressKey, clientAddress } from './clientAddress.ts'
import {
  answerWell,
  pageOrigin,
  question,
  smallStream,
  startRelay,
  startUpstream,
  until,
  writeStream,
} from './fixtures/startRelay.ts'
import { openai } from './openai.ts'
import { createRelay } from './createRelay.ts'
import { createSpending } from './spending.ts'

const price = {
  inputMicrosPerMillion: 1_000_000,
  outputMicrosPerMillion: 2_000_000,
  currency: 'USD',
}

test('admits as many requests of a visitor as the limit, over 1,000, whatever its headers say', async () => {
  const upstream = await startUpstream(answerWell)
  const { ask, mint } = await startRelay({ upstream, limits: { requestsPerMinutePerVisitor: 20 } })
  const token = await mint()
  const statuses: number[] = []
  for (let batch = 0; batch < 20; batch++) {
    const sent = Array.from({ length: 50 }, async (_item, index) => {
      const headers = {
        'x-forwarded-for': `10.0.${batch}.${index}, 10.1.1.${index}`,
        'X-Real-IP': `10.2.${batch}.${index}`,
        forwarded: `for=10.3.${batch}.${index}`,
        'user-agent': `agent ${batch} ${index}`,
      }
      const response = await ask({ ...question, stream: false, n: 9 }, { token, headers })
      await response.text()
      return response.status
    })
    statuses.push(...(await Promise.all(sent)))
  }
  // `n: 9` is refused after it was counted, so that no reply is open at once with another.
  expect(statuses.filter((status) => status === 400)).toHaveLength(20)
  expect(statuses.filter((status) => status === 429)).toHaveLength(980)
})

test('counts an address over all of its visitors', async () => {
  const { url } = await startRelay({ limits: { requestsPerMinutePerAddress: 5 } })
  const seen: unknown[] = []
  for (let index = 0; index < 8; index++) {
    const headers = { origin: pageOrigin, 'x-forwarded-for': `10.0.0.${index}` }
    const response = await fetch(`${url}/session`, { method: 'POST', headers })
    seen.push([response.status, Number(response.headers.get('retry-after')) > 0])
  }
  const admitted = Array.from({ length: 5 }, () => [200, false])
  expect(seen).toEqual([...admitted, [429, true], [429, true], [429, true]])
})

test('tells visitors apart by a proxy the owner trusts', async () => {
  const { url } = await startRelay({
    trustedProxies: 1,
    limits: { requestsPerMinutePerAddress: 1 },
  })
  const mintFrom = async (forwarded: string) => {
    const headers = { origin: pageOrigin, 'x-forwarded-for': forwarded }
    return (await fetch(`${url}/session`, { method: 'POST', headers })).status
  }
  expect(await mintFrom('1.1.1.1')).toBe(200)
  expect(await mintFrom('2.2.2.2')).toBe(200)
  // What stands before the proxy's own entry is the client's word.
  expect(await mintFrom('9.9.9.9, 1.1.1.1')).toBe(429)
})

const withForwarded = (value?: string) =>
  new Request('http://relay.example/', value ? { headers: { 'x-forwarded-for': value } } : {})

test.each([
  [0, '8.8.8.8', '9.9.9.9'],
  [1, '8.8.8.8', '8.8.8.8'],
  [1, '1.1.1.1, 8.8.8.8', '8.8.8.8'],
  [2, '1.1.1.1, 8.8.8.8', '1.1.1.1'],
  [3, '1.1.1.1, 8.8.8.8', '1.1.1.1'],
  [1, undefined, '9.9.9.9'],
])('finds the client behind %i proxies in %s', (proxies, forwarded, expected) => {
  expect(clientAddress(withForwarded(forwarded), '9.9.9.9', proxies)).toBe(expected)
})

test.each([
  ['203.0.113.7', '203.0.113.7'],
  ['203.0.113.7:4711', '203.0.113.7'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  ['::FFFF:203.0.113.7', '203.0.113.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0DB8:0001:0002::9', '2001:db8:1:2::/64'],
  ['[2001:db8:1:2::9]:443', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
])('counts %s as %s', (address, key) => {
  expect(addressKey(address)).toBe(key)
})

test('says once that it cannot tell addresses apart', async () => {
  const { relay, logs } = await startRelay({})
  const ask = () =>
    relay.fetch(
      new Request('http://relay.example/api/chat/session', {
        method: 'POST',
        headers: { origin: pageOrigin },
      }),
    )
  expect([(await ask()).status, (await ask()).status]).toEqual([200, 200])
  expect(logs.filter(({ event }) => event === 'address-unknown')).toHaveLength(1)
})

test('admits nobody while a shared counter is down', async () => {
  const down = { consume: () => Promise.reject(new Error('ECONNREFUSED')) }
  const { ask } = await startRelay({ rateLimiters: { visitor: down } })
  const response = await ask(question)
  expect([response.status, await response.json()]).toMatchObject([
    503,
    { error: { code: 'overloaded' } },
  ])
})

test('holds two replies of a visitor open at once, and counts those of others apart', async () => {
  const upstream = await startUpstream((response) =>
    writeStream(response, smallStream.slice(0, 2), 'leave-open'),
  )
  const { ask, mint } = await startRelay({ upstream })
  const token = await mint()
  const [first, second] = await Promise.all([ask(question, { token }), ask(question, { token })])
  const third = await ask(question, { token })
  expect([first?.status, second?.status, third.status]).toEqual([200, 200, 429])
  expect(third.headers.get('retry-after')).toBe('2')
  expect((await ask(question)).status).toBe(200)
  await first?.body?.cancel()
  await until(() => upstream.abortedCount === 1)
  expect((await ask(question, { token })).status).toBe(200)
})

test('never passes the cap by one token, with 50 requests at once', async () => {
  const store = createMemoryBudget()
  const spending = createSpending({ budget: { tokens: 900 }, store, now: Date.now })
  // 10 bytes and 16 for the message, and 4 tokens of answer.
  const turn = {
    messages: [{ role: 'user', content: '0123456789' }],
    stream: true,
    maxTokens: 4,
    choices: 1,
  } as const
  const sent = Array.from({ length: 50 }, () => spending.reserve(turn, []))
  const results = await Promise.allSettled(sent)
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(30)
  expect(store.reserve(new Date().toISOString().slice(0, 10), 1, 900)).toBe(false)
})

test('refuses over HTTP what the day has no budget for, and asks nobody', async () => {
  const upstream = await startUpstream((response) =>
    writeStream(response, smallStream.slice(0, 2), 'leave-open'),
  )
  const { ask, mint } = await startRelay({
    upstream,
    // Five times the most that the question can cost.
    dailyBudget: { tokens: 5 * (22 + 16 + 100) },
    limits: { maxTokens: 100, concurrentReplies: 50 },
  })
  const token = await mint()
  const responses = await Promise.all(Array.from({ length: 50 }, () => ask(question, { token })))
  const refused = responses.filter(({ status }) => status === 429)
  expect([upstream.requests.length, refused.length]).toEqual([5, 45])
  expect(await refused.pop()?.text()).toContain('"code":"budget_exceeded","retryable":false')
  for (const response of responses) if (response.ok) await response.body?.cancel()
})

test('gives back what a reply did not use, and all of one that failed', async () => {
  let isBroken = false
  const upstream = await startUpstream((response, request) => {
    if (isBroken) response.writeHead(500).end()
    else answerWell(response, request)
  })
  // The answer costs 9 + 2 × 4 micros; the reservation is 38 + 2 × 1,024.
  const { ask, relay } = await startRelay({
    dailyBudget: { micros: 2_086 + 17, currency: 'USD' },
    provider: openai({ baseUrl: upstream.baseUrl, models: { fast: { model: 'm', price } } }),
  })
  const statusOf = async () => {
    const response = await ask(question)
    await response.text()
    return response.status
  }
  expect(await statusOf()).toBe(200)
  isBroken = true
  expect(await statusOf()).toBe(502)
  isBroken = false
  expect(await statusOf()).toBe(200)
  expect(await statusOf()).toBe(429)
  expect((await relay.ledger.summary()).costMicros).toEqual({ USD: 34 })
})

test('begins a new budget with a new day', () => {
  const store = createMemoryBudget()
  expect(store.reserve('2026-01-01', 10, 10)).toBe(true)
  expect(store.reserve('2026-01-01', 1, 10)).toBe(false)
  expect(store.reserve('2026-01-02', 10, 10)).toBe(true)
  // What the old day gives back is not the new one's.
  void store.settle('2026-01-01', 10, 0)
  expect(store.reserve('2026-01-02', 1, 10)).toBe(false)
})

test('answers one question asked twice with one idempotency key once', async () => {
  let release = () => {}
  const upstream = await startUpstream((response) => {
    writeStream(response, smallStream.slice(0, 2), 'leave-open')
    release = () => response.end(smallStream.slice(2).join(''))
  })
  let offsetMs = 0
  const { ask, mint } = await startRelay({ upstream, now: () => Date.now() + offsetMs })
  const token = await mint()
  const headers = { 'idempotency-key': 'turn-1' }
  const first = await ask(question, { token, headers })
  const during = await ask(question, { token, headers })
  release()
  await first.text()
  const after = await ask(question, { token, headers })
  expect([first.status, during.status, after.status]).toEqual([200, 409, 409])
  expect(await during.json()).toMatchObject({ error: { code: 'invalid_request', retryable: true } })
  expect(await after.json()).toMatchObject({ error: { code: 'invalid_request', retryable: false } })
  expect(upstream.requests).toHaveLength(1)
  // Another visitor's key is another key, and after ten minutes it is forgotten.
  expect((await ask(question, { headers })).status).toBe(200)
  offsetMs = 10 * 60 * 1000 + 1
  expect((await ask(question, { token: await mint(), headers })).status).toBe(200)
  expect((await ask(question, { token, headers })).status).not.toBe(409)
})

test('lets a question that failed before its first word be asked again with its key', async () => {
  let isBroken = true
  const upstream = await startUpstream((response, request) => {
    if (isBroken) response.writeHead(500).end()
    else answerWell(response, request)
  })
  const { ask, mint } = await startRelay({ upstream })
  const token = await mint()
  const headers = { 'idempotency-key': 'turn-1' }
  expect((await ask(question, { token, headers })).status).toBe(502)
  isBroken = false
  expect((await ask(question, { token, headers })).status).toBe(200)
})

test('takes no question any more once it is closed, and ends those it has', async () => {
  const upstream = await startUpstream((response) =>
    writeStream(response, smallStream.slice(0, 2), 'leave-open'),
  )
  const { ask, mint, relay } = await startRelay({ upstream })
  const token = await mint()
  const response = await ask(question, { token })
  relay.close()
  expect(await response.text()).toContain('"code":"overloaded"')
  expect((await ask(question, { token })).status).toBe(503)
  await until(() => upstream.abortedCount === 1)
})

test('counts in the ledger what was reported, and estimates what was not', async () => {
  const upstream = await startUpstream((response) =>
    writeStream(response, [...smallStream.slice(0, 4), 'data: [DONE]\n\n']),
  )
  const provider = openai({ baseUrl: upstream.baseUrl, models: { fast: { model: 'm', price } } })
  const { ask, relay } = await startRelay({ provider })
  await (await ask({ ...question, conversation_id: 'c-1' })).text()
  expect(await relay.ledger.entries({ conversationId: 'c-1' })).toMatchObject([
    {
      outcome: 'complete',
      usageSource: 'estimated',
      usage: { inputTokens: 6, outputTokens: 4 },
      cost: { micros: 14, currency: 'USD', source: 'estimated' },
    },
  ])
  expect(await relay.ledger.entries({ conversationId: 'c-2' })).toEqual([])
})

test('tells the browser what a reply cost', async () => {
  const upstream = await startUpstream(answerWell)
  const provider = openai({ baseUrl: upstream.baseUrl, models: { fast: { model: 'm', price } } })
  const { ask } = await startRelay({ provider })
  expect(await (await ask(question)).text()).toContain(
    '"cost":0.000017,"currency":"USD","cost_source":"estimated"',
  )
})

const good = {
  provider: openai({ baseUrl: 'http://127.0.0.1:9/v1', models: { fast: 'm' } }),
  secret: 'x'.repeat(32),
  origins: [pageOrigin],
}

test.each([
  ['no provider', { provider: [] }, 'provider'],
  ['no secret', { secret: '' }, 'secret'],
  ['no list of secrets', { secret: [] }, 'secret'],
  ['a secret of 31 bytes', { secret: 'x'.repeat(31) }, '31 bytes'],
  ['a short second secret', { secret: ['x'.repeat(32), 'short'] }, 'secret'],
  ['no origin', { origins: [] }, 'origins'],
  ['a text for a list of origins', { origins: pageOrigin }, 'is not a list'],
  ['every origin', { origins: ['*'] }, 'origins'],
  ['the origin null', { origins: ['null'] }, 'origins'],
  ['an origin with a path', { origins: ['https://shop.example/'] }, 'origins'],
  ['an origin without a scheme', { origins: ['shop.example'] }, 'origins'],
  ['an origin with a default port', { origins: ['https://shop.example:443'] }, 'origins'],
  ['a relative base path', { basePath: 'api/chat' }, 'basePath'],
  ['a base path with a slash at its end', { basePath: '/api/' }, 'basePath'],
  ['a key in the base path', { basePath: '/sk-abcdefghijklmnop1234' }, 'secret key'],
  ['a limit of nothing', { limits: { maxTokens: 0 } }, 'maxTokens'],
  ['a limit that is no number', { limits: { totalMs: Number.NaN } }, 'totalMs'],
  ['no limit at all', { limits: { bodyBytes: Infinity } }, 'bodyBytes'],
  ['a limit nobody knows', { limits: { maxToken: 5 } }, 'maxToken'],
  ['an option nobody knows', { dailybudget: { tokens: 5 } }, '`dailybudget` is no option'],
  ['tokens that live an hour', { limits: { tokenLifetimeMs: 3_600_000 } }, 'tokenLifetimeMs'],
  ['half a proxy', { trustedProxies: 0.5 }, 'trustedProxies'],
  ['tries without end', { retry: { attempts: Infinity } }, 'attempts'],
  ['a budget of nothing', { dailyBudget: { tokens: 0 } }, 'dailyBudget'],
  ['a budget of money without prices', { dailyBudget: { micros: 1, currency: 'USD' } }, 'price'],
])('refuses to start with %s, and says how to mend it', (_name, wrong, word) => {
  const start = () => createRelay({ ...good, ...wrong } as Parameters<typeof createRelay>[0])
  expect(start).toThrow(TypeError)
  expect(start).toThrow(word)
  expect(start).toThrow('To fix it')
})

test.each([
  ['sk-abcdefghijklmnop1234', 'm'],
  ['gsk_abcdefghijklmnop1234', 'm'],
  ['AIzaSyA0123456789abcdefghijklmnopqrstuv', 'm'],
])('refuses to start with a key for a model’s name', (name, model) => {
  const provider = openai({ baseUrl: 'http://127.0.0.1:9', models: { [name]: model } })
  expect(() => createRelay({ ...good, provider })).toThrow('secret key')
})

test.each([
  { baseUrl: 'ftp://x.example' },
  { baseUrl: 'x.example' },
  { baseUrl: 'https://user:pass@x.example' },
  { baseUrl: 'https://x.example/?key=1' },
  { apiKey: '' },
  { apiKey: 'fast' },
])('refuses a provider with %o', (wrong) => {
  const make = () => openai({ baseUrl: 'https://x.example', models: { fast: 'm' }, ...wrong })
  expect(make).toThrow(TypeError)
})
