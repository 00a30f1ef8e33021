'use client'

import {
  type Chat,
  type ChatError,
  type ChatNotice,
  type ChatStatus,
  type Conversation,
  type Message,
  messagesOf,
} from '@parlance/core'
import { useContext, useMemo, useState } from 'react'
import { actionsOf, type ChatActions } from './chatActions.ts'
import { ChatContext } from './useChat.ts'
import { useSelected } from './useConversation.ts'
import { type OwnChatOptions, useOwnChat } from './useOwnChat.ts'

/** Options of {@link useChatStream}. */
export interface UseChatStreamOptions extends OwnChatOptions {
  /** A chat made by `createChat`; the other options are then not used. */
  readonly chat?: Chat | undefined
}

/** A conversation and what can be done to it. The component renders for what it has read from here, and for nothing else. */
export interface ChatStream extends ChatActions {
  /** The shown messages, oldest first. Changes with every frame of a reply. */
  readonly messages: readonly Message[]
  /** Their ids. Changes only when a message comes or goes: make a row of each, and let it use `useMessage`. */
  readonly messageIds: readonly string[]
  readonly status: ChatStatus
  readonly notice: ChatNotice | null
  /** Why the last turn failed; null once another begins. */
  readonly error: ChatError | null
  /** When the failed turn may be sent again, in milliseconds since 1970; null when at once. */
  readonly retryAtMs: number | null
  /** For a `ChatProvider`. */
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

type Name = keyof typeof readers

/**
 * A chat in one hook. Inside a `ChatProvider` and without options it is the provider's.
 *
 * Options are read when a turn is sent and may be new in each render; `initialMessages` counts once.
 */
export function useChatStream(options?: UseChatStreamOptions): ChatStream {
  const provided = useContext(ChatContext)
  const given = options ? options.chat : (provided ?? undefined)
  const chat = useOwnChat(options ?? {}, given)
  const [names] = useState(() => new Set<Name>())
  const conversation = useSelected(chat, itself, (shown, next) => {
    for (const name of names) {
      if (!Object.is(readers[name](shown), readers[name](next))) return false
    }
    return true
  })
  return useMemo(
    () => createStream(chat, names),
    // A new object whenever it says something new, for whoever compares it as a whole.
    // oxlint-disable-next-line react/exhaustive-deps
    [chat, names, conversation],
  )
}

const itself = (conversation: Conversation) => conversation

/** Reads the chat as it is now, also in an event handler of a component that rendered long ago. */
function createStream(chat: Chat, names: Set<Name>): ChatStream {
  function read<Key extends Name>(name: Key): ReturnType<(typeof readers)[Key]> {
    names.add(name)
    return readers[name](chat.getSnapshot()) as ReturnType<(typeof readers)[Key]>
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
}
