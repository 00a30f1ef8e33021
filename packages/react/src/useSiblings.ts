'use client'

import { type Siblings, siblingsOf } from '@parlance/core'
import { useMemo } from 'react'
import { useMessageValue } from './useMessageValue.ts'

const none: readonly string[] = []

/** A message's versions: edited questions, further replies. Renders only when one comes. */
export function useSiblings(messageId: string): Siblings {
  const ids = useMessageValue(messageId, (conversation) => {
    const siblings = siblingsOf(conversation, messageId)
    return siblings.index < 0 ? none : siblings.ids
  })
  return useMemo(() => ({ index: ids.indexOf(messageId), ids }), [ids, messageId])
}
