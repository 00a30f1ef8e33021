'use client'

import { type MessagePart, messageOf } from '@parlance/core'
import { useMessageValue } from './useMessageValue.ts'

/** One part of a message, by its position from 0; undefined when there is none. Renders only when this part changes. */
export function usePart(messageId: string, index: number): MessagePart | undefined {
  return useMessageValue(
    messageId,
    (conversation) => messageOf(conversation, messageId)?.parts[index],
  )
}
