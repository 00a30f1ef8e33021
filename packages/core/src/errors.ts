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

  constructor(code: ChatErrorCode, message: string, options: ChatErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.status = options.status
    this.retryable = options.retryable ?? false
    this.retryAfterMs = options.retryAfterMs
    this.requestId = options.requestId
  }
}
