'use client'

import type { Conversation } from '@parlance/core'
import { useChat } from './useChat.ts'
import { useSelected } from './useConversation.ts'
import { watchMessage } from './watchMessage.ts'

/** One value of one message: `select` may read nothing else of the conversation. */
export function useMessageValue<Value>(
  id: string,
  select: (conversation: Conversation) => Value,
): Value {
  return useSelected(useChat(), select, Object.is, watchMessage, id)
}
