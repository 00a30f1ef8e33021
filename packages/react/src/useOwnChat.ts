'use client'

import type { Chat, ChatOptions } from '@parlance/core'
import { useEffect, useInsertionEffect, useState } from 'react'
import { namedChat, retainChat, userCountOf } from './namedChats.ts'

/** Options of a chat that components make. */
export interface OwnChatOptions extends ChatOptions {
  /**
   * Names the conversation: components with the same `id` share one chat, and a changed `id` swaps the view while the
   * earlier reply goes on. Default: a conversation of this component alone.
   */
  readonly id?: string | undefined
  /** What becomes of a running reply when the last component that uses its chat is gone. Default `keep`. */
  readonly whenUnused?: 'keep' | 'stop' | undefined
}

/** The given chat, else the one of this `id`, else one of this component alone, made by `create`. */
export function useOwnChat(
  create: (options: ChatOptions) => Chat,
  options: OwnChatOptions,
  given?: Chat,
): Chat {
  const { id, whenUnused } = options
  const isOwn = !given
  // A server renders for many people at once: nothing is shared by name there.
  const name = typeof window === 'undefined' ? undefined : id || undefined
  const [alone, setAlone] = useState(() => (isOwn && name === undefined ? create(options) : null))
  let chat = given ?? (name === undefined ? alone : namedChat(name, create, options))
  if (!chat) {
    chat = create(options)
    setAlone(chat)
  }

  // Before the effects of all components below: one of them may send a turn.
  useInsertionEffect(() => {
    if (isOwn && describesChat(options)) chat.setOptions(options)
  })

  useEffect(() => (isOwn ? retainChat(chat, id) : undefined), [chat, id, isOwn])

  useEffect(() => {
    if (!isOwn || whenUnused !== 'stop') return undefined
    return () => {
      // Strict Mode and components that move leave and come back within one task.
      setTimeout(() => {
        if (userCountOf(chat) === 0) chat.stop()
      })
    }
  }, [chat, isOwn, whenUnused])

  return chat
}

/** A name alone asks for a chat that another component describes. */
function describesChat(options: OwnChatOptions): boolean {
  const { id: _, whenUnused: __, ...others } = options
  return Object.values(others).some((value) => value !== undefined)
}
