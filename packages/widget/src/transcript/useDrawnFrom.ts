import { useEffect, useState } from 'react'
import { whenIdle } from '../settings/whenIdle.ts'

/** The last may be shorter than the view. */
const drawnAtOnce = 2

/**
 * The first stretch of a conversation to draw: at once the last two, for that is what the reader sees, then one more
 * whenever the browser is idle. So a conversation of thousands of turns opens as fast as a short one.
 *
 * @param count stretches there are
 * @param conversationKey something that is another one for another conversation
 */
export function useDrawnFrom(count: number, conversationKey: string | undefined): number {
  const [drawn, setDrawn] = useState({ conversationKey, from: count - drawnAtOnce })
  if (drawn.conversationKey !== conversationKey)
    setDrawn({ conversationKey, from: count - drawnAtOnce })
  const { from } = drawn

  useEffect(() => {
    if (from <= 0) return
    return whenIdle(() => setDrawn((now) => ({ ...now, from: now.from - 1 })))
  }, [from])

  return from
}
