/** One timer for many waits that follow each other. */
export interface Deadline {
  /** Begins a wait; replaces the one before. */
  start(timeoutMs: number): void
  /** The wait is over in time. */
  clear(): void
  /** No wait will follow: nothing keeps the process awake. */
  stop(): void
}

/**
 * Calls back when a wait takes too long. A stream begins and ends a wait with every token, so the timer underneath is
 * left running, and looks at its end whether it was meant. Times are whole milliseconds, which the engine keeps in place
 * where a fraction would be a new object for every token.
 */
export function createDeadline(onExpire: () => void): Deadline {
  /** 0 while nothing is waited for. */
  let dueAtMs = 0
  /** 0 while no timer runs. */
  let firesAtMs = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  const nowMs = () => Math.ceil(performance.now())

  function schedule(waitMs: number) {
    clearTimeout(timer)
    firesAtMs = dueAtMs
    timer = setTimeout(fire, waitMs)
  }

  function fire() {
    firesAtMs = 0
    if (dueAtMs === 0) return
    const leftMs = dueAtMs - nowMs()
    // Timers may fire a fraction of a millisecond early.
    if (leftMs > 1) return schedule(leftMs)
    dueAtMs = 0
    onExpire()
  }

  return {
    start(timeoutMs) {
      dueAtMs = nowMs() + timeoutMs
      if (firesAtMs === 0 || dueAtMs < firesAtMs) schedule(timeoutMs)
    },
    clear() {
      dueAtMs = 0
    },
    stop() {
      dueAtMs = 0
      firesAtMs = 0
      clearTimeout(timer)
    },
  }
}
