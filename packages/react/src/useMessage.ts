'use client'

import { type Message, messageOf } from '@parlance/core'
import { useMessageValue } from './useMessageValue.ts'

/** One message; undefined when there is none of this id. Renders only when this message changes. */
export function useMessage(id: string): Message | undefined {
  return useMessageValue(id, (conversation) => messageOf(conversation, id))
}
