import type { LedgerEntry, LedgerStore } from '@parlance/server'

/** One reply as the ledger page shows it: without ids of visitors and conversations. */
export interface LedgerRow extends Omit<LedgerEntry, 'visitorId' | 'conversationId'> {
  /** Counts the conversations since the server started, from 1. */
  readonly conversation: number
}

/** A ledger store that tells of each new entry. */
export interface LedgerFeed {
  readonly store: LedgerStore
  /** The last replies, oldest first. */
  rows(): readonly LedgerRow[]
  /** Calls back after each entry. Returns the way to stop. */
  subscribe(listener: () => void): () => void
}

const mostEntries = 500

/** Keeps the last 500 replies in memory. */
export function createLedgerFeed(): LedgerFeed {
  const kept: LedgerEntry[] = []
  const listeners = new Set<() => void>()
  const numbers = new Map<string, number>()

  function toRow(entry: LedgerEntry): LedgerRow {
    const { visitorId, conversationId, ...row } = entry
    const id = `${visitorId} ${conversationId}`
    const conversation = numbers.get(id) ?? numbers.size + 1
    numbers.set(id, conversation)
    return { ...row, conversation }
  }

  return {
    store: {
      add(entry) {
        kept.push(entry)
        if (kept.length > mostEntries) kept.shift()
        for (const listener of listeners) listener()
      },
      entries: ({ visitorId, conversationId, sinceMs = 0 }) =>
        kept.filter(
          (entry) =>
            entry.startedAtMs >= sinceMs &&
            (visitorId === undefined || entry.visitorId === visitorId) &&
            (conversationId === undefined || entry.conversationId === conversationId),
        ),
    },
    rows: () => kept.map((entry) => toRow(entry)),
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
