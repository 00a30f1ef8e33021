import type { ChatEvent } from '../events.ts'
import { parseJson } from '../parseJson.ts'
import { readProviderError } from '../readErrorAnswer.ts'
import { type JsonObject, readNumber, readObject, readText } from '../readField.ts'
import type { SseEvent } from '../sse.ts'
import type { Decoder, Dialect } from './dialect.ts'
import { createOpenaiDecoder, readOpenaiAnswer } from './openaiDecoder.ts'

/**
 * ChipiPay's own wire: `{text}` … `{done}` or `{error}`, without `[DONE]`, and another path for a whole answer. Each
 * event is written as the OpenAI chunk it stands for and read as such. Its base URL ends in `/v1`.
 */
export const chipipay: Dialect = {
  name: 'chipipay',
  path: ({ stream }) => (stream ? '/ai/chat/stream' : '/ai/chat'),
  toRequestBody: ({ model, messages, maxTokens, extra }) => ({
    model,
    messages: messages.map(({ role, content }) => ({ role, content })),
    max_tokens: maxTokens,
    ...extra,
  }),
  createDecoder,
  readAnswer(body) {
    const answer = readObject(body)
    const isAnswer = typeof answer?.text === 'string'
    return readOpenaiAnswer(
      isAnswer ? { ...toEnd(answer), choices: [toChoice('message', answer)] } : body,
    )
  },
  readError: readProviderError,
}

function createDecoder(): Decoder {
  const decoder = createOpenaiDecoder()

  function push({ event, data }: SseEvent): ChatEvent[] {
    const value = readObject(parseJson(data))
    const chunk = value && toChunk(value)
    // What is no event of this wire is told as it came. `[DONE]` is none: it would end a reply that was not charged.
    if (!chunk) return decoder.push({ event, data: data.trim() === '[DONE]' ? '"[DONE]"' : data })
    const events = decoder.push({ data: JSON.stringify(chunk) })
    if (value.done !== true) return events
    return [...events.map((event) => toOwnReason(event, value)), ...decoder.end()]
  }
  return { push, end: () => decoder.end() }
}

function toChunk(value: JsonObject): JsonObject | undefined {
  if (value.error !== undefined) return value
  if (value.done === true) return { ...toEnd(value), choices: [toChoice('delta', value)] }
  if (typeof value.text !== 'string') return undefined
  return { choices: [{ index: 0, delta: { content: value.text }, finish_reason: null }] }
}

function toChoice(field: 'delta' | 'message', { text, finishReason }: JsonObject) {
  return { index: 0, [field]: { content: text }, finish_reason: readText(finishReason) ?? 'stop' }
}

/** A completion event says that the reply is complete, and mostly gives no word for why. */
function toOwnReason(event: ChatEvent, { finishReason }: JsonObject): ChatEvent {
  if (event.type !== 'choice-end') return event
  return { ...event, providerReason: readText(finishReason) ?? '' }
}

/** What a completion event and a whole answer tell besides the text. */
function toEnd({ model, provider, usage, cost, latencyMs }: JsonObject): JsonObject {
  const { inputTokens, outputTokens, totalTokens } = readObject(usage) ?? {}
  const { charged, currency } = readObject(cost) ?? {}
  return {
    model,
    provider,
    usage: {
      prompt_tokens: inputTokens,
      completion_tokens: outputTokens,
      total_tokens: totalTokens,
      cost: readNumber(charged),
      currency,
    },
    latency_ms: latencyMs,
  }
}
