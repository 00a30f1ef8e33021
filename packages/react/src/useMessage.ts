'use client'

import {
  type Message,
  messageOf,
  type MessagePart,
  siblingsOf,
  type Siblings,
} from '@parlance/core'
import { useMemo } from 'react'
import { useConversation } from './useConversation.ts'

/** Ids of the shown messages, oldest first. Changes only when a message comes or goes. */
export function useMessageIds(): readonly string[] {
  return useConversation((conversation) => conversation.messageIds)
}

/** One message; undefined once it is gone. Renders only when this message changes. */
export function useMessage(id: string): Message | undefined {
  return useConversation((conversation) => messageOf(conversation, id))
}

/** One part of a message, by its place; undefined while there is none. */
export function usePart(messageId: string, index: number): MessagePart | undefined {
  return useConversation((conversation) => messageOf(conversation, messageId)?.parts[index])
}

/** The other versions of a message: edited questions, further replies. */
export function useSiblings(messageId: string): Siblings {
  const ids = useConversation((conversation) => siblingsOf(conversation, messageId).ids)
  return useMemo(() => ({ index: ids.indexOf(messageId), ids }), [ids, messageId])
}
