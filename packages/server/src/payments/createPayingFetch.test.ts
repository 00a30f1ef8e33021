import { expect, it } from 'vitest'
import { createPayingFetch, type PayingFetchOptions } from './createPayingFetch.ts'

/** A library that pays nothing: what is asked goes straight through. */
const library = {
  Fetch: { from: (config: never) => (config as { fetch: typeof fetch }).fetch },
  tempo: { session: () => ({}) },
  createJsonChannelStore: () => ({}),
}
const values = new Map<string, string>()
const options: PayingFetchOptions = {
  mppx: library,
  account: {},
  store: {
    get: (key) => values.get(key),
    set: (key, value) => void values.set(key, value),
    delete: (key) => void values.delete(key),
  },
  maxDeposit: '1',
  maxPerDay: '5',
  recipients: { '0xaa': '5' },
  hosts: ['api.example', 'localhost:1'],
}
const answerWith =
  (create: () => Response): typeof fetch =>
  async () =>
    create()

it('refuses options that cannot work, at the start', () => {
  expect(() => createPayingFetch({ ...options, maxDeposit: 'a lot' })).toThrow('`maxDeposit`')
  expect(() => createPayingFetch({ ...options, maxPerDay: '-1' })).toThrow('`maxPerDay`')
  expect(() => createPayingFetch({ ...options, recipients: {} })).toThrow('`recipients`')
  expect(() => createPayingFetch({ ...options, recipients: { '0xaa': 'x' } })).toThrow(
    '`recipients.0xaa`',
  )
  expect(() => createPayingFetch({ ...options, hosts: [] })).toThrow('`hosts`')
})

it('asks named hosts alone, and only over TLS unless on this machine', async () => {
  const pay = createPayingFetch({ ...options, fetch: answerWith(() => new Response('ok')) })
  await expect(pay('http://api.example/v1')).rejects.toMatchObject({ code: 'internal' })
  await expect(pay('https://evil.example/v1')).rejects.toMatchObject({ code: 'internal' })
  await expect(pay('https://api.example.evil.example/')).rejects.toMatchObject({ code: 'internal' })
  expect(await (await pay('https://api.example/v1')).text()).toBe('ok')
  expect(await (await pay('http://localhost:1/v1')).text()).toBe('ok')
})

it('gives a channel back when an answer ends, is left, or fails, and has no more than it may', async () => {
  let answer = () => new Response('ok')
  const pay = createPayingFetch({
    ...options,
    maxChannels: 1,
    fetch: (async () => answer()) as typeof fetch,
  })
  const first = await pay('https://api.example/v1')
  await expect(pay('https://api.example/v1')).rejects.toMatchObject({
    code: 'overloaded',
    retryable: true,
  })
  await first.text()
  const second = await pay('https://api.example/v1')
  await second.body?.cancel()
  answer = () => {
    throw new TypeError('fetch failed')
  }
  await expect(pay('https://api.example/v1')).rejects.toThrow('fetch failed')
  answer = () => new Response(null, { status: 204 })
  expect((await pay('https://api.example/v1')).status).toBe(204)
  expect((await pay('https://api.example/v1')).status).toBe(204)
})

it('does not send a payment that it cannot read', async () => {
  let sent = 0
  const pay = createPayingFetch({
    ...options,
    fetch: (async () => {
      sent += 1
      return new Response('ok')
    }) as typeof fetch,
  })
  const ask = (authorization: string) =>
    pay('https://api.example/v1', { method: 'POST', body: '{}', headers: { authorization } })
  await expect(ask('Payment bm90IGpzb24')).rejects.toMatchObject({
    code: 'payment_required',
    retryable: false,
  })
  const stranger = Buffer.from(
    JSON.stringify({
      challenge: { request: { recipient: '0xee' } },
      payload: { action: 'open', channelId: '0x1', cumulativeAmount: '1' },
    }),
  )
  await expect(ask(`Payment ${stranger.toString('base64url')}`)).rejects.toMatchObject({
    code: 'payment_required',
  })
  expect(sent).toBe(0)
})

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const payment = `Payment ${encode({
  challenge: { request: encode({ recipient: '0xAA' }) },
  payload: { action: 'open', channelId: '0xC1', cumulativeAmount: '1' },
})}`
const receiptOf = (spent: string) => ({
  challengeId: 'ch_01',
  method: 'tempo',
  reference: '0x9f1c',
  status: 'success',
  channelId: '0xC1',
  spent,
})
const ask = (pay: typeof fetch, key: string) =>
  pay('https://api.example/v1', {
    method: 'POST',
    body: '{}',
    headers: { authorization: payment, 'idempotency-key': key },
  })

