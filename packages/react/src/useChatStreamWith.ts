'use client'

import {
  type Chat,
  type ChatOptions,
  type ChatError,
  type ChatNotice,
  type ChatStatus,
  type Conversation,
  type Message,
  messagesOf,
} from '@parlance/core'
import { useContext, useMemo, useState } from 'react'

import { ChatContext } from './useChat.ts'
import type { ChatActions } from './useChatActions.ts'
import { useSelected } from './useConversation.ts'
import { type OwnChatOptions, useOwnChat } from './useOwnChat.ts'

/** Options of `useChatStream`. */
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

const fields = ['messages', 'messageIds', 'status', 'notice', 'error', 'retryAtMs'] as const

type Field = (typeof fields)[number]

function read(conversation: Conversation, field: Field): unknown {
  return field === 'messages' ? messagesOf(conversation) : conversation[field]
}

/** What `useChatStream` is, with a chat made by `create` where it makes one. */
export function useChatStreamWith(
  create: (options: ChatOptions) => Chat,
  options?: UseChatStreamOptions,
): ChatStream {
  const provided = useContext(ChatContext)
  const given = options ? options.chat : (provided ?? undefined)
  const chat = useOwnChat(create, options ?? {}, given)
  const [used] = useState(() => new Set<Field>())
  const conversation = useSelected(chat, itself, (shown, next) =>
    [...used].every((field) => Object.is(read(shown, field), read(next, field))),
  )
  return useMemo(
    () => createStream(chat, used),
    // A new object whenever it says something new, for whoever compares it as a whole.
    // oxlint-disable-next-line react/exhaustive-deps
    [chat, used, conversation],
  )
}

const itself = (conversation: Conversation) => conversation

/** Reads the chat as it is now, also in an event handler of a component that rendered long ago. */
function createStream(chat: Chat, used: Set<Field>): ChatStream {
  const { send, stop, regenerate, edit, retry, selectSibling, clear } = chat
  const stream = { send, stop, regenerate, edit, retry, selectSibling, clear, chat }
  for (const field of fields) {
    Object.defineProperty(stream, field, {
      enumerable: true,
      get() {
        used.add(field)
        return read(chat.getSnapshot(), field)
      },
    })
  }
  return stream as ChatStream
}
