/** The other tabs of the site. Where the browser has no means for it, every tab is alone. */
export interface Tabs {
  /** Tells all other tabs. */
  post(message: unknown): void
  /**
   * Waits until no other tab holds the lease of this name, and takes it. The browser gives it on when this tab is
   * closed or crashes. Returns the way to give it back; null when `signal` was aborted first.
   */
  lease(name: string, signal: AbortSignal): Promise<(() => void) | null>
  /** Whether some tab holds the lease. */
  isLeased(name: string): Promise<boolean>
  close(): void
}

/** Joins the tabs that use the same name. Sends and stores nothing by itself. */
export function createTabs(name: string, onMessage: (message: unknown) => void): Tabs {
  const channel = openChannel(name)
  channel?.addEventListener('message', ({ data }) => onMessage(data))
  // Absent on pages without https.
  const { locks } = navigator as { locks?: LockManager }
  const fullName = (lease: string): string => `${name}:${lease}`
  return {
    post: (message) => channel?.postMessage(message),
    lease: (lease, signal) =>
      new Promise((resolve) => {
        if (!locks) {
          resolve(() => undefined)
          return
        }
        locks
          .request(
            fullName(lease),
            { signal },
            () => new Promise<void>((release) => resolve(release)),
          )
          // Aborted while it waited, or refused to a page of its kind.
          .catch(() => resolve(signal.aborted ? null : () => undefined))
      }),
    isLeased: async (lease) => {
      try {
        const { held = [] } = (await locks?.query()) ?? {}
        return held.some((lock) => lock.name === fullName(lease))
      } catch {
        return false
      }
    },
    close: () => channel?.close(),
  }
}

function openChannel(name: string): BroadcastChannel | undefined {
  try {
    return new BroadcastChannel(name)
  } catch {
    return undefined
  }
}
