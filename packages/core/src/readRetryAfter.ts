/**
 * How long a server asks to wait, in milliseconds, from `retry-after-ms` or `retry-after` (seconds, with a fraction, or
 * a date); undefined when it asks for nothing, or nothing readable. `nowMs` is the clock a date is held against.
 */
export function readRetryAfterMs(headers: Headers, nowMs: number): number | undefined {
  const text = headers.get('retry-after')?.trim()
  const seconds = readDigits(text)
  return (
    readDigits(headers.get('retry-after-ms')) ??
    (seconds === undefined ? untilMs(text, nowMs) : Math.round(seconds * 1000))
  )
}

/** A number written in digits alone, without sign or exponent. */
export function readDigits(text: string | null | undefined): number | undefined {
  return text && /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : undefined
}

function untilMs(date: string | undefined, nowMs: number): number | undefined {
  // Without a letter it is no HTTP date: `-5` would be read as a year.
  const delayMs = Date.parse(date && /[a-z]/i.test(date) ? date : '') - nowMs
  return Number.isNaN(delayMs) ? undefined : Math.max(0, delayMs)
}
