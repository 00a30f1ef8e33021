/** The other tabs of the site. Where the browser has no means for it, every tab is alone. */
export interface Tabs {
  /** Tells all other tabs. */
  post(message: unknown): void
  /**
   * Waits until no other tab holds the lease of this name, and takes it; or until `signal` is aborted. The browser gives
   * it on when this tab is closed or crashes. Returns the way to give it back.
   */
  lease(name: string, signal: AbortSignal): Promise<() => void>
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
        // Refused to a page of its kind, or aborted while it waited: there is nothing to give back.
        const goOn = (): void => resolve(() => undefined)
        const hold = (): Promise<void> => new Promise(resolve)
        Promise.resolve(locks?.request(fullName(lease), { signal }, hold)).then(goOn, goOn)
      }),
    isLeased: async (lease) => {
      const { held = [] } = (await locks?.query().catch(() => undefined)) ?? {}
      return held.some((lock) => lock.name === fullName(lease))
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
