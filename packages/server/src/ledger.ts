import type { ChatErrorCode, Cost, Usage } from '@parlance/core'

const maxEntries = 10_000

/**
 * How a reply ended. `complete`: by the provider. `stopped`: by the visitor. `disconnected`: the visitor left.
 * `truncated`: the provider broke off. `failed`: any other error, with its `code`.
 */
export type ReplyOutcome = 'complete' | 'stopped' | 'disconnected' | 'truncated' | 'failed'

/** One reply, as it is remembered: what it took and how it ended, never what was said. */
export interface LedgerEntry {
  readonly replyId: string
  readonly visitorId: string
  readonly conversationId: string
  /** Absent when no provider answered. */
  readonly provider?: string | undefined
  /** The owner's public name. */
  readonly model: string
  /** In milliseconds since 1970. */
  readonly startedAtMs: number
  readonly durationMs: number
  /** From the request to the first piece of an answer. */
  readonly firstTokenMs?: number | undefined
  /** Requests made to providers, retries included. */
  readonly attempts: number
  readonly outcome: ReplyOutcome
  readonly code?: ChatErrorCode | undefined
  readonly usage: Usage
  /** `estimated` from the text, at four bytes a token, when the provider reported nothing. */
  readonly usageSource: 'reported' | 'estimated'
  readonly cost?: Cost | undefined
  /** Receipt of a machine payment, as the provider gave it. */
  readonly receipt?: unknown
}

/** Which entries are meant; every given field must fit. */
export interface LedgerFilter {
  readonly visitorId?: string | undefined
  readonly conversationId?: string | undefined
  /** In milliseconds since 1970. */
  readonly sinceMs?: number | undefined
}

/** Where entries are kept. */
export interface LedgerStore {
  add(entry: LedgerEntry): Promise<void> | void
  /** Oldest first. */
  entries(filter: LedgerFilter): Promise<readonly LedgerEntry[]> | readonly LedgerEntry[]
}

/** Totals over the entries a store still keeps. */
export interface LedgerSummary {
  readonly requests: number
  readonly outcomes: Readonly<Record<ReplyOutcome, number>>
  readonly inputTokens: number
  readonly outputTokens: number
  /** Millionths by currency, such as `{ USD: 1500 }`. */
  readonly costMicros: Readonly<Record<string, number>>
}

/** What the host may read of the relay's work. */
export interface Ledger {
  /** Oldest first. */
  entries(filter?: LedgerFilter): Promise<readonly LedgerEntry[]>
  summary(filter?: LedgerFilter): Promise<LedgerSummary>
}

export function createLedger(store: LedgerStore): Ledger {
  const entries = async (filter: LedgerFilter = {}) => store.entries(filter)
  return { entries, summary: async (filter) => summarize(await entries(filter)) }
}

/** Keeps the last 10,000 replies in this process's memory. */
export function createMemoryLedger(): LedgerStore {
  const kept: LedgerEntry[] = []
  return {
    add(entry) {
      kept.push(entry)
      if (kept.length > maxEntries) kept.shift()
    },
    entries: ({ visitorId, conversationId, sinceMs = 0 }) =>
      kept.filter(
        (entry) =>
          entry.startedAtMs >= sinceMs &&
          (visitorId === undefined || entry.visitorId === visitorId) &&
          (conversationId === undefined || entry.conversationId === conversationId),
      ),
  }
}

function summarize(entries: readonly LedgerEntry[]): LedgerSummary {
  const outcomes = { complete: 0, stopped: 0, disconnected: 0, truncated: 0, failed: 0 }
  const costMicros = new Map<string, number>()
  let inputTokens = 0
  let outputTokens = 0
  for (const { outcome, usage, cost } of entries) {
    outcomes[outcome]++
    inputTokens += usage.inputTokens ?? 0
    outputTokens += usage.outputTokens ?? 0
    if (cost) costMicros.set(cost.currency, (costMicros.get(cost.currency) ?? 0) + cost.micros)
  }
  return {
    requests: entries.length,
    outcomes,
    inputTokens,
    outputTokens,
    costMicros: Object.fromEntries(costMicros),
  }
}
