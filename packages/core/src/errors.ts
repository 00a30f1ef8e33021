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
  invalid_request: 'The request was not understood. Change it.',
  unauthorized: 'The server refused this sign-in. Reload the page.',
  token_expired: 'The session has ended. Reload the page.',
  origin_not_allowed: 'This site may not use this chat. Ask its owner.',
  model_not_allowed: 'This model is not on offer. Choose another.',
  not_found: 'Nothing is at this address. Check it.',
  too_large: 'The conversation is too long. Start anew.',
  rate_limited: 'Too many requests. Wait a little, then try again.',
  budget_exceeded: 'The spending limit is reached. Try again later.',
  payment_required: 'This chat is out of credit. Ask its owner.',
  provider_unauthorized: 'The service refused this chat. Ask its owner.',
  provider_error: 'The service failed. Try again.',
  overloaded: 'The service is too busy. Try again later.',
  timeout: 'No answer came in time. Try again.',
  stalled: 'The answer stopped coming. Try again.',
  network: 'The connection failed. Try again.',
  offline: 'This device is offline. Connect it, then try again.',
  truncated: 'The answer broke off. Try again.',
  protocol: 'The answer could not be read. Check the address.',
  content_filter: 'A content filter held this back. Word it differently.',
  internal: 'Something went wrong. Try again.',
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
