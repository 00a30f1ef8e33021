import type { Cost } from '@parlance/core'
import { fill, type PluralForms } from './strings.ts'

/** Numbers, dates and plurals of one language. */
export interface Formats {
  readonly locale: string
  readonly direction: 'ltr' | 'rtl'
  /** `count` in words: the right plural form, with the number formatted. */
  plural(forms: PluralForms, count: number): string
  number(value: number): string
  /** Clock time of a moment in milliseconds since 1970. */
  time(ms: number): string
  /** The day of a moment: “today”, “yesterday”, or its date, which has its year from 300 days on. */
  day(ms: number, nowMs?: number): string
  /** A wait in milliseconds, rounded up to whole seconds; minutes from 100 seconds on. */
  wait(ms: number): string
  /** A working time in milliseconds, in seconds with one decimal. */
  duration(ms: number): string
  cost(cost: Cost): string
  /** A size in bytes, in megabytes. */
  megabytes(bytes: number): string
}

const dayMs = 86_400_000
const rightToLeft = /^(ar|ckb|dv|fa|he|ks|ku-arab|ps|sd|syr|ug|ur|yi)\b/i

/** Formats of a language by its BCP 47 tag; English where the tag is not one. */
export function createFormats(tag: string): Formats {
  const [locale = 'en'] = readLocales(tag)
  const plurals = new Intl.PluralRules(locale)
  const numbers = new Intl.NumberFormat(locale)
  const times = new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit' })
  const dates = new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long' })
  const datesOfYears = new Intl.DateTimeFormat(locale, { dateStyle: 'long' })
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  const unit = (value: number, name: string, display: 'long' | 'short', digits: number) =>
    new Intl.NumberFormat(locale, {
      style: 'unit',
      unit: name,
      unitDisplay: display,
      maximumFractionDigits: digits,
    }).format(value)

  return {
    locale,
    direction: rightToLeft.test(locale) ? 'rtl' : 'ltr',
    plural: (forms, count) =>
      fill(forms[plurals.select(count)] ?? forms.other, { count: numbers.format(count) }),
    number: (value) => numbers.format(value),
    time: (ms) => times.format(ms),
    day: (ms, nowMs = Date.now()) => {
      const daysAgo = Math.round((startOfDay(nowMs) - startOfDay(ms)) / dayMs)
      const words =
        daysAgo < 2
          ? relative.format(-daysAgo, 'day')
          : (daysAgo < 300 ? dates : datesOfYears).format(ms)
      return words.charAt(0).toLocaleUpperCase(locale) + words.slice(1)
    },
    wait: (ms) => {
      const seconds = Math.max(1, Math.ceil(ms / 1000))
      return seconds < 100
        ? unit(seconds, 'second', 'long', 0)
        : unit(Math.ceil(seconds / 60), 'minute', 'long', 0)
    },
    duration: (ms) => unit(ms / 1000, 'second', 'short', 1),
    cost: ({ micros, currency }) => {
      const value = micros / 1e6
      const digits = { minimumFractionDigits: 2, maximumFractionDigits: 6 }
      try {
        return new Intl.NumberFormat(locale, { style: 'currency', currency, ...digits }).format(
          value,
        )
      } catch {
        // A token symbol such as `USDC` is no ISO 4217 code.
        return `${new Intl.NumberFormat(locale, digits).format(value)} ${currency}`
      }
    },
    megabytes: (bytes) => unit(bytes / 1_048_576, 'megabyte', 'short', 1),
  }
}

function readLocales(tag: string): readonly string[] {
  try {
    return Intl.getCanonicalLocales(tag)
  } catch {
    return []
  }
}

function startOfDay(ms: number): number {
  const date = new Date(ms)
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime()
}
