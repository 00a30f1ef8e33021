import type { ChatEvent } from './events.ts'

/** Calls back at the next frame; returns the way to call it off. */
export type Schedule = (callback: () => void) => () => void

export interface PacerOptions {
  readonly onBatch: (events: readonly ChatEvent[]) => void
  /** Default: the page's next frame, or a timer where the page draws none. */
  readonly schedule?: Schedule | undefined
}

/** Gathers the events of one frame into one batch. It holds events, never the reader that brings them. */
export interface Pacer {
  /** The first events after a quiet frame are told at once, later ones with the frame. */
  push(events: readonly ChatEvent[]): void
  /** Hands over what waits, for a caller that tells of it itself, and stops the clock. */
  take(): readonly ChatEvent[]
}

/** A page that is not drawn gets no frames. A timer of it runs late, but it runs. */
const longestFrameMs = 250
const timerMs = 16

export function createPacer({ onBatch, schedule = nextFrame }: PacerOptions): Pacer {
  let waiting: ChatEvent[] = []
  let cancel: (() => void) | null = null

  function tell() {
    cancel = null
    if (waiting.length === 0) return
    const batch = waiting
    waiting = []
    cancel = schedule(tell)
    onBatch(batch)
  }

  return {
    push(events) {
      for (const event of events) waiting.push(event)
      if (!cancel) tell()
    },
    take() {
      cancel?.()
      cancel = null
      const batch = waiting
      waiting = []
      return batch
    },
  }
}

/** Asked anew for each frame, as a page may be hidden at any time; there may be no page at all. */
const nextFrame: Schedule = (callback) => {
  const { document, requestAnimationFrame } = globalThis as Partial<typeof globalThis>
  if (document?.visibilityState !== 'visible' || !requestAnimationFrame) {
    const timer = setTimeout(callback, document ? longestFrameMs : timerMs)
    return () => clearTimeout(timer)
  }
  const cancel = () => {
    cancelAnimationFrame(frame)
    clearTimeout(timer)
  }
  const run = () => {
    cancel()
    callback()
  }
  const frame = requestAnimationFrame(run)
  const timer = setTimeout(run, longestFrameMs)
  return cancel
}
