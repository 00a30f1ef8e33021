'use client'

import type { Chat } from '@parlance/core'
import { createContext, type ReactElement, type ReactNode, useContext } from 'react'
import { type UseChatOptions, useOwnChat } from './useOwnChat.ts'

const ChatContext = createContext<Chat | null>(null)

/** Props of {@link ChatProvider}: a chat of yours, or the options of one. */
export type ChatProviderProps = { readonly children?: ReactNode } & (
  | { readonly chat: Chat; readonly options?: undefined }
  | { readonly chat?: undefined; readonly options?: UseChatOptions | undefined }
)

/** Gives the components below it one chat. */
export function ChatProvider({ chat, options, children }: ChatProviderProps): ReactElement {
  const own = useOwnChat(chat ? { chat } : (options ?? {}))
  return <ChatContext.Provider value={own}>{children}</ChatContext.Provider>
}

/** The chat of the provider around this component. Never renders it again by itself. */
export function useChat(): Chat {
  const chat = useContext(ChatContext)
  if (chat) return chat
  throw new Error(
    'There is no chat here: put a <ChatProvider> around this component, or use useChatStream, which makes one.',
  )
}
