const longestWaitMs = 2_000

/** Runs something once the browser has nothing else to do, after two seconds at the latest. Returns the way to stop it. */
export function whenIdle(run: () => void): () => void {
  if (typeof requestIdleCallback === 'undefined') {
    const timer = setTimeout(run, longestWaitMs)
    return () => clearTimeout(timer)
  }
  const handle = requestIdleCallback(run, { timeout: longestWaitMs })
  return () => cancelIdleCallback(handle)
}
