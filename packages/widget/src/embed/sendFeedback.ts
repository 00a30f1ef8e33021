import type { ClientToken } from '@parlance/core'
import type { Feedback } from '../feedback/feedback.ts'

const longestReasonChars = 1_000

/** Tells the relay what a visitor thinks of an answer. Never rejects: a lost rating is no matter for the visitor. */
export async function sendFeedback(
  { replyId, rating, reasons, comment }: Feedback,
  { url, token }: { readonly url: string; readonly token: ClientToken },
): Promise<void> {
  // An answer without an id was not the relay's.
  if (replyId === undefined) return
  const reason = [...reasons, comment].filter(Boolean).join('; ').slice(0, longestReasonChars)
  try {
    const response = await fetch(`${url.replace(/\/$/, '')}/feedback`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${await token()}`,
      },
      body: JSON.stringify({
        reply_id: replyId,
        rating: rating === 'helpful' ? 'up' : 'down',
        ...(reason && { reason }),
      }),
    })
    if (!response.ok) console.warn(`Parlance: the relay refused a rating with ${response.status}.`)
  } catch (error) {
    console.warn('Parlance: a rating did not reach the relay.', error)
  }
}
