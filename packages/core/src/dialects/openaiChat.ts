import type { ChatError } from '../errors.ts'
import { parseJson } from '../parseJson.ts'
import { readFault, toChatError } from '../readFault.ts'
import { readRetryAfterMs } from '../readRetryAfter.ts'
import type { Dialect, ErrorAnswer, Turn, TurnMessage } from './dialect.ts'
import { createOpenaiDecoder, readOpenaiAnswer } from './openaiDecoder.ts'

/** OpenAI Chat Completions as a chat asks in it: without the model, the sampling and the limits, which a relay adds. */
export const openaiChat: Dialect = {
  name: 'openai',
  path: () => '/chat/completions',
  toRequestBody,
  createDecoder: () => createOpenaiDecoder(),
  readAnswer: (body) => readOpenaiAnswer(body),
  readError,
}

/** Reads the errors of a relay or of a plain server. What gateways and services add to that, `readProviderError` reads. */
function readError({ status, headers, body }: ErrorAnswer): ChatError | null {
  const fault = readFault(parseJson(body))
  if (!fault && status >= 200 && status < 300) return null
  const retryAfterMs = fault?.retryAfterMs ?? readRetryAfterMs(headers, Date.now())
  return toChatError({ ...fault, status, retryAfterMs })
}

function toRequestBody(turn: Turn): Record<string, unknown> {
  return {
    messages: turn.messages.map(toMessage),
    stream: turn.stream,
    stream_options: turn.stream ? { include_usage: true } : undefined,
    tools: turn.tools?.map(({ name, description, parameters }) => ({
      type: 'function',
      function: { name, description, parameters },
    })),
    conversation_id: turn.conversationId,
    // Last, so that an owner can leave a field out by naming it undefined.
    ...turn.extra,
  }
}

function toMessage({ role, content, images, toolCalls, callId }: TurnMessage) {
  return {
    role,
    content: images?.length
      ? [
          // Some services refuse an empty text.
          ...(content ? [{ type: 'text', text: content }] : []),
          ...images.map(({ url }) => ({ type: 'image_url', image_url: { url } })),
        ]
      : content,
    tool_calls: toolCalls?.length
      ? toolCalls.map(({ callId: id, name, argumentsText }) => ({
          id,
          type: 'function',
          function: { name, arguments: argumentsText },
        }))
      : undefined,
    tool_call_id: callId,
  }
}
