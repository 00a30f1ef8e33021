import type { ChatErrorCode } from './errors.ts'

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

/** One English sentence about an error: what happened, and what to do. For a reader when no translation is at hand. */
export function sentenceFor(code: ChatErrorCode): string {
  return sentences[code]
}
