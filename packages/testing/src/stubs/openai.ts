import { toAnswer, toChunks, toUsage } from './openaiShape.ts'
import {
  hasKey,
  readBody,
  readMessages,
  readScenario,
  replyTo,
  type Stub,
  stubKey,
  toEvent,
} from './stub.ts'

/** Any OpenAI-compatible server. */
export function createOpenaiStub(): Stub {
  return {
    name: 'openai',
    basePath: '/v1',
    model: 'stub-model',
    apiKey: stubKey,
    answer(request) {
      const fail = (status: number, message: string) => ({
        status,
        body: { error: { message, type: 'invalid_request_error', param: null, code: null } },
      })
      if (request.method !== 'POST' || request.path !== '/v1/chat/completions')
        return { status: 404, body: {} }
      if (!hasKey(request)) return fail(401, 'Incorrect API key provided.')
      const body = readBody(request)
      const messages = readMessages(body, ['system', 'user', 'assistant', 'tool'])
      if (!body || !messages || typeof body['model'] !== 'string')
        return fail(400, 'Invalid request.')
      const scenario = readScenario(messages)
      if (scenario && /^[45]\d\d$/.test(scenario))
        return fail(Number(scenario), `Status ${scenario}.`)
      const texts = [replyTo('an OpenAI-compatible server', messages)]
      const reply = { id: 'chatcmpl-stub', model: body['model'], messages, texts }
      if (body['stream'] !== true) return { status: 200, body: toAnswer(reply) }
      const events = toChunks(reply)
      const usage = toEvent({ id: reply.id, choices: [], usage: toUsage(reply) })
      return {
        status: 200,
        events: [...events.slice(0, -1), usage, ...events.slice(-1)],
        cutAfter: scenario === 'cut' ? 3 : undefined,
      }
    },
  }
}
