'use client'

import { actionsOf, type ChatActions } from './chatActions.ts'
import { useChat } from './useChat.ts'

/** What can be done to the chat of the provider. Never renders by itself. */
export function useChatActions(): ChatActions {
  return actionsOf(useChat())
}
