'use client'

import { type Chat, ChatError } from '@parlance/core'
import { type Context, createContext, useContext } from 'react'

/** The chat a `ChatProvider` gives; null where there is none. */
export const ChatContext: Context<Chat | null> = createContext<Chat | null>(null)

/**
 * The chat of the provider around this component. Never renders by itself.
 *
 * @throws ChatError `invalid_request` when there is no provider.
 */
export function useChat(): Chat {
  return requireChat(useContext(ChatContext))
}

export function requireChat(chat: Chat | null): Chat {
  if (chat) return chat
  throw new ChatError(
    'invalid_request',
    'This component needs a chat and has none. Put a <ChatProvider> around it.',
  )
}
