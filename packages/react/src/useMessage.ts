'use client'

import { type Message, messageOf } from '@parlance/core'
import { useConversation } from './useConversation.ts'

/** One message; undefined when there is none of this id. Renders only when this message changes. */
export function useMessage(id: string): Message | undefined {
  return useConversation((conversation) => messageOf(conversation, id))
}
