import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as mppx from 'mppx/client'
import { Mppx, Request as MppxRequest, Store, tempo } from 'mppx/server'
import { expect, it, onTestFinished } from 'vitest'
import { pageOrigin, startRelay } from '../../../packages/server/src/fixtures/startRelay.ts'
import {
  createPayingFetch,
  type PayingFetchOptions,
  type PaymentRecord,
} from '../../../packages/server/src/payments.ts'
import { talk } from '../../../packages/server/src/providers/fixtures/providerSuite.ts'
import { routed } from '../../../packages/server/src/providers/routed.ts'
import { startProcess } from '../../../packages/server/src/fixtures/startProcess.ts'
import type { PaidAnswer, PayingProcess } from './payingProcess.ts'
import { createStubChain } from './stubChain.ts'

// Keys of the tests: they hold nothing.
const payerKey = `0x${'11'.repeat(32)}` as const
const payeeKey = `0x${'22'.repeat(32)}` as const
const tokenAddress = '0x20c0000000000000000000000000000000000000'

const chunk = (content: string) =>
  JSON.stringify({
    id: 'chatcmpl-abc123',
    choices: [{ delta: { content }, index: 0, finish_reason: null }],
  })
const words = Array.from({ length: 12 }, (_, at) => ` w${at}`)

interface PlatformOptions {
  /** Sends its payment events exactly as the document shows them. */
  readonly thin?: boolean
  /** Sends no receipt at the end. */
  readonly loses?: boolean
  /** Caps that need the receiver's address. */
  readonly toCaps?: (payee: string) => Partial<PayingFetchOptions>
  /** Wait before each word, in milliseconds. */
  readonly paceMs?: number
}

async function startPlatform(options: PlatformOptions = {}) {
  const chain = createStubChain()
  const { account: payee, client } = chain.clientOf(payeeKey)
  const payments = Mppx.create({
    secretKey: 'a secret of the tests, long enough to sign',
    realm: 'api',
    methods: [
      tempo.session({
        account: payee,
        getClient: () => client,
        currency: tokenAddress,
        recipient: payee.address,
        decimals: 6,
        store: Store.memory(),
        sse: { poll: 5 } as never,
      } as never),
    ],
  } as never) as unknown as {
    session(
      o: object,
    ): (
      r: Request,
    ) => Promise<{ status: number; challenge: Response; withReceipt(x?: unknown): Response }>
  }

  const seen: { paid: boolean; hasBody: boolean }[] = []
  const server = createServer((incoming, response) => void answer(incoming, response))
  async function answer(incoming: IncomingMessage, response: ServerResponse) {
    if (incoming.url === '/rpc') return answerChain(incoming, response)
    const request = MppxRequest.fromNodeListener(incoming, response)
    const text = await request.clone().text()
    seen.push({
      paid: request.headers.get('authorization')?.startsWith('Payment') ?? false,
      hasBody: text !== '',
    })
    const body = text ? (JSON.parse(text) as { stream?: boolean }) : {}
    const isStream = body.stream !== false
    const result = await payments.session({
      amount: '0.000025',
      unitType: 'token',
      suggestedDeposit: '0.0001',
    })(request)
    if (result.status === 402) return write(response, result.challenge, options)
    if (!isStream && text) {
      const answerBody = {
        id: 'chatcmpl-abc',
        object: 'chat.completion',
        choices: [
          { index: 0, message: { role: 'assistant', content: 'Hello!' }, finish_reason: 'stop' },
        ],
        usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
      }
      return write(response, result.withReceipt(Response.json(answerBody)), options)
    }
    async function* generate(stream: { charge(): Promise<void> }) {
      for (const word of words) {
        await stream.charge()
        if (options.paceMs) await new Promise((resolve) => setTimeout(resolve, options.paceMs))
        yield chunk(word)
      }
      yield JSON.stringify({
        id: 'chatcmpl-abc123',
        choices: [{ delta: {}, index: 0, finish_reason: 'stop' }],
        usage: { prompt_tokens: 10, completion_tokens: 12, total_tokens: 22 },
      })
      yield '[DONE]'
    }
    return write(response, result.withReceipt(text ? generate : undefined), options)
  }
  /** The chain, for a payer in another process. */
  async function answerChain(incoming: IncomingMessage, response: ServerResponse) {
    let text = ''
    for await (const piece of incoming) text += String(piece)
    const { id, ...call } = JSON.parse(text) as { id: number; method: string }
    const answer = await chain.request(call).then(
      (result) => ({ result }),
      ({ code, message }: Error & { code?: number }) => ({ error: { code, message } }),
    )
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ jsonrpc: '2.0', id, ...answer }))
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const { port } = server.address() as AddressInfo
  return { chain, host: `127.0.0.1:${port}`, payee: payee.address, seen }
}

