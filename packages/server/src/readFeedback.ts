import { ChatError } from '@parlance/core'
import type { Feedback } from './relayOptions.ts'

const maxReasonChars = 1_000
const replyIdPattern = /^[A-Za-z0-9_-]{1,64}$/

/** Reads a rating. Throws `ChatError` `invalid_request`. */
export function readFeedback(body: unknown): Omit<Feedback, 'visitorId'> {
  const { reply_id: replyId, rating, reason } = (body ?? {}) as Record<string, unknown>
  if (typeof replyId !== 'string' || !replyIdPattern.test(replyId)) {
    throw invalid('`reply_id` must be the id of a reply.')
  }
  if (rating !== 'up' && rating !== 'down') throw invalid('`rating` must be `up` or `down`.')
  if (reason === undefined || reason === null) return { replyId, rating }
  if (typeof reason !== 'string' || reason.length > maxReasonChars) {
    throw invalid(`\`reason\` must be a text of at most ${maxReasonChars} characters.`)
  }
  return { replyId, rating, reason }
}

function invalid(message: string): ChatError {
  return new ChatError('invalid_request', message, { status: 400 })
}
