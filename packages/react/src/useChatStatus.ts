'use client'

import type { ChatStatus } from '@parlance/core'
import { useChat } from './ChatProvider.tsx'
import { type ChatActions, actionsOf } from './chatActions.ts'
import { useConversation } from './useConversation.ts'

/** What the chat is doing: `ready`, `submitted`, `streaming` or `error`. */
export function useChatStatus(): ChatStatus {
  return useConversation((conversation) => conversation.status)
}

/** What can be done to the chat. Never renders. */
export function useChatActions(): ChatActions {
  return actionsOf(useChat())
}
