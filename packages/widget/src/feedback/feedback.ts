/** Why an answer did not help. */
export type FeedbackReason = 'incorrect' | 'incomplete' | 'off-topic' | 'other'

/** What a visitor thinks of an answer. */
export interface Feedback {
  readonly messageId: string
  /** The server's id of the reply, where it gave one. */
  readonly replyId: string | undefined
  readonly rating: 'helpful' | 'unhelpful'
  /** Empty for a helpful answer. */
  readonly reasons: readonly FeedbackReason[]
  /** The visitor's own words; empty where none were written. */
  readonly comment: string
}