async function write(response: ServerResponse, answer: Response, { thin, loses }: PlatformOptions) {
  response.writeHead(answer.status, Object.fromEntries(answer.headers))
  if (answer.body) {
    const decoder = new TextDecoder()
    for await (const bytes of answer.body) {
      let text = decoder.decode(bytes as Uint8Array, { stream: true })
      if (thin) text = toDocumentEvents(text)
      if (loses) text = text.replace(/event: payment-receipt\ndata: .*\n\n/, '')
      if (!response.write(text)) await new Promise((resolve) => response.once('drain', resolve))
    }
  }
  response.end()
}

/** The events exactly as the document shows them: a request for a voucher without `deposit`, a receipt of four fields. */
function toDocumentEvents(text: string): string {
  return text.replace(/event: (payment-[\w-]+)\ndata: (.*)/g, (_, name: string, data: string) => {
    const told = JSON.parse(data) as Record<string, unknown>
    const {
      channelId,
      requiredCumulative,
      acceptedCumulative,
      challengeId,
      method,
      reference,
      status,
    } = told
    const thin =
      name === 'payment-receipt'
        ? { challengeId, method, reference, status }
        : { channelId, requiredCumulative, acceptedCumulative }
    return `event: ${name}\ndata: ${JSON.stringify(thin)}`
  })
}

async function start(
  options: PlatformOptions & Partial<PayingFetchOptions> = {},
  relayOptions: Parameters<typeof startRelay>[0] = {},
) {
  const platform = await startPlatform(options)
  const { account, client } = platform.chain.clientOf(payerKey)
  const values = new Map<string, string>()
  const records: PaymentRecord[] = []
  const pay = createPayingFetch({
    mppx,
    account,
    getClient: () => client,
    store: {
      get: (key) => values.get(key),
      set: (key, value) => void values.set(key, value),
      delete: (key) => void values.delete(key),
    },
    maxDeposit: '0.01',
    maxPerDay: '1',
    recipients: { [platform.payee]: '1' },
    hosts: [platform.host],
    ...options,
    ...options.toCaps?.(platform.payee),
    onPayment: (record) => {
      records.push(record)
      options.onPayment?.(record)
    },
  })
  const relay = await startRelay({
    provider: routed({
      baseUrl: `http://${platform.host}/v1`,
      models: { small: 'qwen/qwen3.5-9b' },
      fetch: pay,
    }),
    limits: { concurrentReplies: 50 },
    ...relayOptions,
  })
  return { ...platform, relay, records, values, ask: (more = {}) => talk(relay, 'Hello', more) }
}

const channelsOf = (records: readonly PaymentRecord[]) =>
  new Set(
    records.flatMap((record) =>
      record.type === 'payment' && record.action === 'open' ? [record.channelId] : [],
    ),
  )

it.each([false, true])(
  'pays for a stream from challenge to receipt (events as in the document: %s)',
  async (thin) => {
    const { ask, records, seen, relay, chain } = await start({ thin })
    const told = await ask()
    expect(told.text).toBe(words.join(''))
    expect(told.ends).toEqual(['reply-end'])
    expect(records.filter(({ type }) => type === 'need-voucher').length).toBeGreaterThan(0)
    expect(told.raw).not.toContain('payment-need-voucher')
    expect(told.events.filter(({ type }) => type === 'named-event')).toEqual([
      {
        type: 'named-event',
        name: 'payment-receipt',
        data: expect.objectContaining({ method: 'tempo', status: 'success' }),
      },
    ])
    // One challenge, one paid request with content; all else are vouchers.
    expect(seen.filter(({ hasBody }) => hasBody).map(({ paid }) => paid)).toEqual([false, true])
    expect(chain.transactionCount()).toBeGreaterThanOrEqual(1)
    expect(await relay.relay.ledger.entries()).toMatchObject([
      {
        outcome: 'complete',
        usage: { inputTokens: 10, outputTokens: 12 },
        receipt: { method: 'tempo', status: 'success' },
      },
    ])
  },
)

/** Twelve words at 25 units, which are micros of a dollar. */
const priceOfWords = { micros: 300, currency: 'USD', source: 'reported' }

it('tells the price of each answer to the reader and the ledger', async () => {
  const { ask, relay } = await start()
  for (let times = 0; times < 2; times++) {
    const { events } = await ask()
    expect(events.findLast(({ type }) => type === 'usage')).toMatchObject({ cost: priceOfWords })
  }
  const costs = (await relay.relay.ledger.entries()).map(({ cost }) => cost)
  expect(costs).toEqual([priceOfWords, priceOfWords])
  expect((await relay.relay.ledger.summary()).costMicros).toEqual({ USD: 600 })
})

