'use client'

import type { Chat, Conversation } from '@parlance/core'
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { useChat } from './ChatProvider.tsx'

/** Reads one value of the conversation around this component, which renders again only when that value changed. */
export function useConversation<Value>(select: (conversation: Conversation) => Value): Value {
  return useSelected(useChat(), select)
}

// On a server a layout effect would warn, and there is nothing to catch up with.
const useCommitEffect = typeof window === 'undefined' ? useEffect : useLayoutEffect

/**
 * The one way a chat's state reaches a component: as ordinary state, which React updates in its default lane.
 * `useSyncExternalStore` would restart every transition of the page at every token of a reply, for seconds.
 */
export function useSelected<Value>(
  chat: Chat,
  select: (conversation: Conversation) => Value,
  isSame: (one: Value, other: Value) => boolean = Object.is,
): Value {
  const [published, publish] = useState(() => ({ chat, conversation: chat.getSnapshot() }))
  let shown = published
  if (published.chat !== chat) {
    shown = { chat, conversation: chat.getSnapshot() }
    publish(shown)
  }
  const value = select(shown.conversation)
  const latest = useRef({ select, isSame, value })

  const check = useCallback(() => {
    const conversation = chat.getSnapshot()
    const next = latest.current.select(conversation)
    if (latest.current.isSame(next, latest.current.value)) return
    // What was published last, not what was rendered last: the two differ while a render is pending.
    latest.current = { ...latest.current, value: next }
    publish({ chat, conversation })
  }, [chat])
  useCommitEffect(() => {
    latest.current = { select, isSame, value }
    // The conversation may have moved on since this render began, or `select` asks for something new.
    check()
  })
  useEffect(() => {
    const unsubscribe = chat.subscribe(check)
    check()
    return unsubscribe
  }, [chat, check])
  return value
}
