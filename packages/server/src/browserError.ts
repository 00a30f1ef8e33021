import { ChatError, type ChatErrorCode, toErrorBody } from '@parlance/core'

/** HTTP status of each of our errors, where the error itself has none. */
const statuses: Readonly<Record<ChatErrorCode, number>> = {
  invalid_request: 400,
  unauthorized: 401,
  token_expired: 401,
  origin_not_allowed: 403,
  model_not_allowed: 404,
  not_found: 404,
  too_large: 413,
  rate_limited: 429,
  budget_exceeded: 429,
  payment_required: 502,
  provider_unauthorized: 502,
  provider_error: 502,
  overloaded: 503,
  timeout: 504,
  stalled: 504,
  network: 502,
  offline: 502,
  truncated: 502,
  protocol: 502,
  content_filter: 400,
  internal: 500,
}

/**
 * What a browser may know of a provider's failure: our code and sentence, when to come back, and our id of the request,
 * by which its owner finds it in the log. That the provider
 * refused the owner's key, account or model is the owner's business; and a provider's text may quote the key.
 */
export function toBrowserError(error: ChatError, requestId: string): ChatError {
  const code = toBrowserCode(error.code)
  return new ChatError(code, undefined, {
    status: statuses[code],
    retryable: error.retryable,
    retryAfterMs: error.retryAfterMs,
    requestId,
  })
}

function toBrowserCode(code: ChatErrorCode): ChatErrorCode {
  switch (code) {
    case 'rate_limited':
    case 'budget_exceeded':
    case 'overloaded':
    case 'timeout':
    case 'stalled':
    case 'truncated':
    case 'too_large':
    case 'content_filter':
    case 'internal':
      return code
    case 'invalid_request':
    case 'unauthorized':
    case 'token_expired':
    case 'origin_not_allowed':
    case 'model_not_allowed':
    case 'not_found':
    case 'payment_required':
    case 'provider_unauthorized':
    case 'provider_error':
    case 'network':
    case 'offline':
    case 'protocol':
      return 'provider_error'
    default:
      return code satisfies never
  }
}

/** An error of ours as an HTTP answer in the shape OpenAI clients read. */
export function toErrorResponse(error: ChatError, headers: Headers, requestId: string): Response {
  const status = error.status ?? statuses[error.code]
  headers.set('content-type', 'application/json; charset=utf-8')
  headers.set('cache-control', 'no-store')
  // Read by OpenAI's clients, which would else try again by the status alone.
  if (!headers.has('x-should-retry')) headers.set('x-should-retry', String(error.retryable))
  if (error.retryAfterMs !== undefined) {
    headers.set('retry-after', String(Math.ceil(error.retryAfterMs / 1000)))
  }
  const body = { error: { ...toErrorBody(error).error, request_id: requestId } }
  return new Response(JSON.stringify(body), { status, headers })
}
