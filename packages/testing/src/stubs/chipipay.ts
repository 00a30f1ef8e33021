import {
  countTokens,
  hasKey,
  readBody,
  readMessages,
  readScenario,
  replyTo,
  type Stub,
  stubKey,
  toEvent,
  toTokens,
} from './stub.ts'

const models: Readonly<Record<string, string>> = {
  haiku: 'anthropic',
  sonnet: 'anthropic',
  'gpt-4o-mini': 'openai',
}

/** The document lists the statuses and their meaning, and shows no body. */
const meanings: Readonly<Record<string, string>> = {
  400: 'Invalid request (missing messages, unsupported model)',
  401: 'Invalid, inactive, or expired API key',
  402: 'Insufficient credits',
  429: 'Rate limit exceeded',
  502: 'Provider error (model returned an error)',
}

/** ChipiPay: `/ai/chat` answers with 201, `/ai/chat/stream` with events of its own. */
export function createChipipayStub(): Stub {
  return {
    name: 'chipipay',
    basePath: '/v1',
    model: 'haiku',
    apiKey: stubKey,
    answer(request) {
      const fail = (status: number) => ({ status, body: { message: meanings[status] } })
      const isStream = request.path === '/v1/ai/chat/stream'
      if (request.method !== 'POST' || !(isStream || request.path === '/v1/ai/chat')) {
        return { status: 404, body: {} }
      }
      if (!hasKey(request)) return fail(401)
      const body = readBody(request)
      const messages = readMessages(body)
      const model = body?.['model'] ?? 'haiku'
      if (!messages || typeof model !== 'string' || !Object.hasOwn(models, model)) return fail(400)
      const scenario = readScenario(messages)
      if (scenario && Object.hasOwn(meanings, scenario)) return fail(Number(scenario))

      const text = replyTo('ChipiPay', messages)
      const inputTokens = countTokens(messages.map(({ content }) => content).join(''))
      const outputTokens = countTokens(text)
      const told = {
        model,
        provider: models[model],
        usage: { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens },
        cost: { charged: (inputTokens * 1 + outputTokens * 5) / 1e6, currency: 'USD' },
      }
      const finishReason = scenario === 'length' ? 'length' : 'stop'
      if (!isStream) return { status: 201, body: { text, ...told, finishReason, latencyMs: 812 } }
      const tokens = toTokens(text).map((token) => toEvent({ text: token }))
      const last =
        scenario === 'error' ? { error: 'model returned an error' } : { done: true, ...told }
      return {
        status: 200,
        events: [...tokens, toEvent(last)],
        cutAfter: scenario === 'cut' ? 3 : undefined,
      }
    },
  }
}
