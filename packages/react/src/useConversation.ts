'use client'

import type { Chat, Conversation } from '@parlance/core'
import { useEffect, useReducer, useRef } from 'react'
import { useChat } from './useChat.ts'

/**
 * One value of the conversation. The component renders when that value changes, by `Object.is`, and not otherwise: let
 * `select` return something the conversation holds, not a new object.
 */
export function useConversation<Value>(select: (conversation: Conversation) => Value): Value {
  return useSelected(useChat(), select)
}

/**
 * The one way from a chat to a component: ordinary state, which React updates in its default lane. An update of
 * `useSyncExternalStore` would interrupt a transition that is being rendered and make it start again, at every token.
 */
export function useSelected<Value>(
  chat: Chat,
  select: (conversation: Conversation) => Value,
  isSame: (shown: Value, next: Value) => boolean = Object.is,
  subscribe: Subscribe = subscribeTo,
  messageId = '',
): Value {
  const [, render] = useReducer((count: number) => count + 1, 0)
  const conversation = chat.getSnapshot()
  const value = select(conversation)
  const shown = useRef({ conversation, value, select, isSame })

  function catchUp() {
    const next = chat.getSnapshot()
    const last = shown.current
    if (next === last.conversation) return
    // Moved on even when nothing shown has changed: a row must not hold on to a conversation of long ago.
    last.conversation = next
    if (hasChanged(last, next)) render()
  }

  useEffect(() => {
    shown.current = { conversation, value, select, isSame }
    // A render takes its time, in which the chat may have moved on.
    catchUp()
  })

  useEffect(
    () => subscribe(chat, catchUp, messageId),
    // `catchUp` reads nothing of the render it was made in but the chat.
    // oxlint-disable-next-line react/exhaustive-deps
    [chat, subscribe, messageId],
  )

  return value
}

/** Calls back when what the component looks at may have changed. Returns the way to stop. */
type Subscribe = (chat: Chat, listener: () => void, messageId: string) => () => void

const subscribeTo: Subscribe = (chat, listener) => chat.subscribe(listener)

interface Shown<Value> {
  readonly value: Value
  readonly select: (conversation: Conversation) => Value
  readonly isSame: (shown: Value, next: Value) => boolean
}

function hasChanged<Value>({ value, select, isSame }: Shown<Value>, next: Conversation): boolean {
  try {
    return !isSame(value, select(next))
  } catch {
    // A selector about something that is gone: its component is about to go as well, or throws again in its render.
    return true
  }
}
