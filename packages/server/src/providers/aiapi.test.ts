import { createAiapiStub, stubKey } from '@parlance/testing/stubs'
import { describe, expect, it } from 'vitest'
import { aiapi, type AiapiOptions } from './aiapi.ts'
import { describeProvider, lastBody, serveStub } from './fixtures/providerSuite.ts'

const models = { flash: 'gemini-2.5-flash' }
const createWith = (options: Partial<AiapiOptions>) => (baseUrl: string) =>
  aiapi({ apiKey: stubKey, models, baseUrl, ...options })
const createProvider = createWith({})

describeProvider('aiapi', {
  createStub: createAiapiStub,
  createProvider,
  errors: [
    ['400', 'provider_error', 'invalid_request'],
    ['401', 'provider_error', 'unauthorized'],
    ['429', 'rate_limited', 'rate_limited'],
    ['500', 'provider_error', 'provider_error'],
    ['503', 'overloaded', 'overloaded'],
  ],
  usageSource: 'estimated',
  cost: 'none',
  secret: stubKey,
})

it('sends the documented fields alone', async () => {
  const served = await serveStub(createAiapiStub(), createProvider, {
    system: 'You are a helpful AI assistant.',
  })
  await served.talk('Explain the history of artificial intelligence.', { stream: false })
  expect(lastBody(served)).toEqual({
    model: 'gemini-2.5-flash',
    messages: [
      { role: 'system', content: 'You are a helpful AI assistant.' },
      { role: 'user', content: 'Explain the history of artificial intelligence.' },
    ],
    stream: false,
    max_tokens: 1024,
  })
  await served.talk('Hello')
  expect(Object.keys(lastBody(served)).sort()).toEqual([
    'max_tokens',
    'messages',
    'model',
    'stream',
  ])
})

it('counts tokens at the end of a stream only when told to ask', async () => {
  const served = await serveStub(
    createAiapiStub(),
    createWith({ streamUsage: true, sendUser: true }),
  )
  await served.talk('Hello')
  expect(lastBody(served)).toMatchObject({
    stream_options: { include_usage: true },
    user: expect.any(String),
  })
})

it('tries 429, 500 and 503 again, and ends in an error', async () => {
  for (const [scenario, attempts] of [
    ['429', 3],
    ['500', 3],
    ['503', 3],
    ['400', 1],
    ['401', 1],
  ] as const) {
    const served = await serveStub(createAiapiStub(), createProvider, {
      retry: { attempts: 2, baseMs: 1 },
    })
    const told = await served.talk(`stub:${scenario}`)
    expect(told.ends).toEqual(['reply-error'])
    expect(served.stub.requests).toHaveLength(attempts)
    const keys = served.stub.requests.map(({ headers }) => headers.get('idempotency-key'))
    expect(new Set(keys).size).toBe(1)
  }
})

describe('a long conversation', () => {
  const before = Array.from({ length: 6 }, (_, at) => [
    { role: 'user', content: `question ${at}` },
    { role: 'assistant', content: `answer ${at}` },
  ]).flat()
  const contents = (body: Record<string, unknown>) =>
    (body['messages'] as { content: string }[]).map(({ content }) => content)

  it('keeps the system message and the last turns', async () => {
    const served = await serveStub(createAiapiStub(), createWith({ keep: { maxTurns: 2 } }), {
      system: 'Be brief.',
    })
    await served.talk('last', { before })
    expect(contents(lastBody(served))).toEqual(['Be brief.', 'question 5', 'answer 5', 'last'])
  })

  it('sums up what is left out, once, and builds on it', async () => {
    const served = await serveStub(
      createAiapiStub(),
      createWith({ keep: { maxTurns: 2 }, summarize: true }),
      { system: 'Be brief.' },
    )
    await served.talk('last', { before })
    expect(served.stub.requests).toHaveLength(2)
    const asked = JSON.parse(served.stub.requests[0]!.text) as Record<string, unknown>
    expect(asked).toMatchObject({ stream: false, max_tokens: 400 })
    expect(contents(asked)[1]).toContain('user: question 0\n\nassistant: answer 0')
    expect(contents(lastBody(served))).toEqual([
      'Be brief.',
      expect.stringContaining('Earlier in this conversation, summed up: This is the stub'),
      'question 5',
      'answer 5',
      'last',
    ])
    // The same part again costs no request; a longer one is built on its summary.
    await served.talk('last, again', { before })
    expect(served.stub.requests).toHaveLength(3)
    const longer = [
      ...before,
      { role: 'user', content: 'question 6' },
      { role: 'assistant', content: 'answer 6' },
    ]
    await served.talk('newest', { before: longer })
    expect(served.stub.requests).toHaveLength(5)
    const built = contents(JSON.parse(served.stub.requests[3]!.text) as Record<string, unknown>)[1]
    expect(built).toContain('Summary so far: This is the stub')
    expect(built).toMatch(/”[^\n]*\n\nuser: question 5\n\nassistant: answer 5$/)
    const [entry, again] = await served.relay.ledger.entries()
    // What the summary took is in the books.
    expect(entry!.usage.inputTokens! - again!.usage.inputTokens!).toBeGreaterThan(50)
  })

  it('takes no summary from a service that answers without an end', async () => {
    const asked: string[] = []
    const served = await serveStub(
      createAiapiStub(),
      createWith({ keep: { maxTurns: 1 }, summarize: true }),
      {
        fetch: async (input, init) => {
          const body = init?.body as string
          asked.push(body)
          if (!body.includes('Sum it up')) return fetch(input, init)
          return new Response(
            new ReadableStream({
              pull: (controller) =>
                controller.enqueue(new TextEncoder().encode('{"a":'.repeat(9_000))),
            }),
          )
        },
      },
    )
    const told = await served.talk('last', { before })
    expect(told.ends).toEqual(['reply-end'])
    expect(asked).toHaveLength(2)
    expect(contents(lastBody(served))).toEqual(['last'])
  })

  it('answers without a summary when there is none to have', async () => {
    const stub = createAiapiStub()
    const answer: typeof stub.answer = (request) =>
      request.text.includes('Sum it up') ? { status: 500, body: {} } : stub.answer(request)
    const served = await serveStub(
      { ...stub, answer },
      createWith({ keep: { maxTurns: 1 }, summarize: true }),
    )
    const told = await served.talk('last', { before })
    expect(told.ends).toEqual(['reply-end'])
    expect(contents(lastBody(served))).toEqual(['last'])
  })
})
