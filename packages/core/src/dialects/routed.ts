import { ChatError } from '../errors.ts'
import type { ChatEvent } from '../events.ts'
import { readProviderError } from '../readErrorAnswer.ts'
import { readObject, readText } from '../readField.ts'
import type { Dialect } from './dialect.ts'
import { createOpenaiDecoder, readOpenaiAnswer } from './openaiDecoder.ts'

/**
 * A platform that routes to the best provider: OpenAI Chat Completions with parameters of its own in `extra`, and
 * events of machine payments as `payment-need-voucher` and `payment-receipt`. Its base URL ends in `/v1`.
 */
export const routed: Dialect = {
  name: 'routed',
  path: () => '/chat/completions',
  toRequestBody: (turn) => ({
    model: turn.model,
    messages: turn.messages.map(({ role, content }) => ({ role, content })),
    // Said always: left out, it would mean true.
    stream: turn.stream,
    max_tokens: turn.maxTokens,
    temperature: turn.temperature,
    top_p: turn.topP,
    stop: turn.stop,
    frequency_penalty: turn.frequencyPenalty,
    presence_penalty: turn.presencePenalty,
    ...turn.extra,
  }),
  readHeaders: (headers) => readReceiptHeader(headers.get('payment-receipt')),
  createDecoder: () => createOpenaiDecoder(),
  readAnswer: (body) => readOpenaiAnswer(body),
  readError(answer) {
    const error = readProviderError(answer)
    const challenge = answer.headers.get('www-authenticate') ?? ''
    if (answer.status !== 402 || !/\bPayment\b/i.test(challenge)) return error
    const sentence = 'The provider asks to be paid for this request, and no payment was made.'
    return new ChatError('payment_required', sentence, { status: 402, cause: error?.cause })
  },
}

/** A receipt without a stream comes as base64url JSON in a header. */
function readReceiptHeader(header: string | null): ChatEvent[] {
  if (!header || header.length > 16_384) return []
  try {
    const bytes = atob(header.replaceAll('-', '+').replaceAll('_', '/'))
    const utf8 = Uint8Array.from(bytes, (byte) => byte.charCodeAt(0))
    const data = readObject(JSON.parse(new TextDecoder().decode(utf8)))
    return data && readText(data.method)
      ? [{ type: 'named-event', name: 'payment-receipt', data }]
      : []
  } catch {
    return [{ type: 'malformed', data: 'payment-receipt' }]
  }
}
