/**
 * What went wrong, as a stable word to branch on. One vocabulary for the hook, the relay's JSON errors and the
 * `error` object of its stream; snake_case because that is what OpenAI-compatible clients expect in `error.code`.
 */
export type ChatErrorCode =
  /** The request was not understood: fix it before trying again. */
  | 'invalid_request'
  /** No valid client token; the transport has already tried a fresh one. */
  | 'unauthorized'
  | 'token_expired'
  | 'origin_not_allowed'
  | 'model_not_allowed'
  | 'not_found'
  /** The question or the conversation is larger than the server takes. */
  | 'too_large'
  /** Too many requests; `retryAfterMs` says when the next may come. */
  | 'rate_limited'
  /** The owner's spending cap is reached. */
  | 'budget_exceeded'
  /** The account behind the key is out of credit or not on a fitting plan. */
  | 'payment_required'
  /** The provider refused the server's own credential. */
  | 'provider_unauthorized'
  | 'provider_error'
  | 'overloaded'
  /** No answer, or no first byte, in time. */
  | 'timeout'
  /** Bytes stopped coming in mid-answer. */
  | 'stalled'
  /** The connection failed. */
  | 'network'
  /** The device has no connection. */
  | 'offline'
  /** The answer broke off without a terminal event; the text so far is kept. */
  | 'truncated'
  /** The answer was not in a format this dialect reads. */
  | 'protocol'
  | 'content_filter'
  /** A fault of ours. */
  | 'internal'

/** What to tell a reader who sees no translation: what happened, then what to do. */
const sentences: Readonly<Record<ChatErrorCode, string>> = {
  invalid_request: 'The request was not understood. Change it before trying again.',
  unauthorized: 'The server did not accept this sign-in. Reload the page and try again.',
  token_expired: 'The session has ended. Reload the page and try again.',
  origin_not_allowed: 'This site may not use the chat server. Its owner must allow it there.',
  model_not_allowed: 'This model is not on offer. Choose another one.',
  not_found: 'The chat server has nothing at this address. Check address and model.',
  too_large: 'The conversation is too long to be read. Shorten the question or start anew.',
  rate_limited: 'Too many requests at once. Wait a little, then try again.',
  budget_exceeded: 'The spending limit of this chat is reached. Try again later.',
  payment_required: 'The account behind this chat has no credit left. Its owner must add some.',
  provider_unauthorized: 'The chat service refused its own key. Its owner must renew it.',
  provider_error: 'The chat service failed. Try again.',
  overloaded: 'The chat service is too busy. Try again in a moment.',
  timeout: 'No answer came in time. Try again.',
  stalled: 'The answer stopped coming. Try again.',
  network: 'The connection failed. Check it and try again.',
  offline: 'This device is offline. Try again when it is connected.',
  truncated: 'The answer broke off before its end. Try again.',
  protocol: 'The answer was in no format this chat can read. Check the server address.',
  content_filter:
    'The question or its answer was held back by a content filter. Word it differently.',
  internal: 'Something went wrong in the chat itself. Try again.',
}

/** One English sentence about an error: what happened, and what to do. For the reader when no translation is at hand. */
export function sentenceFor(code: ChatErrorCode): string {
  return sentences[code]
}

/** Whether a text from outside is one of our codes. */
export function isChatErrorCode(text: string): text is ChatErrorCode {
  return Object.hasOwn(sentences, text)
}

export interface ChatErrorOptions {
  readonly status?: number | undefined
  readonly retryable?: boolean | undefined
  readonly retryAfterMs?: number | undefined
  readonly requestId?: string | undefined
  readonly cause?: unknown
}

/**
 * The one error class. `message` is a sentence of ours that may be shown; provider text is only ever in `cause`,
 * which stays on the side that read it.
 */
export class ChatError extends Error {
  override readonly name = 'ChatError'
  readonly code: ChatErrorCode
  /** HTTP status of the answer, where there was one. */
  readonly status: number | undefined
  /** Whether the same turn may succeed when sent again. */
  readonly retryable: boolean
  /** How long the server asked to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined
  /** The server's id of the failed request, for a support question. */
  readonly requestId: string | undefined

  /** `message` defaults to our sentence for the code. */
  constructor(
    code: ChatErrorCode,
    message: string = sentences[code],
    options: ChatErrorOptions = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.status = options.status
    this.retryable = options.retryable ?? false
    this.retryAfterMs = options.retryAfterMs
    this.requestId = options.requestId
  }
}

/**
 * What a failed `fetch` or a failed read of its body means: `timeout`, `offline` or `network`. A `ChatError` stays as
 * it is. An abort by the visitor is an outcome and no error: handle it before.
 */
export function toNetworkError(cause: unknown): ChatError {
  if (cause instanceof ChatError) return cause
  return new ChatError(networkCode(cause), undefined, { retryable: true, cause })
}

function networkCode(cause: unknown): ChatErrorCode {
  if ((cause as { name?: unknown } | null | undefined)?.name === 'TimeoutError') return 'timeout'
  // Only false says something: browsers answer true behind a dead router, servers do not answer.
  const { navigator } = globalThis as { navigator?: { onLine?: boolean } }
  return navigator?.onLine === false ? 'offline' : 'network'
}
