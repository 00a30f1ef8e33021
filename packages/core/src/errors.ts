const codes = [
  /** The request was not understood: fix it before trying again. */
  'invalid_request',
  /** No valid client token; the transport has already tried a fresh one. */
  'unauthorized',
  'token_expired',
  'origin_not_allowed',
  'model_not_allowed',
  'not_found',
  /** The question or the conversation is larger than the server takes. */
  'too_large',
  /** Too many requests; `retryAfterMs` says when the next may come. */
  'rate_limited',
  /** The owner's spending cap is reached. */
  'budget_exceeded',
  /** The account behind the key is out of credit or not on a fitting plan. */
  'payment_required',
  /** The provider refused the server's own credential. */
  'provider_unauthorized',
  'provider_error',
  'overloaded',
  /** No answer, or no first byte, in time. */
  'timeout',
  /** Bytes stopped coming in mid-answer. */
  'stalled',
  /** The connection failed. */
  'network',
  /** The device has no connection. */
  'offline',
  /** The answer broke off without a terminal event; the text so far is kept. */
  'truncated',
  /** The answer was not in a format this dialect reads. */
  'protocol',
  'content_filter',
  /** A fault of ours. */
  'internal',
] as const

/**
 * What went wrong, as a stable word to branch on. One vocabulary for the hook, the relay's JSON errors and the
 * `error` object of its stream; snake_case because that is what OpenAI-compatible clients expect in `error.code`.
 */
export type ChatErrorCode = (typeof codes)[number]

/** Whether a text from outside is one of our codes. */
export function isChatErrorCode(text: string): text is ChatErrorCode {
  return codes.includes(text as ChatErrorCode)
}

export interface ChatErrorOptions {
  readonly status?: number | undefined
  readonly retryable?: boolean | undefined
  readonly retryAfterMs?: number | undefined
  readonly requestId?: string | undefined
  readonly cause?: unknown
}

/**
 * The one error class. `message` is its code or a sentence of ours, and `sentenceFor` has one for each code; provider
 * text is only ever in `cause`, which stays on the side that read it.
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

  constructor(
    code: ChatErrorCode,
    message: string = code,
    { status, retryable = false, retryAfterMs, requestId, ...options }: ChatErrorOptions = {},
  ) {
    super(message, options)
    this.code = code
    this.status = status
    this.retryable = retryable
    this.retryAfterMs = retryAfterMs
    this.requestId = requestId
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
  return isOffline() ? 'offline' : 'network'
}

/** Whether the device says that it has no connection. */
export function isOffline(): boolean {
  // Only false says something: browsers answer true behind a dead router, servers do not answer.
  const { navigator } = globalThis as { navigator?: { onLine?: boolean } }
  return navigator?.onLine === false
}
