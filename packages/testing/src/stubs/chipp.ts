import { toAnswer, toChunks } from './openaiShape.ts'
import {
  hasKey,
  readBody,
  readMessages,
  readScenario,
  replyTo,
  type Stub,
  type StubMessage,
  stubKey,
} from './stub.ts'

export interface ChippStubOptions {
  /** Where a streamed answer tells its session, which the document leaves open. Default `chunk`. */
  readonly sessionIn?: 'chunk' | 'header' | undefined
}

/** Chipp: keeps the messages of each session, and loads them when it is continued. */
export function createChippStub({ sessionIn = 'chunk' }: ChippStubOptions = {}): Stub & {
  /** What each session holds. */
  readonly sessions: ReadonlyMap<string, readonly StubMessage[]>
} {
  const sessions = new Map<string, StubMessage[]>()
  const fail = (status: number, error: string) => ({ status, body: { error } })
  return {
    name: 'chipp',
    basePath: '/api/v1',
    model: 'myapp-123',
    apiKey: stubKey,
    sessions,
    answer(request) {
      if (request.method !== 'POST' || request.path !== '/api/v1/chat/completions') {
        return { status: 404, body: {} }
      }
      if (!request.headers.has('authorization')) return fail(401, 'Missing API key')
      if (!hasKey(request)) return fail(401, 'Invalid API key')
      const body = readBody(request)
      const model = body?.['model']
      if (typeof model !== 'string') return fail(400, '`model` is required and must be a string')
      const messages = readMessages(body)
      if (!messages) return fail(400, '`messages` must be a non-empty array')
      if (model !== 'myapp-123') return fail(404, `Unknown model "${model}"`)
      const scenario = readScenario(messages)
      if (scenario === 'plan') {
        return fail(
          401,
          'This API is only available on a paid plan.  Visit your dashboard to upgrade.',
        )
      }
      if (scenario === '400') return fail(400, '`messages` must be a non-empty array')
      if (scenario === '401') return fail(401, 'Invalid API key')
      if (scenario === '404') return fail(404, 'Unknown model "invalidapp-999"')
      if (scenario === '500') return fail(500, 'Internal Server Error')

      const named = body?.['chatSessionId'] ?? request.headers.get('x-chat-session-id')
      const sessionId = typeof named === 'string' ? named : undefined
      const known = sessionId === undefined ? undefined : sessions.get(sessionId)
      const made = `550e8400-e29b-41d4-a716-${String(sessions.size).padStart(12, '0')}`
      const chatSessionId = (known && sessionId) ?? made
      const text = replyTo('Chipp', messages)
      const all = [...(known ?? []), ...messages]
      sessions.set(chatSessionId, [...all, { role: 'assistant', content: text }])
      const reply = {
        id: 'chatcmpl-abc123',
        model,
        messages: all,
        texts: [text],
        created: 1_699_451_234,
      }
      if (body?.['stream'] !== true) {
        return { status: 200, body: toAnswer({ ...reply, fields: { chatSessionId } }) }
      }
      const isHeader = sessionIn === 'header'
      return {
        status: 200,
        headers: isHeader ? { 'x-chat-session-id': chatSessionId } : {},
        events: toChunks({ ...reply, fields: isHeader ? {} : { chatSessionId } }),
        cutAfter: scenario === 'cut' ? 3 : undefined,
      }
    },
  }
}
