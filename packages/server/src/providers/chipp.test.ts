import { createChippStub, stubKey } from '@parlance/testing/stubs'
import { describe, expect, it } from 'vitest'
import { hasRedis, startRedis } from '../fixtures/startRedis.ts'
import { startRelay } from '../fixtures/startRelay.ts'
import { createRedisSessionStore } from '../redis/createRedisSessionStore.ts'
import { createMemorySessions, type SessionStore } from '../sessionStore.ts'
import { chipp } from './chipp.ts'
import { describeProvider, lastBody, serveStub, talk } from './fixtures/providerSuite.ts'

const models = { support: 'myapp-123' }
const createProvider = (baseUrl: string) => chipp({ apiKey: stubKey, models, baseUrl })

describeProvider('chipp', {
  createStub: createChippStub,
  createProvider,
  errors: [
    ['400', 'provider_error', 'invalid_request'],
    ['401', 'provider_error', 'unauthorized'],
    ['404', 'provider_error', 'not_found'],
    ['plan', 'provider_error', 'payment_required'],
    ['500', 'provider_error', 'provider_error'],
  ],
  usageSource: 'estimated',
  cost: 'none',
  secret: stubKey,
})

describe('sessions', () => {
  it.each(['chunk', 'header'] as const)(
    'sends only the new turn once a %s told the session',
    async (sessionIn) => {
      const stub = createChippStub({ sessionIn })
      const served = await serveStub(stub, createProvider)
      const token = await served.mint()
      const first = await served.talk('My name is Ada.', { token })
      expect(lastBody(served)).not.toHaveProperty('chatSessionId')
      const before = [
        { role: 'user', content: 'My name is Ada.' },
        { role: 'assistant', content: first.text },
      ]
      const { conversationId } = first
      await served.talk('And my cat is Tom.', { token, conversationId: conversationId!, before })
      const [sessionId] = stub.sessions.keys()
      expect(lastBody(served)).toEqual({
        model: 'myapp-123',
        messages: [{ role: 'user', content: 'And my cat is Tom.' }],
        stream: true,
        chatSessionId: sessionId,
      })
      expect(stub.sessions.get(sessionId!)?.map(({ content }) => content)).toEqual([
        'My name is Ada.',
        first.text,
        'And my cat is Tom.',
        expect.any(String),
      ])
      expect(first.raw).not.toContain(sessionId)
    },
  )

  const stores: readonly (readonly [string, () => SessionStore | Promise<SessionStore>])[] = [
    ['in one store', () => createMemorySessions(Date.now)],
    ...(hasRedis
      ? [['in Redis', async () => createRedisSessionStore((await startRedis()).command)] as const]
      : []),
  ]

  it.each(stores)('are known to two processes that keep them %s', async (_, start) => {
    const stub = createChippStub()
    const sessionStore = await start()
    const first = await serveStub(stub, createProvider, { sessionStore })
    const second = await startRelay({
      provider: createProvider(first.stub.baseUrl),
      sessionStore,
    })
    const token = await first.mint()
    const { text, conversationId } = await first.talk('My name is Ada.', { token })
    const before = [
      { role: 'user', content: 'My name is Ada.' },
      { role: 'assistant', content: text },
    ]
    await talk(second, 'And my cat is Tom.', { token, conversationId: conversationId!, before })
    expect(lastBody(first)).toMatchObject({
      messages: [{ role: 'user', content: 'And my cat is Tom.' }],
      chatSessionId: [...stub.sessions.keys()][0],
    })
    // Another visitor of the same conversation id is another key.
    await talk(second, 'Who am I?', { conversationId: conversationId!, before })
    expect(lastBody(first)).not.toHaveProperty('chatSessionId')
  })

  it('are done without when their store fails: the history is told again, and the owner hears of it', async () => {
    const fail = () => Promise.reject(new Error('The store is down.'))
    const served = await serveStub(createChippStub(), createProvider, {
      sessionStore: { get: fail, set: fail },
    })
    const token = await served.mint()
    const { text, conversationId } = await served.talk('My name is Ada.', { token })
    const before = [
      { role: 'user', content: 'My name is Ada.' },
      { role: 'assistant', content: text },
    ]
    const told = await served.talk('And my cat is Tom.', {
      token,
      conversationId: conversationId!,
      before,
    })
    expect(told.ends).toEqual(['reply-end'])
    expect(lastBody(served)['messages']).toHaveLength(3)
    const failures = served.logs.filter(({ event }) => event === 'session-store-failed')
    expect(failures.length).toBeGreaterThan(1)
  })

  it('reads the session of a whole answer, and names it in the header when told to', async () => {
    const stub = createChippStub()
    const served = await serveStub(stub, (baseUrl) =>
      chipp({ apiKey: stubKey, models, baseUrl, sessionIn: 'header' }),
    )
    const token = await served.mint()
    const first = await served.talk('One', { token, stream: false })
    const before = [
      { role: 'user', content: 'One' },
      { role: 'assistant', content: first.text },
    ]
    await served.talk('Two', {
      token,
      stream: false,
      conversationId: first.conversationId!,
      before,
    })
    const [sessionId] = stub.sessions.keys()
    expect(served.stub.requests[1]?.headers.get('x-chat-session-id')).toBe(sessionId)
    expect(lastBody(served)).not.toHaveProperty('chatSessionId')
    expect(stub.sessions.size).toBe(1)
  })

  it('lets no visitor into the session of another', async () => {
    const stub = createChippStub()
    const served = await serveStub(stub, createProvider)
    const first = await served.talk('My secret is 42.')
    const [sessionId] = stub.sessions.keys()
    const before = [
      { role: 'user', content: 'My secret is 42.' },
      { role: 'assistant', content: 'x' },
    ]
    // The same conversation id from another visitor, and the provider's own id by any name.
    await served.talk('What is it?', { conversationId: first.conversationId!, before })
    expect(lastBody(served)).not.toHaveProperty('chatSessionId')
    for (const name of ['chatSessionId', 'chat_session_id', 'sessionId', 'session']) {
      await served.talk('What is it?', { before, body: { [name]: sessionId } })
      expect(lastBody(served)).not.toHaveProperty('chatSessionId')
    }
    await served.talk('What is it?', { before, conversationId: sessionId! })
    expect(lastBody(served)).not.toHaveProperty('chatSessionId')
    expect(stub.sessions.get(sessionId!)).toHaveLength(2)
  })

  it('begins a new session when the visitor edits a question or asks again', async () => {
    const stub = createChippStub()
    const served = await serveStub(stub, createProvider)
    const token = await served.mint()
    const first = await served.talk('One', { token })
    const conversationId = first.conversationId!
    await served.talk('One, changed', { token, conversationId })
    expect(lastBody(served)).not.toHaveProperty('chatSessionId')
    const before = [
      { role: 'user', content: 'One' },
      { role: 'assistant', content: 'a' },
    ]
    await served.talk('Two', { token, conversationId, before })
    // The newest session holds the changed question, the visitor sees the first.
    expect(lastBody(served)).toMatchObject({
      messages: [{ content: 'One' }, { content: 'a' }, { content: 'Two' }],
    })
    expect(lastBody(served)).not.toHaveProperty('chatSessionId')
    expect(stub.sessions.size).toBe(3)
  })

  it('tells the passages of each question, though the history is kept upstream', async () => {
    const grounding = {
      retrieve: (question: string) => [{ title: 'T', url: '/t', text: `About ${question}` }],
    }
    const served = await serveStub(createChippStub(), createProvider, { grounding })
    const token = await served.mint()
    const first = await served.talk('One', { token })
    const before = [
      { role: 'user', content: 'One' },
      { role: 'assistant', content: 'a' },
    ]
    await served.talk('Two', { token, conversationId: first.conversationId!, before })
    expect(lastBody(served)['messages']).toEqual([
      { role: 'system', content: expect.stringContaining('About Two') },
      { role: 'user', content: 'Two' },
    ])
    expect(lastBody(served)).toHaveProperty('chatSessionId')
  })

  it('sends the whole history always when sessions are off', async () => {
    const served = await serveStub(createChippStub(), (baseUrl) =>
      chipp({ apiKey: stubKey, models, baseUrl, sessions: false }),
    )
    const token = await served.mint()
    const first = await served.talk('One', { token })
    const before = [
      { role: 'user', content: 'One' },
      { role: 'assistant', content: 'a' },
    ]
    await served.talk('Two', { token, conversationId: first.conversationId!, before })
    expect(lastBody(served)['messages']).toHaveLength(3)
  })
})

it('sends an id of the request that the visitor is shown with an error', async () => {
  const served = await serveStub(createChippStub(), createProvider)
  const told = await served.talk('stub:500')
  const shown = told.headers.get('x-request-id')
  expect(served.stub.requests[0]?.headers.get('x-correlation-id')).toBe(shown)
  expect(told.raw).toContain(shown)
})

it('tells an unknown app and a missing plan to the owner, not to the visitor', async () => {
  const served = await serveStub(createChippStub(), (baseUrl) =>
    chipp({ apiKey: stubKey, models: { a: 'invalidapp-999' }, baseUrl }),
  )
  const told = await served.talk('Hi')
  expect(told.errorCode).toBe('provider_error')
  expect(told.raw).not.toContain('invalidapp')
  expect(served.logs).toContainEqual(
    expect.objectContaining({ event: 'provider-refused', code: 'not_found', status: 404 }),
  )
})

it('refuses a model that is no app', () => {
  expect(() => chipp({ apiKey: 'k', models: { a: 'gpt-4o' } })).toThrow("no app's name id")
})
