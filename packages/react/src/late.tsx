'use client'

// The two ways into a chat, for a page whose first load must be small: the same names, and the half of the code that talks
// to the server is a file of its own, which comes with the first turn, or before by `fetchTalk`.
import { createLateChat } from '@parlance/core/late'
import type { ReactElement } from 'react'
import type { ChatProviderProps } from './ChatProvider.tsx'
import { ChatContext } from './useChat.ts'
import {
  type ChatStream,
  type UseChatStreamOptions,
  useChatStreamWith,
} from './useChatStreamWith.ts'
import { useOwnChat } from './useOwnChat.ts'

export { fetchTalk } from '@parlance/core/late'

/** Gives a chat to the hooks of the components below it. */
export function ChatProvider({ chat, options, children }: ChatProviderProps): ReactElement {
  const provided = useOwnChat(createLateChat, options ?? {}, chat)
  return <ChatContext.Provider value={provided}>{children}</ChatContext.Provider>
}

/** A chat in one hook, as `useChatStream` of the package's main entry. */
export function useChatStream(options?: UseChatStreamOptions): ChatStream {
  return useChatStreamWith(createLateChat, options)
}
