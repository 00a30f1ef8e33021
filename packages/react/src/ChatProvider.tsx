'use client'

import { type Chat, createChat } from '@parlance/core'
import type { ReactElement, ReactNode } from 'react'
import { ChatContext } from './useChat.ts'
import { type OwnChatOptions, useOwnChat } from './useOwnChat.ts'

/** Props of {@link ChatProvider}. */
export interface ChatProviderProps {
  /** A chat made by `createChat` or `useChatStream`; `options` are then not used. */
  readonly chat?: Chat | undefined
  /** Options of a chat made here. They hold from the next turn on, so they may be new in each render. */
  readonly options?: OwnChatOptions | undefined
  readonly children?: ReactNode
}

/** Gives a chat to the hooks of the components below it. */
export function ChatProvider({ chat, options, children }: ChatProviderProps): ReactElement {
  const provided = useOwnChat(createChat, options ?? {}, chat)
  return <ChatContext.Provider value={provided}>{children}</ChatContext.Provider>
}
