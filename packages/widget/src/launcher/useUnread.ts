import { messageOf } from '@parlance/core'
import { useChat, useChatStatus, useMessageIds } from '@parlance/react'
import { useState } from 'react'

/** Answers that ended while the panel was closed. */
export function useUnread(open: boolean): number {
  const chat = useChat()
  const ids = useMessageIds()
  const status = useChatStatus()
  const isBusy = status === 'submitted' || status === 'streaming'
  const conversation = chat.getSnapshot()
  const replies = ids.filter((id) => messageOf(conversation, id)?.role === 'assistant').length
  const ended = isBusy ? replies - 1 : replies
  const [seen, setSeen] = useState(ended)

  // What is on screen is read; a conversation that was cleared has nothing to be read.
  if ((open && seen !== ended) || ended < seen) setSeen(ended)

  return open ? 0 : Math.max(0, ended - seen)
}
