import { ChatError } from '../errors.ts'
import type { ChatEvent } from '../events.ts'
import { readProviderError } from '../readErrorAnswer.ts'
import { type JsonObject, readText } from '../readField.ts'
import type { Dialect, ErrorAnswer } from './dialect.ts'
import { createOpenaiDecoder, readOpenaiAnswer } from './openaiDecoder.ts'

export interface ChippDialectOptions {
  /** Where a known session is told: as the field `chatSessionId` or as the header `X-Chat-Session-ID`. Default `body`. */
  readonly sessionIn?: 'body' | 'header' | undefined
}

const sessionHeader = 'x-chat-session-id'

/**
 * Chipp: OpenAI Chat Completions, and a session that keeps the history upstream. `model` is the app's name id; the
 * session is read from the body, a chunk or a header, wherever it appears. Its base URL ends in `/api/v1`.
 */
export function createChippDialect({ sessionIn = 'body' }: ChippDialectOptions = {}): Dialect {
  return {
    name: 'chipp',
    path: () => '/chat/completions',
    toRequestBody: ({ model, messages, stream, conversationId, extra }) => ({
      model,
      messages: messages.map(({ role, content }) => ({ role, content })),
      stream,
      chatSessionId: sessionIn === 'body' ? conversationId : undefined,
      ...extra,
    }),
    toRequestHeaders: ({ conversationId }) =>
      conversationId && sessionIn === 'header' ? { [sessionHeader]: conversationId } : {},
    readHeaders: (headers) => toSession(headers.get(sessionHeader)),
    createDecoder: () => createOpenaiDecoder({ readChunk: createSessionReader() }),
    readAnswer: (body) => readOpenaiAnswer(body, { readChunk: createSessionReader() }),
    readError,
  }
}

/** That the account is on no paid plan comes as a 401, told from a bad key by its words alone. */
function readError(answer: ErrorAnswer): ChatError | null {
  const error = readProviderError(answer)
  const { message } = (error?.cause ?? {}) as { message?: string }
  if (error?.code !== 'unauthorized' || !/\bpaid plan\b/i.test(message ?? '')) return error
  return new ChatError('payment_required', undefined, { status: 401, cause: error.cause })
}

/** Tells the session once, though each chunk may repeat it. */
function createSessionReader(): (chunk: JsonObject) => ChatEvent[] {
  let told: string | undefined
  return (chunk) => {
    const sessionId = readText(chunk.chatSessionId)
    if (sessionId === told) return []
    told = sessionId
    return toSession(sessionId)
  }
}

function toSession(sessionId: string | null | undefined): ChatEvent[] {
  // Longer than any id: it would be kept, and sent with each request.
  return sessionId && sessionId.length <= 256 ? [{ type: 'session', sessionId }] : []
}
