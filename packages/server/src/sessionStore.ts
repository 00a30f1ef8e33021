/** A session that a provider keeps. */
export interface KeptSession {
  /** The provider's own id. */
  readonly id: string
  /** Stands for the newest question it holds; not the question itself. */
  readonly question: string
}

/**
 * Where sessions of providers are kept, by keys that name a visitor, their conversation and the provider. All processes
 * that answer one page must see the same.
 */
export interface SessionStore {
  set(key: string, session: KeptSession, lifetimeMs: number): Promise<void> | void
  /** Undefined for a session that is unknown or older than its lifetime. */
  get(key: string): Promise<KeptSession | undefined> | KeptSession | undefined
}

const maxSessions = 10_000

/** The 10,000 sessions used last, in this process's memory. */
export function createMemorySessions(now: () => number): SessionStore {
  /** The one used last comes last. */
  const kept = new Map<string, { session: KeptSession; endsAtMs: number }>()

  return {
    set(key, session, lifetimeMs) {
      kept.delete(key)
      kept.set(key, { session, endsAtMs: now() + lifetimeMs })
      if (kept.size <= maxSessions) return
      const [oldest] = kept.keys()
      kept.delete(oldest!)
    },
    get(key) {
      const entry = kept.get(key)
      if (!entry) return undefined
      kept.delete(key)
      if (entry.endsAtMs <= now()) return undefined
      kept.set(key, entry)
      return entry.session
    },
  }
}
