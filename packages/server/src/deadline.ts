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
 * left running, and looks at its end whether it was meant.
 */
export function createDeadline(onExpire: () => void): Deadline {
  let dueAtMs = Infinity
  let firesAtMs = Infinity
  let timer: ReturnType<typeof setTimeout> | undefined

  function schedule() {
    clearTimeout(timer)
    firesAtMs = dueAtMs
    timer = setTimeout(fire, dueAtMs - performance.now())
  }

  function fire() {
    firesAtMs = Infinity
    if (dueAtMs === Infinity) return
    // Timers may fire a fraction of a millisecond early.
    if (performance.now() < dueAtMs - 1) return schedule()
    dueAtMs = Infinity
    onExpire()
  }

  return {
    start(timeoutMs) {
      dueAtMs = performance.now() + timeoutMs
      if (dueAtMs < firesAtMs) schedule()
    },
    clear() {
      dueAtMs = Infinity
    },
    stop() {
      dueAtMs = Infinity
      firesAtMs = Infinity
      clearTimeout(timer)
    },
  }
}
