import { type Message, textOf } from '@parlance/core'

/** What is said under a reply that did not simply end: one of these, or nothing. */
export type TurnNote =
  | 'stopped'
  | 'truncated'
  | 'lengthReached'
  | 'filtered'
  | 'refusal'
  | 'noText'
  | null

/** The note a reply needs. A failed one shows its error instead. */
export function turnNote(message: Message): TurnNote {
  if (message.status === 'stopped' || message.status === 'truncated') return message.status
  if (message.status !== 'complete') return null
  if (message.finishReason === 'length') return 'lengthReached'
  if (message.finishReason === 'content-filter') return 'filtered'
  if (message.parts.some((part) => part.type === 'refusal')) return 'refusal'
  const hasTools = message.parts.some((part) => part.type === 'tool-call')
  return hasTools || textOf(message).trim() !== '' ? null : 'noText'
}
