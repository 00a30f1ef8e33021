import { toAnswer, toPieces } from './openaiShape.ts'
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

const errors: Readonly<Record<string, readonly [message: string, type: string, code: string]>> = {
  400: ['Bad Request', 'invalid_request_error', 'bad_request'],
  401: ['Invalid API key provided', 'invalid_request_error', 'invalid_api_key'],
  429: ['Too Many Requests', 'rate_limit_error', 'rate_limit_exceeded'],
  500: ['Server Error', 'server_error', 'server_error'],
  503: ['Service Unavailable', 'server_error', 'service_unavailable'],
}

/** aiapi.services: OpenAI's format; its streams end with `[DONE]` and name neither usage nor finish reason. */
export function createAiapiStub(): Stub {
  const fail = (status: number) => {
    const [message, type, code] = errors[status]!
    return { status, body: { error: { message, type, code } } }
  }
  return {
    name: 'aiapi',
    basePath: '/v1',
    model: 'gemini-2.5-flash',
    apiKey: stubKey,
    answer(request) {
      if (request.method !== 'POST' || request.path !== '/v1/chat/completions') {
        return { status: 404, body: {} }
      }
      if (!hasKey(request)) return fail(401)
      const body = readBody(request)
      const messages = readMessages(body, ['system', 'user', 'assistant', 'tool'])
      if (!body || !messages || typeof body['model'] !== 'string') return fail(400)
      const scenario = readScenario(messages)
      if (scenario && Object.hasOwn(errors, scenario)) return fail(Number(scenario))

      const { model } = body
      const tool = scenario === 'tool' ? readToolName(body['tools']) : undefined
      if (tool) return callTool(tool, model, body['stream'] === true)
      const texts = [replyTo('aiapi.services', messages)]
      const created = 1_677_652_288
      if (body['stream'] !== true) {
        const finishReason = scenario === 'length' ? 'length' : 'stop'
        return {
          status: 200,
          body: toAnswer({ id: 'chatcmpl-123', model, messages, texts, created, finishReason }),
        }
      }
      const head = {
        id: 'chatcmpl-123',
        object: 'chat.completion.chunk',
        created: 1_694_268_190,
        model,
      }
      return {
        status: 200,
        events: [
          ...toPieces(texts).map((choice) => toEvent({ ...head, choices: [choice] })),
          toEvent('[DONE]'),
        ],
        cutAfter: scenario === 'cut' ? 3 : undefined,
      }
    },
  }
}

function readToolName(tools: unknown): string | undefined {
  const [tool] = Array.isArray(tools) ? (tools as { function?: { name?: string } }[]) : []
  return tool?.function?.name
}

/** A call of the tool with no arguments, in OpenAI's shape, which the document names and does not show. */
function callTool(name: string, model: string, isStream: boolean) {
  const call = { index: 0, id: 'call_1', type: 'function', function: { name, arguments: '{}' } }
  const finish_reason = 'tool_calls'
  if (!isStream) {
    const message = { role: 'assistant', content: null, tool_calls: [call] }
    return {
      status: 200,
      body: {
        id: 'chatcmpl-123',
        object: 'chat.completion',
        model,
        choices: [{ index: 0, message, finish_reason }],
      },
    }
  }
  const chunk = (choice: object) =>
    toEvent({ id: 'chatcmpl-123', model, choices: [{ index: 0, ...choice }] })
  return {
    status: 200,
    events: [
      chunk({ delta: { tool_calls: [call] }, finish_reason: null }),
      chunk({ delta: {}, finish_reason }),
      toEvent('[DONE]'),
    ],
  }
}
