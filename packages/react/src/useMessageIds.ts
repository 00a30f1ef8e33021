'use client'

import { useConversation } from './useConversation.ts'

/** Ids of the shown messages, oldest first. Renders only when a message comes or goes. */
export function useMessageIds(): readonly string[] {
  return useConversation((conversation) => conversation.messageIds)
}
