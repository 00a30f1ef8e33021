import { useEffect, useState } from 'react'
import { rememberGreeting, wasGreeted } from './greetingMemory.ts'

export interface InvitationOptions {
  /** How long to wait for the visitor; absent: for ever. */
  readonly afterMs: number | undefined
  /** Whether the visitor has opened the chat, and needs no invitation. */
  readonly wasOpened: boolean
  /** Whether the tab may remember that the visitor has been greeted. */
  readonly mayRemember: boolean
}

/** Whether the greeting stands beside the launcher: after a while, until it is waved away or the chat is opened. */
export function useInvitation({ afterMs, wasOpened, mayRemember }: InvitationOptions): {
  readonly isShown: boolean
  readonly dismiss: () => void
} {
  const [isDue, setIsDue] = useState(false)
  const [isDismissed, setIsDismissed] = useState(false)
  const isOver = wasOpened || isDismissed

  useEffect(() => {
    if (afterMs === undefined) return
    if (isOver) {
      if (mayRemember) rememberGreeting()
      return
    }
    if (wasGreeted()) return
    const timer = setTimeout(() => setIsDue(true), afterMs)
    return () => clearTimeout(timer)
  }, [afterMs, isOver, mayRemember])

  return { isShown: isDue && !isOver, dismiss: () => setIsDismissed(true) }
}