it('answers each request for a voucher within a second of the 60 there are', async () => {
  const asked = new Map<string, number>()
  const waits: number[] = []
  const { ask } = await start({
    thin: true,
    headroomSteps: 0,
    onPayment: (record) => {
      if (record.type === 'need-voucher') asked.set(record.channelId.toLowerCase(), Date.now())
      if (record.type !== 'payment' || record.action !== 'voucher') return
      const askedAtMs = asked.get(record.channelId ?? '')
      if (askedAtMs !== undefined) waits.push(Date.now() - askedAtMs)
    },
  })
  expect((await ask()).ends).toEqual(['reply-end'])
  expect(waits.length).toBeGreaterThan(3)
  expect(Math.max(...waits)).toBeLessThan(1_000)
})

it('uses its channel again', async () => {
  const { ask, records } = await start()
  for (let times = 0; times < 3; times++) expect((await ask()).ends).toEqual(['reply-end'])
  expect(channelsOf(records).size).toBe(1)
})

it('pays for a whole answer, with the receipt from its header', async () => {
  const { ask, records, seen, relay } = await start()
  const told = await ask({ stream: false })
  expect(told.text).toBe('Hello!')
  expect(seen.filter(({ hasBody, paid }) => hasBody && paid)).toHaveLength(1)
  expect(records).toContainEqual(expect.objectContaining({ type: 'receipt', source: 'header' }))
  const price = { micros: 25, currency: 'USD', source: 'reported' }
  expect(told.events.findLast(({ type }) => type === 'usage')).toMatchObject({ cost: price })
  expect(await relay.relay.ledger.entries()).toMatchObject([
    { cost: price, receipt: { method: 'tempo', status: 'success', amount: '25' } },
  ])
})

it('streams 20 answers at once over at most 20 channels, and leaks no payment event', async () => {
  const { ask, records } = await start()
  const all = await Promise.all(Array.from({ length: 20 }, () => ask()))
  for (const told of all) {
    expect(told.text).toBe(words.join(''))
    expect(told.ends).toEqual(['reply-end'])
    expect(told.raw).not.toContain('need-voucher')
  }
  expect(channelsOf(records).size).toBeLessThanOrEqual(20)
  await ask()
  expect(channelsOf(records).size).toBeLessThanOrEqual(20)
})

it('ends cleanly at the cap of a channel, of a day and of a receiver', async () => {
  for (const toCaps of [
    () => ({ maxDeposit: '0.0002' }),
    () => ({ maxPerDay: '0.0002' }),
    (payee: string) => ({ recipients: { [payee]: '0.0002' } }),
  ]) {
    const { ask, seen } = await start({ toCaps, headroomSteps: 0 })
    const told = await ask()
    expect(told.ends).toEqual(['reply-error'])
    expect(told.errorCode).toBe('budget_exceeded')
    expect(words.join('').startsWith(told.text)).toBe(true)
    expect(told.text.length).toBeGreaterThan(0)
    expect(seen.filter(({ hasBody, paid }) => hasBody && paid)).toHaveLength(1)
  }
})

it('pays no stranger, and over no other host', async () => {
  const { ask, seen } = await start({
    recipients: { '0x000000000000000000000000000000000000dEaD': '1' },
  })
  expect((await ask()).errorCode).toBe('provider_error')
  expect(seen.filter(({ paid }) => paid)).toEqual([])
  const other = await start({ hosts: ['api.other.example'] })
  expect((await other.ask()).ends).toEqual(['reply-error'])
  expect(other.seen).toEqual([])
})

it('never pays twice, when the platform fails after it was paid', async () => {
  const { ask, seen } = await start({
    fetch: async (input, init) => {
      const response = await fetch(input, init)
      const isPaid = new Headers(init?.headers).get('authorization')?.startsWith('Payment')
      if (!isPaid || !init?.body) return response
      await response.body?.cancel()
      return new Response('', { status: 502 })
    },
  })
  const told = await ask()
  expect(told.ends).toEqual(['reply-error'])
  expect(seen.filter(({ paid, hasBody }) => paid && hasBody)).toHaveLength(1)
})

it('reconciles a receipt that was lost, from the last one of a voucher', async () => {
  const { ask, records, relay } = await start({ loses: true })
  const told = await ask()
  expect(told.text).toBe(words.join(''))
  expect(records.at(-1)).toMatchObject({ type: 'receipt', source: 'reconciled' })
  expect(told.raw).toContain('event: payment-receipt')
  expect(await relay.relay.ledger.entries()).toMatchObject([{ receipt: { status: 'success' } }])
})