it('pays for one key once, whatever became of the first payment', async () => {
  for (const answer of [
    () => new Response('', { status: 502 }),
    () => new Response('', { headers: { 'content-type': 'text/event-stream' } }),
    () => {
      throw new TypeError('fetch failed')
    },
  ]) {
    let sent = 0
    const pay = createPayingFetch({
      ...options,
      fetch: (async () => {
        sent += 1
        return answer()
      }) as typeof fetch,
    })
    await ask(pay, 'one').then(
      (response) => response.text(),
      () => {},
    )
    await expect(ask(pay, 'one')).rejects.toMatchObject({
      code: 'payment_required',
      retryable: false,
    })
    expect(sent).toBe(1)
    await ask(pay, 'two').catch(() => {})
    expect(sent).toBe(2)
  }
})

it('tells the price of a whole answer, by what its receipt adds to the one before', async () => {
  values.clear()
  let spent = 75
  const pay = createPayingFetch({
    ...options,
    fetch: answerWith(() =>
      Response.json(
        { id: 'a', usage: { prompt_tokens: 1 } },
        { headers: { 'payment-receipt': encode(receiptOf(String(spent))) } },
      ),
    ),
  })
  const small = { challengeId: 'ch_01', method: 'tempo', reference: '0x9f1c', status: 'success' }
  for (const [key, cost] of [
    ['one', 0.000075],
    ['two', 0.000025],
  ] as const) {
    expect(await (await ask(pay, key)).json()).toEqual({
      id: 'a',
      usage: { prompt_tokens: 1 },
      cost,
    })
    const amount = BigInt(Math.round(cost * 1e6))
    expect(await pay.paidFor(key)).toEqual({
      receipt: { ...small, amount: String(amount) },
      amount,
    })
    spent += 25
  }
  expect(await pay.paidFor('three')).toBeUndefined()
})

it('leaves a whole answer as it is when it is no JSON, or has no receipt', async () => {
  for (const [body, headers] of [
    ['<html>', { 'payment-receipt': encode(receiptOf('1')) }],
    ['{"id":"a"}', {}],
    ['{"id":"a"}', { 'payment-receipt': '%%%' }],
  ] as const) {
    const pay = createPayingFetch({
      ...options,
      fetch: answerWith(() => new Response(body, { headers })),
    })
    expect(await (await ask(pay, 'one')).text()).toBe(body)
  }
})

it('lets a channel rest whose answer was cut off, and frees it though nobody reads on', async () => {
  const pay = createPayingFetch({
    ...options,
    maxChannels: 1,
    fetch: answerWith(() => {
      const endless = new ReadableStream({
        pull: (controller) => controller.enqueue(new Uint8Array(9)),
      })
      return new Response(endless, { status: 404 })
    }),
  })
  const leave = new AbortController()
  await pay('https://api.example/v1', {
    method: 'POST',
    body: '{}',
    headers: { authorization: payment },
    signal: leave.signal,
  })
  leave.abort()
  await expect(ask(pay, 'two')).rejects.toMatchObject({ code: 'overloaded' })
  await new Promise((resolve) => setTimeout(resolve, 1_100))
  expect((await ask(pay, 'two')).status).toBe(404)
})
