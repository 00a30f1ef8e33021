import { toAnswer, toPieces, toUsage } from './openaiShape.ts'
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

/** The document lists the statuses and their meaning, and shows no body. */
const meanings: Readonly<Record<string, string>> = {
  400: 'Bad request',
  401: 'Invalid API key',
  402: 'Billing issue',
  502: 'All providers failed',
  503: 'No providers available',
}

/** The events of machine payments, as the document shows them. */
const needVoucher = {
  channelId: '0x6d0f...',
  requiredCumulative: '250025',
  acceptedCumulative: '250000',
}
const receipt = { challengeId: '...', method: 'tempo', reference: '0x...', status: 'success' }

/** The routing platform: streams by default, checks every parameter of its table. */
export function createRoutedStub(): Stub {
  const fail = (status: number, message = meanings[status]) => ({
    status,
    body: { error: { message } },
  })
  return {
    name: 'routed',
    basePath: '/v1',
    model: 'qwen/qwen3.5-9b',
    apiKey: stubKey,
    answer(request) {
      if (request.method !== 'POST' || request.path !== '/v1/chat/completions') {
        return { status: 404, body: {} }
      }
      if (!request.headers.has('authorization')) {
        const challenge =
          'Payment id="ch_01", realm="api", method="tempo", intent="session", request="eyJhbW91bnQiOiIxMDAwIn0"'
        return { ...fail(402, 'Payment required'), headers: { 'www-authenticate': challenge } }
      }
      if (!hasKey(request)) return fail(401)
      const body = readBody(request)
      const messages = readMessages(body)
      if (!body || !messages || typeof body['model'] !== 'string') return fail(400)
      const wrong = findWrongParameter(body)
      if (wrong) return fail(400, `Bad request: ${wrong}`)
      const scenario = readScenario(messages)
      if (scenario && Object.hasOwn(meanings, scenario)) return fail(Number(scenario))

      const texts = [replyTo('the routing platform', messages)]
      const finishReason = scenario === 'length' ? 'length' : 'stop'
      const isPaid = scenario === 'paid'
      const reply = { id: 'chatcmpl-abc', model: body['model'], messages, texts, finishReason }
      if (body['stream'] === false) {
        const headers = isPaid ? { 'payment-receipt': btoa(JSON.stringify(receipt)) } : {}
        return { status: 200, headers, body: toAnswer(reply) }
      }
      const id = 'chatcmpl-abc123'
      const end = { id, choices: [{ delta: {}, index: 0, finish_reason: finishReason }] }
      return {
        status: 200,
        events: [
          ...(isPaid ? [toEvent(needVoucher, 'payment-need-voucher')] : []),
          ...toPieces(texts).map((choice) => toEvent({ id, choices: [choice] })),
          toEvent({ ...end, usage: toUsage(reply) }),
          ...(isPaid ? [toEvent(receipt, 'payment-receipt')] : []),
          toEvent('[DONE]'),
        ],
        cutAfter: scenario === 'cut' ? 3 : undefined,
      }
    },
  }
}

const isWhole = (value: unknown) => Number.isInteger(value)
const checks: Readonly<Record<string, (value: unknown) => boolean>> = {
  model: (value) => typeof value === 'string',
  messages: Array.isArray,
  stream: (value) => typeof value === 'boolean',
  max_tokens: isWhole,
  temperature: (value) => typeof value === 'number' && value >= 0 && value <= 2,
  top_p: (value) => typeof value === 'number',
  stop: (value) => typeof value === 'string' || Array.isArray(value),
  frequency_penalty: (value) => typeof value === 'number',
  presence_penalty: (value) => typeof value === 'number',
  timeout_ms: (value) => isWhole(value) && Number(value) <= 30_000,
  routing_strategy: (value) => ['cheapest', 'fastest', 'balanced'].includes(String(value)),
  allow_external: (value) => typeof value === 'boolean',
  max_input_price_per_million: isWhole,
  max_output_price_per_million: isWhole,
}

/** The first parameter that is not in the table, or not as the table wants it. */
function findWrongParameter(body: Record<string, unknown>): string | undefined {
  const input = body['max_input_price_per_million']
  const output = body['max_output_price_per_million']
  if ((input === undefined) !== (output === undefined)) return 'Both must be set.'
  return Object.keys(body).find(
    (name) => !Object.hasOwn(checks, name) || !checks[name]!(body[name]),
  )
}
