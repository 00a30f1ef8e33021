'use client'

import { type Chat, type ChatOptions, createChat } from '@parlance/core'
import { useEffect, useState } from 'react'

/** A chat of yours, or the options of one. Components that name the same `id` share one chat and its running reply. */
export interface UseChatOptions extends ChatOptions {
  readonly chat?: Chat | undefined
}

/** A chat made here, and how many mounted components use it. */
interface OwnChat {
  readonly id: string | undefined
  readonly chat: Chat
  users: number
}

const shared = new Map<string, OwnChat>()

function makeChat(options: ChatOptions): OwnChat {
  const { id } = options
  const known = id === undefined ? undefined : shared.get(id)
  if (known) return known
  const made = { id, chat: createChat(options), users: 0 }
  // A server renders for many people at once: nothing is shared there.
  if (id !== undefined && typeof window !== 'undefined') shared.set(id, made)
  return made
}

/** Counts one more user; returns the way to count it off. */
function retain(own: OwnChat): () => void {
  if (own.id !== undefined) shared.set(own.id, own)
  own.users += 1
  return () => {
    own.users -= 1
    if (own.users === 0) release(own)
  }
}

/** Ends a chat that nobody uses. A named one first ends its reply: another component may come back for it. */
function release(own: OwnChat): void {
  // Strict Mode and moved components leave and come back within one task.
  setTimeout(() => {
    if (own.users > 0) return
    const { id, chat } = own
    const { status } = chat.getSnapshot()
    if (id !== undefined && (status === 'submitted' || status === 'streaming')) {
      const unsubscribe = chat.subscribe(() => {
        const now = chat.getSnapshot().status
        if (now === 'submitted' || now === 'streaming') return
        unsubscribe()
        release(own)
      })
      return
    }
    if (id !== undefined && shared.get(id) === own) shared.delete(id)
    chat.dispose()
  })
}

/** The chat of these options: the given one, the one all components of this `id` share, or one of this component alone. */
export function useOwnChat(options: UseChatOptions): Chat {
  const { chat: given, id } = options
  const [made, setMade] = useState(() => (given ? null : makeChat(options)))
  let own = made
  if (given ? own !== null : own === null || own.id !== id) {
    own = given ? null : makeChat(options)
    setMade(own)
  }

  useEffect(() => {
    // Read when a turn is sent: a new `onFinish` or `headers` of each render is the one that counts. An `id` alone
    // names a chat that another component describes.
    if (own && Object.keys(options).some((name) => name !== 'id')) own.chat.setOptions(options)
  })

  useEffect(() => {
    return own ? retain(own) : undefined
  }, [own])

  return given ?? (own as OwnChat).chat
}
