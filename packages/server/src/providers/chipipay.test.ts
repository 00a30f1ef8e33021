import { createChipipayStub, stubKey } from '@parlance/testing/stubs'
import { expect, it } from 'vitest'
import { chipipay } from './chipipay.ts'
import { describeProvider, lastBody, serveStub } from './fixtures/providerSuite.ts'

const createProvider = (baseUrl: string) => chipipay({ apiKey: stubKey, baseUrl })

describeProvider('chipipay', {
  createStub: createChipipayStub,
  createProvider,
  errors: [
    ['400', 'provider_error', 'invalid_request'],
    ['401', 'provider_error', 'unauthorized'],
    ['402', 'provider_error', 'payment_required'],
    ['429', 'rate_limited', 'rate_limited'],
    ['502', 'provider_error', 'provider_error'],
  ],
  usageSource: 'reported',
  cost: 'reported',
  secret: stubKey,
})

it('asks the path of a stream and the path of a whole answer', async () => {
  const served = await serveStub(createChipipayStub(), createProvider, { system: 'Be brief.' })
  await served.talk('What is USDC?', { stream: false })
  expect(served.stub.requests[0]?.path).toBe('/v1/ai/chat')
  expect(lastBody(served)).toEqual({
    model: 'haiku',
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'What is USDC?' },
    ],
    max_tokens: 1024,
  })
  await served.talk('What is USDC?')
  expect(served.stub.requests[1]?.path).toBe('/v1/ai/chat/stream')
  expect(lastBody(served)).not.toHaveProperty('stream')
})

it('tells model, provider, price and time in the message', async () => {
  const served = await serveStub(createChipipayStub(), createProvider)
  const whole = await served.talk('Hi', { stream: false })
  expect(whole.events).toContainEqual({ type: 'latency', latencyMs: 812 })
  for (const { events } of [whole, await served.talk('Hi')]) {
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'reply-start', provider: 'anthropic' }),
    )
    const usage = events.findLast((event) => event.type === 'usage')
    expect(usage).toMatchObject({ cost: { currency: 'USD', source: 'reported' } })
  }
})

it('keeps the text before an error within the stream, and tells the error in our words', async () => {
  const served = await serveStub(createChipipayStub(), createProvider)
  const told = await served.talk('stub:error')
  expect(told.text).toContain('This is the stub')
  expect(told.errorCode).toBe('provider_error')
  expect(told.raw).not.toContain('model returned an error')
  expect(await served.relay.ledger.entries()).toMatchObject([{ outcome: 'failed' }])
})

it('refuses options that cannot work', () => {
  expect(() => chipipay({ apiKey: '' })).toThrow('`apiKey` is missing')
  expect(() => chipipay({ apiKey: 'k', baseUrl: 'ftp://x' })).toThrow('`baseUrl`')
  expect(() => chipipay({ apiKey: 'k', models: {} })).toThrow('`models` is empty')
  expect(() => chipipay({ apiKey: 'secret-key', models: { 'x-secret-key': 'haiku' } })).toThrow(
    'holds the key',
  )
})
