import type { ChatError } from './errors.ts'
import type { Message } from './messages.ts'

/** `submitted`: waiting for the first byte. `streaming`: a reply grows. `error`: the last turn failed. */
export type ChatStatus = 'ready' | 'submitted' | 'streaming' | 'error'

/** Messages of one conversation as a tree, with the one path through it that is shown. Immutable. */
export interface Conversation {
  readonly id: string
  /** Ids of the shown messages, oldest first. Same identity while none comes or goes. */
  readonly messageIds: readonly string[]
  readonly status: ChatStatus
  /** `stalled`: the answer has paused. `retrying`: a failed request is tried again by itself. */
  readonly notice: 'stalled' | 'retrying' | null
  /** Why the last turn failed; null once another begins. */
  readonly error: ChatError | null
  /** When the failed turn may be sent again, in milliseconds since 1970; null when at once. */
  readonly retryAtMs: number | null
  /** The relay's id of this conversation, sent back with each turn. */
  readonly serverConversationId: string | null
}

export interface Siblings {
  /** Position of the message among its siblings, from 0. */
  readonly index: number
  readonly ids: readonly string[]
}

export declare function messageOf(conversation: Conversation, id: string): Message | undefined
export declare function messagesOf(conversation: Conversation): readonly Message[]
export declare function siblingsOf(conversation: Conversation, id: string): Siblings
