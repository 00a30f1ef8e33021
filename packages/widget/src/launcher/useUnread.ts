import { messageOf } from '@parlance/core'
import { useChat, useChatStatus, useMessageIds } from '@parlance/react'
import { useState } from 'react'
import { isGrowing } from '../turn/isGrowing.ts'

/** Answers that ended while the panel was closed. */
export function useUnread(open: boolean): number {
  const chat = useChat()
  const ids = useMessageIds()
  // A reply ends without a message coming or going.
  useChatStatus()
  const conversation = chat.getSnapshot()
  const ended = ids.filter((id) => {
    const { role, status } = messageOf(conversation, id) ?? {}
    return role === 'assistant' && !isGrowing(status)
  }).length
  const [seen, setSeen] = useState(ended)

  // What is on screen is read; a conversation that was cleared has nothing to be read.
  if ((open && seen !== ended) || ended < seen) setSeen(ended)

  return open ? 0 : Math.max(0, ended - seen)
}
