import { expect, it } from 'vitest'
import { startRelay, startUpstream, type UpstreamRequest } from '../fixtures/startRelay.ts'
import type { HttpProvider } from '../provider.ts'
import { aiapi } from './aiapi.ts'
import { aimo } from './aimo.ts'
import { chipipay } from './chipipay.ts'
import { readTold, talk } from './fixtures/providerSuite.ts'
import { createEvmSigner } from './siwx.ts'

// The example bodies of the providers' documents, letter by letter, through the relay. Those of Chipp and of the routing
// platform stand beside their dialects.

const signer = createEvmSigner(`0x${'44'.repeat(32)}`)

/** A relay before a provider that answers each request with one body. */
async function serve(
  createProvider: (baseUrl: string) => HttpProvider,
  body: string,
  { status = 200, type = 'application/json' } = {},
) {
  const upstream = await startUpstream((response) => {
    response.writeHead(status, { 'content-type': type })
    response.end(body)
  })
  const relay = await startRelay({
    provider: createProvider(upstream.baseUrl),
    allow: ['temperature'],
    limits: { maxTokens: 1_000 },
  })
  return { relay, upstream }
}

const bodyOf = (request: UpstreamRequest | undefined) =>
  JSON.parse(request?.body ?? '{}') as unknown
const createAiapi = (baseUrl: string) =>
  aiapi({ apiKey: 'YOUR_API_KEY', models: { flash: 'gemini-2.5-flash' }, baseUrl })
const createAimo = (baseUrl: string) => aimo({ signer, models: { m: 'gpt-4o' }, baseUrl })

it('ChipiPay: the request of a stream', async () => {
  const { relay, upstream } = await serve(
    (baseUrl) =>
      chipipay({
        apiKey: 'sk_prod_YOUR_KEY',
        models: { haiku: { model: 'haiku', maxTokens: 256 } },
        baseUrl,
      }),
    'data: {"text":"token"}\n\ndata: {"done":true,"model":"haiku","provider":"anthropic"}\n\n',
    { type: 'text/event-stream' },
  )
  const told = await talk(relay, 'Tell me a short joke')
  expect(told).toMatchObject({ text: 'token', ends: ['reply-end'] })
  expect(upstream.requests[0]?.url).toBe('/v1/ai/chat/stream')
  expect(upstream.requests[0]?.headers.authorization).toBe('Bearer sk_prod_YOUR_KEY')
  expect(bodyOf(upstream.requests[0])).toEqual({
    model: 'haiku',
    messages: [{ role: 'user', content: 'Tell me a short joke' }],
    max_tokens: 256,
  })
})

it('aiapi.services: the request and its answer', async () => {
  const { relay, upstream } = await serve(
    createAiapi,
    '{ "id": "chatcmpl-123", "object": "chat.completion", "created": 1677652288, "model": "gemini-2.5-flash", "choices": [ { "index": 0, "message": { "role": "assistant", "content": "Artificial intelligence (AI) has a rich history dating back to the 1950s..." }, "finish_reason": "stop" } ], "usage": { "prompt_tokens": 56, "completion_tokens": 150, "total_tokens": 206 } }',
  )
  const told = await talk(relay, 'Explain the history of artificial intelligence.', {
    stream: false,
    body: { temperature: 0.7, max_tokens: 1000 },
  })
  expect(told.text).toBe(
    'Artificial intelligence (AI) has a rich history dating back to the 1950s...',
  )
  expect(bodyOf(upstream.requests[0])).toEqual({
    model: 'gemini-2.5-flash',
    messages: [{ role: 'user', content: 'Explain the history of artificial intelligence.' }],
    stream: false,
    temperature: 0.7,
    max_tokens: 1000,
  })
  expect(await relay.relay.ledger.entries()).toMatchObject([
    { usageSource: 'reported', usage: { inputTokens: 56, outputTokens: 150, totalTokens: 206 } },
  ])
})

it('aiapi.services: the stream', async () => {
  const { relay, upstream } = await serve(
    createAiapi,
    `data: {"id":"chatcmpl-123","object":"chat.completion.chunk","created":1694268190,"model":"gpt-4","choices":[{"index":0,"delta":{"content":"Hello"},"finish_reason":null}]}

data: {"id":"chatcmpl-123","object":"chat.completion.chunk","created":1694268190,"model":"gpt-4","choices":[{"index":0,"delta":{"content":" there"},"finish_reason":null}]}

data: [DONE]

`,
    { type: 'text/event-stream' },
  )
  const told = await talk(relay, 'Hello')
  expect(told).toMatchObject({ text: 'Hello there', ends: ['reply-end'] })
  expect(bodyOf(upstream.requests[0])).toMatchObject({
    model: 'gemini-2.5-flash',
    messages: [{ role: 'user', content: 'Hello' }],
    stream: true,
  })
})

it('aiapi.services: a conversation of several turns', async () => {
  const { relay, upstream } = await serve(createAiapi, '{"choices":[{"message":{"content":"a"}}]}')
  await talk(relay, 'What are its applications?', {
    stream: false,
    before: [
      { role: 'user', content: 'What is machine learning?' },
      { role: 'assistant', content: 'Machine learning is a branch of artificial intelligence...' },
    ],
  })
  expect(bodyOf(upstream.requests[0])).toMatchObject({
    messages: [
      { role: 'user', content: 'What is machine learning?' },
      { role: 'assistant', content: 'Machine learning is a branch of artificial intelligence...' },
      { role: 'user', content: 'What are its applications?' },
    ],
  })
})

it('aiapi.services: the error', async () => {
  const { relay } = await serve(
    createAiapi,
    '{ "error": { "message": "Invalid API key provided", "type": "invalid_request_error", "code": "invalid_api_key" } }',
    { status: 401 },
  )
  const told = await talk(relay, 'Hello')
  expect(told.errorCode).toBe('provider_error')
  expect(told.raw).not.toContain('Invalid API key')
  expect(relay.logs).toContainEqual(
    expect.objectContaining({ event: 'provider-refused', code: 'unauthorized', status: 401 }),
  )
})

it('AIMO: the request, its answer and its error', async () => {
  const { relay, upstream } = await serve(
    createAimo,
    `{
  "id": "string",
  "object": "chat.completion",
  "created": 0,
  "model": "string",
  "choices": [
    {
      "index": 0,
      "message": {
        "role": "system",
        "content": "string"
      },
      "finish_reason": "stop"
    }
  ],
  "usage": {
    "prompt_tokens": 0,
    "completion_tokens": 0,
    "total_tokens": 0
  }
}`,
  )
  const told = await talk(relay, 'string', { stream: false })
  expect(told).toMatchObject({ text: 'string', ends: ['reply-end'] })
  expect(bodyOf(upstream.requests[0])).toMatchObject({
    model: 'gpt-4o',
    messages: [{ role: 'user', content: 'string' }],
  })
  const envelope = Buffer.from(String(upstream.requests[0]?.headers['sign-in-with-x']), 'base64')
  expect(Object.keys(JSON.parse(envelope.toString()) as object)).toEqual(['message', 'signature'])

  const failing = await serve(createAimo, '{"error":{"code":"string","message":"string"}}', {
    status: 500,
  })
  const response = await failing.relay.ask({ messages: [{ role: 'user', content: 'string' }] })
  expect(await readTold(response)).toMatchObject({ status: 502, errorCode: 'provider_error' })
})
