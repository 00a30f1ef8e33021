'use client'

import type { ChatStatus } from '@parlance/core'
import { useConversation } from './useConversation.ts'

/**
 * What the chat is doing. Why the last turn failed, and whether the answer has paused, are
 * `useConversation(({ error }) => error)` and `useConversation(({ notice }) => notice)`.
 */
export function useChatStatus(): ChatStatus {
  return useConversation((conversation) => conversation.status)
}
