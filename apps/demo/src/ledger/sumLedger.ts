import type { Cost } from '@parlance/core'
import type { LedgerRow } from '../relay/createLedgerFeed.ts'

export interface LedgerSum {
  readonly replies: number
  readonly inputTokens: number
  readonly outputTokens: number
  readonly cachedTokens: number
  readonly reasoningTokens: number
  /** One for each currency. */
  readonly costs: readonly Pick<Cost, 'micros' | 'currency'>[]
  /** By a visitor, with the button or by leaving. */
  readonly stops: number
}

export function sumLedger(rows: readonly LedgerRow[]): LedgerSum {
  const micros = new Map<string, number>()
  let inputTokens = 0
  let outputTokens = 0
  let cachedTokens = 0
  let reasoningTokens = 0
  let stops = 0
  for (const { usage, cost, outcome } of rows) {
    inputTokens += usage.inputTokens ?? 0
    outputTokens += usage.outputTokens ?? 0
    cachedTokens += usage.cachedTokens ?? 0
    reasoningTokens += usage.reasoningTokens ?? 0
    if (outcome === 'stopped' || outcome === 'disconnected') stops++
    if (cost) micros.set(cost.currency, (micros.get(cost.currency) ?? 0) + cost.micros)
  }
  const costs = [...micros].map(([currency, sum]) => ({ currency, micros: sum }))
  return {
    replies: rows.length,
    inputTokens,
    outputTokens,
    cachedTokens,
    reasoningTokens,
    costs,
    stops,
  }
}

/** Sums of the rows with one name, the newest first. */
export function sumBy(
  rows: readonly LedgerRow[],
  nameOf: (row: LedgerRow) => string,
): readonly (LedgerSum & { readonly name: string })[] {
  const groups = new Map<string, LedgerRow[]>()
  for (const row of rows) groups.set(nameOf(row), [...(groups.get(nameOf(row)) ?? []), row])
  return [...groups].map(([name, members]) => ({ name, ...sumLedger(members) })).toReversed()
}
