import { createRoutedStub, stubKey } from '@parlance/testing/stubs'
import { describe, expect, it } from 'vitest'
import { describeProvider, lastBody, serveStub } from './fixtures/providerSuite.ts'
import { routed, type RoutedOptions } from './routed.ts'

const models = { small: 'qwen/qwen3.5-9b' }
const createWith = (options: Partial<RoutedOptions>) => (baseUrl: string) =>
  routed({ apiKey: stubKey, models, baseUrl, ...options })
const createProvider = createWith({})

describeProvider('routed', {
  createStub: createRoutedStub,
  createProvider,
  errors: [
    ['400', 'provider_error', 'invalid_request'],
    ['401', 'provider_error', 'unauthorized'],
    ['402', 'provider_error', 'payment_required'],
    ['502', 'provider_error', 'provider_error'],
    ['503', 'overloaded', 'overloaded'],
  ],
  usageSource: 'reported',
  cost: 'none',
  secret: stubKey,
})

it('sends every parameter of the owner, and the stream switch always', async () => {
  const served = await serveStub(
    createRoutedStub(),
    createWith({
      routingStrategy: 'cheapest',
      maxInputCentsPerMillion: 10,
      maxOutputCentsPerMillion: 40,
      timeoutMs: 20_000,
    }),
    { allow: ['temperature', 'topP', 'stop', 'presencePenalty', 'frequencyPenalty'] },
  )
  for (const stream of [true, false]) {
    const told = await served.talk('Hello', {
      stream,
      body: {
        temperature: 0.5,
        top_p: 0.9,
        stop: ['a', 'b'],
        presence_penalty: 1,
        frequency_penalty: -1,
      },
    })
    expect(told.ends).toEqual(['reply-end'])
    expect(lastBody(served)).toEqual({
      model: 'qwen/qwen3.5-9b',
      messages: [{ role: 'user', content: 'Hello' }],
      stream,
      max_tokens: 1024,
      temperature: 0.5,
      top_p: 0.9,
      stop: ['a', 'b'],
      presence_penalty: 1,
      frequency_penalty: -1,
      timeout_ms: 20_000,
      routing_strategy: 'cheapest',
      allow_external: false,
      max_input_price_per_million: 10,
      max_output_price_per_million: 40,
    })
  }
})

it('allows external providers by the strategy, unless told otherwise', async () => {
  for (const [options, allowed] of [
    [{}, true],
    [{ routingStrategy: 'fastest' }, true],
    [{ routingStrategy: 'cheapest' }, false],
    [{ routingStrategy: 'cheapest', allowExternal: true }, true],
    [{ allowExternal: false }, false],
  ] as const) {
    const served = await serveStub(createRoutedStub(), createWith(options))
    await served.talk('Hello')
    expect(lastBody(served)['allow_external']).toBe(allowed)
  }
})

it('lets no browser choose model, address, strategy, ceiling or time', async () => {
  const served = await serveStub(
    createRoutedStub(),
    createWith({ maxInputCentsPerMillion: 10, maxOutputCentsPerMillion: 40 }),
  )
  await served.talk('Hello')
  const usual = lastBody(served)
  for (const body of [
    { routing_strategy: 'fastest' },
    { allow_external: false },
    { max_input_price_per_million: 99_999 },
    { max_output_price_per_million: 99_999 },
    { timeout_ms: 1 },
    { base_url: 'https://evil.example' },
    { extra: { routing_strategy: 'fastest' } },
  ]) {
    await served.talk('Hello', { body })
    expect(lastBody(served)).toEqual(usual)
  }
  const told = await served.talk('Hello', { body: { model: 'gpt-5-pro' } })
  expect(told).toMatchObject({ status: 404, errorCode: 'model_not_allowed' })
})

it('says that it was challenged to pay when there is neither key nor wallet', async () => {
  const served = await serveStub(createRoutedStub(), createWith({ apiKey: undefined, fetch }))
  const told = await served.talk('Hello')
  expect(told.errorCode).toBe('provider_error')
  expect(served.stub.requests).toHaveLength(1)
  expect(served.logs).toContainEqual(
    expect.objectContaining({ code: 'payment_required', status: 402 }),
  )
})

describe('options', () => {
  const build = (options: object) => () =>
    routed({ baseUrl: 'https://x.example/v1', apiKey: 'k', models, ...options })

  it('are refused with a reason when they cannot work', () => {
    expect(build({ routingStrategy: 'random' })).toThrow('`routingStrategy`')
    expect(build({ timeoutMs: 30_001 })).toThrow('`timeoutMs`')
    expect(build({ timeoutMs: 1.5 })).toThrow('`timeoutMs`')
    expect(build({ maxInputCentsPerMillion: 1 })).toThrow('set both')
    expect(build({ maxOutputCentsPerMillion: 1 })).toThrow('set both')
    expect(build({ maxInputCentsPerMillion: 0.5, maxOutputCentsPerMillion: 1 })).toThrow(
      'whole number of cents',
    )
    expect(build({ apiKey: undefined })).toThrow('pass an `apiKey`')
    expect(
      build({ timeoutMs: 30_000, maxInputCentsPerMillion: 0, maxOutputCentsPerMillion: 0 }),
    ).not.toThrow()
  })
})
