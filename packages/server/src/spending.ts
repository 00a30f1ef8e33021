import { ChatError, type Cost, type Turn, type Usage } from '@parlance/core'
import type { BudgetStore } from './budget.ts'
import { maxInputTokens, toMicros } from './costs.ts'
import type { Model } from './provider.ts'
import type { DailyBudget } from './relayOptions.ts'

/** What one reply may cost, taken from the day's budget before anybody is asked. */
export interface Reservation {
  /** Replaces it by what was used; nothing used gives all of it back. */
  settle(usage: Usage, cost: Cost | undefined): Promise<void>
}

export interface Spending {
  /**
   * Takes the most that a reply by any of these models can cost, so that requests in flight at once never pass the cap
   * together. Throws `ChatError` `budget_exceeded`.
   */
  reserve(
    turn: Turn & { readonly maxTokens: number; readonly choices: number },
    models: readonly Model[],
  ): Promise<Reservation>
}

export interface SpendingOptions {
  readonly budget: DailyBudget | undefined
  readonly store: BudgetStore
  readonly now: () => number
}

export function createSpending({ budget, store, now }: SpendingOptions): Spending {
  if (!budget) return { reserve: async () => ({ settle: async () => {} }) }

  const cap = 'tokens' in budget ? budget.tokens : budget.micros

  function amountOf(usage: Usage, cost: Cost | undefined, models: readonly Model[]): number {
    if ('tokens' in budget!) return (usage.inputTokens ?? 0) + (usage.outputTokens ?? 0)
    if (cost?.currency === budget!.currency) return Math.ceil(cost.micros)
    const prices = models.flatMap(({ price }) => price ?? [])
    return Math.max(...prices.map((price) => toMicros(usage, price)))
  }

  return {
    async reserve(turn, models) {
      const day = new Date(now()).toISOString().slice(0, 10)
      const most: Usage = {
        inputTokens: maxInputTokens(turn),
        outputTokens: turn.maxTokens * turn.choices,
      }
      const reserved = amountOf(most, undefined, models)
      if (!(await store.reserve(day, reserved, cap))) {
        throw new ChatError('budget_exceeded', undefined, { status: 429 })
      }
      return {
        settle: async (usage, cost) => store.settle(day, reserved, amountOf(usage, cost, models)),
      }
    },
  }
}
