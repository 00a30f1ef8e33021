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
  /** Part of `inputTokens`, where providers tell it. */
  readonly cachedTokens: number
  /** Part of `outputTokens`, where providers tell it. */
  readonly reasoningTokens: number
  /** Millionths by currency, such as `{ USD: 1500 }`. */
  readonly costMicros: Readonly<Record<string, number>>
}

/** What totals are made by: `day` in UTC, as `2026-11-25`. */
export type LedgerGroup = 'conversation' | 'day' | 'visitor'

/** Totals of one conversation, day or visitor. */
export interface LedgerTotal extends LedgerSummary {
  /** The id of the conversation or visitor, or the day. */
  readonly key: string
}

/** What the host may read of the relay's work. */
export interface Ledger {
  /** Oldest first. */
  entries(filter?: LedgerFilter): Promise<readonly LedgerEntry[]>
  summary(filter?: LedgerFilter): Promise<LedgerSummary>
  /** In the order in which the groups began. */
  totals(group: LedgerGroup, filter?: LedgerFilter): Promise<readonly LedgerTotal[]>
}

export function createLedger(store: LedgerStore): Ledger {
  const entries = async (filter: LedgerFilter = {}) => store.entries(filter)
  return {
    entries,
    summary: async (filter) => summarize(await entries(filter)),
    async totals(group, filter) {
      const groups = new Map<string, LedgerEntry[]>()
      for (const entry of await entries(filter)) {
        const key = toGroupKey(entry, group)
        const known = groups.get(key)
        if (known) known.push(entry)
        else groups.set(key, [entry])
      }
      return [...groups].map(([key, members]) => ({ key, ...summarize(members) }))
    },
  }
}

function toGroupKey(entry: LedgerEntry, group: LedgerGroup): string {
  switch (group) {
    case 'conversation':
      return entry.conversationId
    case 'day':
      return new Date(entry.startedAtMs).toISOString().slice(0, 10)
    case 'visitor':
      return entry.visitorId
    default:
      return group satisfies never
  }
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
  const tokens = { inputTokens: 0, outputTokens: 0, cachedTokens: 0, reasoningTokens: 0 }
  for (const { outcome, usage, cost } of entries) {
    outcomes[outcome]++
    tokens.inputTokens += usage.inputTokens ?? 0
    tokens.outputTokens += usage.outputTokens ?? 0
    tokens.cachedTokens += usage.cachedTokens ?? 0
    tokens.reasoningTokens += usage.reasoningTokens ?? 0
    if (cost) costMicros.set(cost.currency, (costMicros.get(cost.currency) ?? 0) + cost.micros)
  }
  return {
    requests: entries.length,
    outcomes,
    ...tokens,
    costMicros: Object.fromEntries(costMicros),
  }
}