it('tops a channel up when its deposit is used, and sends no voucher after the visitor left', async () => {
  const { records, relay, ask } = await start()
  await ask()
  expect(records).toContainEqual(expect.objectContaining({ type: 'payment', action: 'topUp' }))
  const leave = new AbortController()
  const response = await relay.ask(
    { stream: true, messages: [{ role: 'user', content: 'a' }] },
    { signal: leave.signal },
  )
  const before = records.length
  await response.body?.getReader().read()
  leave.abort()
  await new Promise((resolve) => setTimeout(resolve, 500))
  const afterLeaving = records.length
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  expect(records.length).toBe(afterLeaving)
  expect(records.length - before).toBeLessThan(12)
  // The channel is free again.
  expect((await ask()).ends).toEqual(['reply-end'])
  expect(channelsOf(records).size).toBe(1)
})

it.each(['stopped', 'disconnected'] as const)(
  'books what an answer took that was %s, and the rest with the next one',
  async (ending) => {
    const { relay, ask, records } = await start({ paceMs: 50, headroomSteps: 0 })
    const token = await relay.mint()
    const leave = new AbortController()
    const response = await relay.ask(
      { stream: true, messages: [{ role: 'user', content: 'a' }] },
      { token, signal: leave.signal },
    )
    const reader = response.body!.getReader()
    let text = ''
    while (!text.includes('w3')) {
      text += new TextDecoder().decode((await reader.read()).value)
    }
    if (ending === 'stopped') {
      const id = response.headers.get('x-request-id')
      const headers = { origin: pageOrigin, authorization: `Bearer ${token}` }
      await fetch(`${relay.url}/v1/runs/${id}/stop`, { method: 'POST', headers })
      while (!(await reader.read()).done);
    } else leave.abort()
    const entriesOf = async () => [...(await relay.relay.ledger.entries())]
    await expect.poll(async () => (await entriesOf()).length).toBe(1)
    const [entry] = await entriesOf()
    expect(entry).toMatchObject({ outcome: ending, receipt: { status: 'success' } })
    expect(entry?.cost?.source).toBe('reported')
    expect(entry?.cost?.micros).toBeGreaterThanOrEqual(25)
    expect(entry?.cost?.micros).toBeLessThan(300)
    expect(records).toContainEqual(expect.objectContaining({ source: 'reconciled' }))
    // The channel rests a second before it is used again.
    await new Promise((resolve) => setTimeout(resolve, 1_100))
    expect((await ask()).ends).toEqual(['reply-end'])
    expect(channelsOf(records).size).toBe(1)
    const last = records.findLast((record) => record.type === 'receipt')
    const { costMicros } = await relay.relay.ledger.summary()
    expect(String(costMicros['USD'])).toBe(last?.receipt.spent)
  },
)

it('never pays twice for an answer that broke off before its first word, though the relay tries again', async () => {
  const { ask, seen } = await start(
    {
      fetch: async (input, init) => {
        const response = await fetch(input, init)
        const isPaid = new Headers(init?.headers).get('authorization')?.startsWith('Payment')
        if (!isPaid || !init?.body) return response
        await response.body?.cancel()
        return new Response('', { headers: { 'content-type': 'text/event-stream' } })
      },
    },
    { retry: { attempts: 2, baseMs: 1 } },
  )
  const told = await ask()
  expect(told.ends).toEqual(['reply-error'])
  expect(seen.filter(({ paid, hasBody }) => paid && hasBody)).toHaveLength(1)
})

it('goes on with its channel and its caps in the next process, after the one before was killed', async () => {
  const platform = await startPlatform({ thin: true })
  const folder = await mkdtemp(join(tmpdir(), 'payments-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const run = async (maxPerDay: string) => {
    const { host, payee } = platform
    const path = join(folder, 'channels.json')
    const paying = startProcess(join(import.meta.dirname, 'payingProcess.ts'), {
      key: payerKey,
      host,
      payee,
      path,
      maxPerDay,
    } satisfies PayingProcess)
    const answer = (await paying.read()) as PaidAnswer
    await paying.kill()
    return answer
  }
  const first = await run('1')
  expect(first.text).toContain(' w11')
  expect(channelsOf(first.records).size).toBe(1)
  const second = await run('1')
  expect(second.text).toContain(' w11')
  // No channel was opened: the one of the first process has gone on growing.
  expect(channelsOf(second.records).size).toBe(0)
  const sums = [...first.records, ...second.records].flatMap((record) =>
    record.type === 'payment' && record.cumulative ? [Number(record.cumulative)] : [],
  )
  expect(sums).toEqual(sums.toSorted((one, other) => one - other))
  // What the first two signed for counts against the day of the third.
  const third = await run('0.0007')
  expect(third.text).toContain('budget_exceeded')
})
