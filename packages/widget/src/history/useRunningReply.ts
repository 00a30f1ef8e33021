import { type Conversation, messageOf } from '@parlance/core'
import { useChatActions, useConversation } from '@parlance/react'
import { useWidget } from '../settings/WidgetContext.tsx'
import { isGrowing } from '../turn/isGrowing.ts'

/** Whether an answer is on its way, in this tab or in another one of the site, and the way to end it. */
export function useRunningReply(): { readonly isRunning: boolean; readonly stop: () => void } {
  const { keeper } = useWidget()
  const { stop } = useChatActions()
  const isRunning = useConversation(hasGrowingEnd)
  return {
    isRunning,
    stop() {
      stop()
      keeper?.stopElsewhere()
    },
  }
}

function hasGrowingEnd(conversation: Conversation): boolean {
  const status = messageOf(conversation, conversation.messageIds.at(-1) ?? '')?.status
  return isGrowing(conversation.status) || isGrowing(status)
}
