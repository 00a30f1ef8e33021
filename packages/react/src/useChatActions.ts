'use client'

import type { Chat } from '@parlance/core'
import { useChat } from './useChat.ts'

/** What can be done to a chat. Each may be passed on by itself. */
export type ChatActions = Pick<
  Chat,
  'send' | 'stop' | 'regenerate' | 'edit' | 'retry' | 'selectSibling' | 'clear'
>

/** What can be done to the chat of the provider: the same object for the same chat. Never renders by itself. */
export function useChatActions(): ChatActions {
  return useChat()
}
