import type { Cost } from '@parlance/core'

const count = new Intl.NumberFormat('en')
const time = new Intl.DateTimeFormat('en', { timeStyle: 'medium', hourCycle: 'h23' })

export const formatCount = (value: number): string => count.format(value)

const day = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeZone: 'UTC' })

/** The day in UTC, by which budgets count. */
export const formatDay = (ms: number): string => day.format(ms)

export const formatTime = (ms: number): string => time.format(ms)

/** Seconds from half a second on, milliseconds below. */
export function formatSeconds(ms: number): string {
  return ms < 500 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`
}

/** With as many digits as a small amount needs. */
export function formatCost({ micros, currency }: Pick<Cost, 'micros' | 'currency'>): string {
  const amount = micros / 1e6
  const digits = amount >= 1 ? 2 : 5
  return /^[A-Z]{3}$/.test(currency)
    ? new Intl.NumberFormat('en', {
        style: 'currency',
        currency,
        minimumFractionDigits: 2,
        maximumFractionDigits: digits,
      }).format(amount)
    : `${amount.toFixed(digits)} ${currency}`
}
