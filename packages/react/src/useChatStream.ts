'use client'

import {
  type Chat,
  type ChatError,
  type ChatStatus,
  type Conversation,
  type Message,
  messagesOf,
} from '@parlance/core'
import { useMemo, useRef } from 'react'
import { type ChatActions, actionsOf } from './chatActions.ts'
import { useSelected } from './useConversation.ts'
import { type UseChatOptions, useOwnChat } from './useOwnChat.ts'

/** Options of {@link useChatStream}: a chat of yours, or the options of one. */
export type UseChatStreamOptions = UseChatOptions

/** A conversation and all that can be done to it. A component renders again only for the values it has read. */
export interface ChatStream extends ChatActions {
  /** The shown messages, oldest first; reading it renders for every frame of a reply. */
  readonly messages: readonly Message[]
  /** Their ids: changes only when a message comes or goes. Render rows by it, each with `useMessage`. */
  readonly messageIds: readonly string[]
  readonly status: ChatStatus
  readonly notice: Conversation['notice']
  readonly error: ChatError | null
  /** When the failed turn may be sent again, in milliseconds since 1970; null when at once. */
  readonly retryAtMs: number | null
  readonly chat: Chat
}

const readers = {
  messages: messagesOf,
  messageIds: (conversation: Conversation) => conversation.messageIds,
  status: (conversation: Conversation) => conversation.status,
  notice: (conversation: Conversation) => conversation.notice,
  error: (conversation: Conversation) => conversation.error,
  retryAtMs: (conversation: Conversation) => conversation.retryAtMs,
}

type Read = keyof typeof readers

const whole = (conversation: Conversation): Conversation => conversation

/** A chat in one hook: `const { messages, send, stop, status } = useChatStream({ url: '/api/chat' })`. */
export function useChatStream(options: UseChatStreamOptions = {}): ChatStream {
  const chat = useOwnChat(options)
  const reads = useRef(new Set<Read>())
  const conversation = useSelected(chat, whole, (one, other) => {
    for (const name of reads.current) {
      if (!Object.is(readers[name](one), readers[name](other))) return false
    }
    return true
  })
  return useMemo(() => {
    const read = <Name extends Read>(name: Name): ReturnType<(typeof readers)[Name]> => {
      reads.current.add(name)
      return readers[name](conversation) as ReturnType<(typeof readers)[Name]>
    }
    return {
      ...actionsOf(chat),
      chat,
      get messages() {
        return read('messages')
      },
      get messageIds() {
        return read('messageIds')
      },
      get status() {
        return read('status')
      },
      get notice() {
        return read('notice')
      },
      get error() {
        return read('error')
      },
      get retryAtMs() {
        return read('retryAtMs')
      },
    }
  }, [chat, conversation])
}
