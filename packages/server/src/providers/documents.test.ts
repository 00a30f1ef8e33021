import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ChatErrorCode } from '@parlance/core'
import { describe, expect, it } from 'vitest'
import { startRelay, startUpstream, type UpstreamRequest } from '../fixtures/startRelay.ts'
import type { HttpProvider } from '../provider.ts'
import type { RelayOptions } from '../relayOptions.ts'
import { aiapi } from './aiapi.ts'
import { aimo } from './aimo.ts'
import { chipipay } from './chipipay.ts'
import { chipp } from './chipp.ts'
import { documentExamples } from './fixtures/documentExamples.ts'
import { talk } from './fixtures/providerSuite.ts'
import { routed } from './routed.ts'
import { createEvmSigner, createSolanaSigner } from './siwx.ts'

// Every example of the documents, letter by letter, through the relay and over HTTP.

const specs = join(import.meta.dirname, '../../../../../shared/specs')

describe.skipIf(!existsSync(specs))('the examples', () => {
  it.each(Object.entries(documentExamples))(
    'are those of the document of %s, and all of them',
    (_name, { file, examples }) => {
      let rest = readFileSync(join(specs, file), 'utf8')
      for (const example of Object.values(examples)) {
        expect(rest).toContain(example)
        rest = rest.replaceAll(example, '')
      }
      // What is left with a brace is code that calls the service.
      const left = rest.split('\n').filter((line) => /[{[]"|\{|data: /.test(line))
      expect(left.filter((line) => !/\bawait\b/.test(line))).toEqual([])
    },
  )
})

/** A relay before a provider that answers each request with one body. */
async function serve(
  createProvider: (baseUrl: string) => HttpProvider,
  body: string,
  {
    status = 200,
    type = body.startsWith('data: ') ? 'text/event-stream' : 'application/json',
    ...options
  }: { status?: number; type?: string } & Partial<RelayOptions> = {},
) {
  const upstream = await startUpstream((response) => {
    response.writeHead(status, { 'content-type': type })
    response.end(body)
  })
  const relay = await startRelay({ provider: createProvider(upstream.baseUrl), ...options })
  return { relay, upstream }
}

const bodyOf = (request: UpstreamRequest | undefined) =>
  JSON.parse(request?.body ?? '{}') as Record<string, unknown>

/** Lines of a stream as the events they are: a document shows them one newline apart, or a space. */
const toStream = (...lines: readonly string[]) =>
  `${lines.join('\n')}\n`.replaceAll(/(data: .*?)(?:\n| (?=data: ))/g, '$1\n\n')

/** Asks, and expects the owner to be told `logged` and the visitor nothing of the provider's words. */
async function expectFailure(
  createProvider: (baseUrl: string) => HttpProvider,
  body: string,
  status: number,
  logged: ChatErrorCode,
) {
  const { relay } = await serve(createProvider, body, { status })
  for (const stream of [true, false]) {
    const told = await talk(relay, 'Hello', { stream })
    expect(told.ends).toEqual(['reply-error'])
    expect(told.errorCode).toBe('provider_error')
    for (const word of body.match(/[A-Za-z` ]{9,}/g) ?? []) expect(told.raw).not.toContain(word)
    expect(relay.logs).toContainEqual(
      expect.objectContaining({
        event: 'provider-refused',
        code: logged,
        status,
        // Where it was asked: an address with a part too few is answered with 404 and no word.
        detail: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/\S+: /),
      }),
    )
  }
}

describe('ChipiPay', () => {
  const { request, streamRequest, delta, completion, error } = documentExamples.chipipay.examples
  const create = (baseUrl: string) =>
    chipipay({
      apiKey: 'sk_prod_YOUR_KEY',
      models: { haiku: { model: 'haiku', maxTokens: 256 } },
      baseUrl,
    })

  it('is asked as its document asks', async () => {
    const { relay, upstream } = await serve(create, '{"text":"a"}', {
      status: 201,
      system: 'You are a helpful assistant.',
    })
    await talk(relay, 'What is USDC?', { stream: false })
    expect(upstream.requests[0]).toMatchObject({ method: 'POST', url: '/v1/ai/chat' })
    expect(upstream.requests[0]?.headers).toMatchObject({
      authorization: 'Bearer sk_prod_YOUR_KEY',
      'content-type': 'application/json',
    })
    expect(bodyOf(upstream.requests[0])).toEqual(JSON.parse(request))
  })

  it('streams as its document shows', async () => {
    // In place of the dots: the fields of the response's table.
    const done = completion
      .replace('{...}', '{"inputTokens":12,"outputTokens":34,"totalTokens":46}')
      .replace('{...}', '{"charged":0.0001886,"currency":"USD"}')
    const { relay, upstream } = await serve(create, toStream(delta, done))
    const told = await talk(relay, 'Tell me a short joke')
    expect(told).toMatchObject({ text: 'token', ends: ['reply-end'] })
    expect(upstream.requests[0]?.url).toBe('/v1/ai/chat/stream')
    expect(bodyOf(upstream.requests[0])).toEqual({
      ...(JSON.parse(streamRequest) as object),
      max_tokens: 256,
    })
    expect(await relay.relay.ledger.entries()).toMatchObject([
      {
        usage: { inputTokens: 12, outputTokens: 34, totalTokens: 46 },
        usageSource: 'reported',
        cost: { micros: 189, currency: 'USD', source: 'reported' },
      },
    ])
    // The dots as they stand are no JSON, and no end.
    const dotted = await serve(create, toStream(delta, completion))
    expect((await talk(dotted.relay, 'a')).errorCode).toBe('truncated')
  })

  it('fails within a stream as its document shows', async () => {
    const { relay } = await serve(create, toStream(delta, error))
    const told = await talk(relay, 'Hi')
    expect(told).toMatchObject({ text: 'token', errorCode: 'provider_error' })
    expect(told.raw).not.toContain('"message":"message"')
  })
})

describe('Chipp', () => {
  const { answer, ...examples } = documentExamples.chipp.examples
  const create = (baseUrl: string) =>
    chipp({ apiKey: 'YOUR_API_KEY', models: { app: 'myapp-123' }, baseUrl })

  it('is asked with the fields of its document, and answers as it shows', async () => {
    const { relay, upstream } = await serve(create, answer)
    const told = await talk(relay, 'Hello', { stream: false })
    expect(told).toMatchObject({ text: 'Response text', ends: ['reply-end'] })
    expect(told.raw).not.toContain('550e8400')
    expect(await relay.relay.ledger.entries()).toMatchObject([
      { usage: { inputTokens: 10, outputTokens: 15, totalTokens: 25 }, usageSource: 'reported' },
    ])
    const shape = [...examples.requestShape.matchAll(/^ {2}(\w+)\??:/gm)].map(([, name]) => name)
    const asked = Object.keys(bodyOf(upstream.requests[0]))
    expect(asked.every((name) => shape.includes(name))).toBe(true)
    expect(upstream.requests[0]?.headers).toMatchObject({
      authorization: 'Bearer YOUR_API_KEY',
      'content-type': 'application/json',
      'x-correlation-id': expect.stringMatching(/^reply_/),
    })
  })

  it.each([
    ['errorShape', 400, 'invalid_request'],
    ['noModel', 400, 'invalid_request'],
    ['noMessages', 400, 'invalid_request'],
    ['noKey', 401, 'unauthorized'],
    ['wrongKey', 401, 'unauthorized'],
    ['noPlan', 401, 'payment_required'],
    ['noApp', 404, 'not_found'],
    ['serverError', 500, 'provider_error'],
  ] as const)('fails with %s as its document shows (%i)', (name, status, logged) =>
    expectFailure(create, examples[name], status, logged),
  )

  it('tells the owner in the log that the plan is the reason, not the key', async () => {
    const { relay } = await serve(create, examples.noPlan, { status: 401 })
    await talk(relay, 'Hello')
    expect(relay.logs).toContainEqual(
      expect.objectContaining({
        code: 'payment_required',
        detail: expect.stringContaining('only available on a paid plan'),
      }),
    )
  })
})

describe('Routed inference', () => {
  const { stream, needVoucher, receipt, request, answer } = documentExamples.routed.examples
  const create = (baseUrl: string) =>
    routed({ apiKey: 'YOUR_API_KEY', models: { small: 'qwen/qwen3.5-9b' }, baseUrl })

  it('is asked as its document asks, and answers as it shows', async () => {
    const { relay, upstream } = await serve(create, answer)
    const told = await talk(relay, 'Hello', { stream: false })
    expect(told).toMatchObject({ text: 'Hello!', ends: ['reply-end'] })
    expect(bodyOf(upstream.requests[0])).toMatchObject(JSON.parse(request) as object)
    expect(await relay.relay.ledger.entries()).toMatchObject([
      { usage: { inputTokens: 10, outputTokens: 5, totalTokens: 15 } },
    ])
  })

  it('streams as its document shows', async () => {
    const { relay } = await serve(create, toStream(stream))
    const told = await talk(relay, 'Hello')
    expect(told).toMatchObject({ text: 'Hello', ends: ['reply-end'] })
    expect(await relay.relay.ledger.entries()).toMatchObject([
      { usage: { inputTokens: 10, outputTokens: 2, totalTokens: 12 } },
    ])
  })

  it('streams the events of payments as its document shows, and only the receipt reaches a browser', async () => {
    const [first, last, done] = stream.split('\n') as [string, string, string]
    const { relay } = await serve(create, toStream(first, needVoucher, last, receipt, done))
    const told = await talk(relay, 'Hello')
    expect(told).toMatchObject({ text: 'Hello', ends: ['reply-end'] })
    expect(told.raw).toContain(receipt)
    expect(told.raw).not.toContain('need-voucher')
    expect(told.raw).not.toContain('0x6d0f')
    expect(await relay.relay.ledger.entries()).toMatchObject([
      { receipt: { challengeId: '...', method: 'tempo', reference: '0x...', status: 'success' } },
    ])
  })
})

describe('aiapi.services', () => {
  const examples = documentExamples.aiapi.examples
  const create = (baseUrl: string) =>
    aiapi({ apiKey: 'YOUR_API_KEY', models: { flash: 'gemini-2.5-flash' }, baseUrl })

  it('is asked as its document asks, and answers as it shows', async () => {
    const { relay, upstream } = await serve(create, examples.answer, {
      allow: ['temperature'],
      limits: { maxTokens: 1_000 },
      system: 'You are a helpful AI assistant.',
    })
    const told = await talk(relay, 'Explain the history of artificial intelligence.', {
      stream: false,
      body: { temperature: 0.7, max_tokens: 1000 },
    })
    expect(told.text).toBe(
      'Artificial intelligence (AI) has a rich history dating back to the 1950s...',
    )
    // `false` is its default, and said all the same.
    expect(bodyOf(upstream.requests[0])).toEqual({
      ...(JSON.parse(examples.request) as object),
      stream: false,
    })
    expect(await relay.relay.ledger.entries()).toMatchObject([
      { usageSource: 'reported', usage: { inputTokens: 56, outputTokens: 150, totalTokens: 206 } },
    ])
  })

  it('streams as its document shows', async () => {
    const { relay, upstream } = await serve(create, toStream(examples.stream))
    const told = await talk(relay, 'Hello')
    expect(told).toMatchObject({ text: 'Hello there', ends: ['reply-end'] })
    expect(bodyOf(upstream.requests[0])).toMatchObject(JSON.parse(examples.streamRequest) as object)
    const fetched = examples.fetched.replaceAll("'", '"').replaceAll(/(\w+):/g, '"$1":')
    expect(bodyOf(upstream.requests[0])).toMatchObject(JSON.parse(fetched) as object)
  })

  it('is told a conversation of several turns, and a system message, as its document shows', async () => {
    const turns = JSON.parse(
      examples.turns
        .replace(/ \/\/.*(?= \])/, '')
        .replaceAll("'", '"')
        .replaceAll(/(role|content):/g, '"$1":'),
    ) as { role: string; content: string }[]
    const ask = async (system: string) => {
      const { relay, upstream } = await serve(create, '{"choices":[{"message":{"content":"a"}}]}', {
        system,
      })
      await talk(relay, turns.at(-1)!.content, { stream: false, before: turns.slice(1, -1) })
      return bodyOf(upstream.requests[0])['messages'] as unknown[]
    }
    expect(await ask(turns[0]!.content)).toEqual(turns)
    const prompt = JSON.parse(examples.systemPrompt) as { content: string }
    const [first] = await ask(prompt.content)
    expect(first).toEqual(prompt)
    expect(Object.keys(first as object).every((name) => examples.messageShape.includes(name))).toBe(
      true,
    )
  })

  it('fails as its document shows', () =>
    expectFailure(create, examples.error, 401, 'unauthorized'))
})

describe('AIMO', () => {
  const { envelope, request, answer, error } = documentExamples.aimo.examples
  const evm = createEvmSigner(`0x${'44'.repeat(32)}`)
  const solana = createSolanaSigner(new Uint8Array(32).fill(4))

  it.each([
    ['EVM', evm, /^0x[\da-f]{130}$/],
    ['Solana', solana, /^[1-9A-HJ-NP-Za-km-z]{64,88}$/],
  ] as const)(
    'is asked as its document asks, signed in to on %s, and answers as it shows',
    async (_chain, signer, form) => {
      const { relay, upstream } = await serve(
        (baseUrl) => aimo({ signer, models: { m: 'gpt-4o' }, baseUrl }),
        answer,
        { system: 'string' },
      )
      const told = await talk(relay, 'Hello', { stream: false })
      expect(told).toMatchObject({ text: 'string', ends: ['reply-end'] })
      const { model, messages } = JSON.parse(request) as { model: string; messages: unknown[] }
      expect(bodyOf(upstream.requests[0])).toMatchObject({
        model,
        messages: [...messages, { role: 'user', content: 'Hello' }],
      })
      const header = String(upstream.requests[0]?.headers['sign-in-with-x'])
      const signIn = JSON.parse(Buffer.from(header, 'base64').toString()) as object
      expect(Object.keys(signIn)).toEqual(Object.keys(JSON.parse(envelope) as object))
      expect(signIn).toMatchObject({ signature: expect.stringMatching(form) })
      expect(await relay.relay.ledger.entries()).toMatchObject([
        { usage: { inputTokens: 0, outputTokens: 0, totalTokens: 0 }, usageSource: 'reported' },
      ])
    },
  )

  it.each([
    [400, 'invalid_request'],
    [500, 'provider_error'],
  ] as const)('fails as its document shows (%i)', (status, logged) =>
    expectFailure(
      (baseUrl) => aimo({ signer: evm, models: { m: 'gpt-4o' }, baseUrl }),
      error,
      status,
      logged,
    ),
  )
})
