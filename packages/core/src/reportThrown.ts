/**
 * Calls what a user of the library gave us. What it throws is a fault of the page's own and must not end a reply: it is
 * reported as an uncaught error, as the browser does for an event listener.
 */
export function reportThrown(call: () => unknown): void {
  try {
    call()
  } catch (error) {
    reportUncaught(error)
  }
}

/** Shows an error as uncaught: in the console of a browser, to the `uncaughtException` listeners of Node. */
export function reportUncaught(error: unknown): void {
  if (typeof reportError === 'function') return reportError(error)
  queueMicrotask(() => {
    throw error
  })
}
