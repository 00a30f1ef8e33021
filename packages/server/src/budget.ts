/**
 * Counts what a day has cost. Both calls are atomic: in a shared store, one statement or script each. Amounts are
 * whole units: tokens, or micros of a currency.
 */
export interface BudgetStore {
  /** Takes `amount` if the day's total stays at or under `cap`; false, and nothing taken, if not. */
  reserve(day: string, amount: number, cap: number): Promise<boolean> | boolean
  /** Replaces a reservation by what was really used. */
  settle(day: string, reserved: number, used: number): Promise<void> | void
}

/** Budget of one process, kept in memory. */
export function createMemoryBudget(): BudgetStore {
  let currentDay = ''
  let total = 0
  return {
    reserve(day, amount, cap) {
      if (day !== currentDay) {
        currentDay = day
        total = 0
      }
      if (total + amount > cap) return false
      total += amount
      return true
    },
    settle(day, reserved, used) {
      // A reply that ran past midnight belongs to a day that is no longer counted.
      if (day === currentDay) total += used - reserved
    },
  }
}
