import type { ErrorAnswer } from './dialects/dialect.ts'
import { ChatError, type ChatErrorCode, isChatErrorCode } from './errors.ts'
import { readList, readNumber, readObject, readText } from './readField.ts'

/** The words of a service about a fault. They may hold a part of a key: for the side that read them alone. */
export interface Fault {
  /** The service's code; a number is given as text. */
  readonly code: string | null
  /** The service's class of errors. */
  readonly type: string | null
  /** Plain text of any length and content, never markup. */
  readonly message: string | null
  /** What the body itself says about trying again; our relay does. */
  readonly retryable: boolean | null
  /** The wait the body itself asks for, in milliseconds. */
  readonly retryAfterMs: number | null
  /** The service's id of the request. */
  readonly requestId: string | null
}

/** An error answer in one form, whichever of the many shapes it came in. */
export interface ErrorReading extends Fault {
  /** HTTP status; of an error inside a stream the status it names, else null. */
  readonly status: number | null
  /** Whether the same request may succeed later. */
  readonly retryable: boolean
}

const maxDetailChars = 500

/**
 * Reads an HTTP answer that is an error, or may be one: null when a 2xx answer is none. `nowMs` is the clock that dates
 * in headers are held against, in milliseconds since 1970.
 */
export function readErrorAnswer(
  answer: ErrorAnswer,
  nowMs: number = Date.now(),
): ErrorReading | null {
  const { status, headers } = answer
  const contentType = headers.get('content-type') ?? ''
  const isOk = status >= 200 && status < 300
  const body = parse(answer.body)
  const fault = isOk ? readFault(body) : toFault(body)
  // Where a JSON answer is due, a page is a sign-in wall or a captive portal.
  if (isOk && !fault && !contentType.includes('html')) return null
  const isPlain = body === undefined && contentType.includes('text/plain')
  const plain = isPlain && answer.body.length <= maxDetailChars ? readText(answer.body) : undefined
  const known = fault ?? noFault
  const shouldRetry = headers.get('x-should-retry')
  const retryable =
    shouldRetry === 'true' || shouldRetry === 'false'
      ? shouldRetry === 'true'
      : (known.retryable ?? (isRetryableStatus(status) && !isUsedUp(known)))
  return {
    ...known,
    status,
    message: known.message ?? plain ?? null,
    retryable,
    retryAfterMs: retryable
      ? (readHeaderDelayMs(headers, nowMs) ?? known.retryAfterMs ?? readRetryInfoMs(body))
      : null,
    requestId: known.requestId ?? headers.get('x-request-id') ?? headers.get('request-id'),
  }
}

/** Our error for a reading: our code and our sentence. The service's words stay in `cause`, capped and without controls. */
export function toChatError(reading: ErrorReading): ChatError {
  return new ChatError(toErrorCode(reading), undefined, {
    status: reading.status ?? undefined,
    retryable: reading.retryable,
    retryAfterMs: reading.retryAfterMs ?? undefined,
    requestId: reading.requestId === null ? undefined : toDetail(reading.requestId),
    cause: { ...reading, message: reading.message === null ? null : toDetail(reading.message) },
  })
}

/** Our error for a fault told inside a stream or beside an answer, where no HTTP status says what it is. */
export function toStreamError(fault: Fault): ChatError {
  const named = Number(fault.code)
  const status = named >= 400 && named < 600 ? named : null
  const reading = { ...fault, status, retryable: false }
  const isPassing = status === null || isRetryableStatus(status)
  const retryable = fault.retryable ?? (isPassing && passingCodes.has(toErrorCode(reading)))
  return toChatError({ ...reading, retryable, retryAfterMs: retryable ? fault.retryAfterMs : null })
}

const passingCodes: ReadonlySet<ChatErrorCode> = new Set<ChatErrorCode>([
  'rate_limited',
  'provider_error',
  'overloaded',
  'timeout',
])

/** The fault an answer or a chunk holds, though its status is fine; null when it holds none. */
export function readFault(body: unknown): Fault | null {
  const object = readObject(Array.isArray(body) ? body[0] : body)
  if (!object) return null
  const { error } = object
  const isFault =
    readText(error) ??
    (typeof error === 'object' && error !== null ? error : undefined) ??
    readList(object.errors)[0] ??
    (object.object === 'error' || object.type === 'error' || undefined) ??
    readNumber(object.error_code) ??
    (readNumber(readObject(object.base_resp)?.status_code) || undefined)
  return isFault === undefined ? null : toFault(object)
}

const noFault: Fault = {
  code: null,
  type: null,
  message: null,
  retryable: null,
  retryAfterMs: null,
  requestId: null,
}

function toFault(body: unknown): Fault {
  const object = readObject(Array.isArray(body) ? body[0] : body)
  if (!object) return noFault
  const listed = Array.isArray(object.error) ? object.error[0] : object.error
  const first = readList(object.errors)[0]
  const base = readObject(object.base_resp)
  const error = readObject(listed) ?? readObject(first) ?? {}
  const details = readList(object.detail).map((item) => readText(readObject(item)?.msg))
  const message =
    readText(error.message) ??
    readText(object.message) ??
    readText(listed) ??
    readText(first) ??
    readText(object.detail) ??
    readText(details.filter(Boolean).join('; ')) ??
    readText(base?.status_msg) ??
    readText(object.error_msg) ??
    readText(object.title)
  const isTold = typeof error.retryable === 'boolean'
  return {
    code: readCode(error.code ?? object.code ?? object.error_code ?? base?.status_code) ?? null,
    type:
      readText(error.type) ??
      readText(error.status) ??
      readText(object.error_type) ??
      readText(object.type) ??
      null,
    message: message ?? null,
    retryable: isTold ? (error.retryable as boolean) : null,
    retryAfterMs: readNumber(error.retry_after_ms) ?? null,
    requestId: readText(error.request_id) ?? readText(object.request_id) ?? null,
  }
}

function readCode(value: unknown): string | undefined {
  return typeof value === 'number' ? String(value) : readText(value)
}

function parse(text: string): unknown {
  // Some servers keep the event stream's framing for an error status.
  const framed = /^data: ?(.*)$/m.exec(text)?.[1]
  try {
    return JSON.parse(framed ?? text)
  } catch {
    return undefined
  }
}

function isRetryableStatus(status: number): boolean {
  if (status >= 500) return status !== 501 && status !== 505
  return [408, 409, 425, 429].includes(status)
}

/** Waiting cures a rate, not an empty account. 1113 is how Z.ai says it. */
function isUsedUp({ code, type }: Fault): boolean {
  return /insufficient_?(?:quota|balance|credit|fund)|billing|arrear|\b1113\b/i.test(
    `${code} ${type}`,
  )
}

function toErrorCode(reading: ErrorReading): ChatErrorCode {
  const { status, code } = reading
  if (code !== null && isChatErrorCode(code)) return code
  const words = `${code} ${reading.type}`.toLowerCase()
  if (status === 402 || isUsedUp(reading)) return 'payment_required'
  if (/content_?(?:filter|policy)|moderation/.test(words)) return 'content_filter'
  // Local servers have no code for it, only words.
  const message = (reading.message ?? '').slice(0, maxDetailChars)
  const isTooLong = /maximum context length|token count.*exceeds/.test(message)
  if (status === 413 || isTooLong || /context_length|too_large/.test(words)) return 'too_large'
  if (status === 401 || status === 403) return 'unauthorized'
  if (status === 404) return 'not_found'
  if (/overloaded|unavailable/.test(words) || status === 503 || status === 529) return 'overloaded'
  if (/rate_?limit|throttl|resource_exhausted/.test(words) || status === 429) return 'rate_limited'
  if (status === 408 || status === 504 || status === 522 || status === 524) return 'timeout'
  if (status !== null && status >= 400 && status < 500) return 'invalid_request'
  if (status === null && words.includes('invalid_request')) return 'invalid_request'
  return 'provider_error'
}

function toDetail(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replace(/[\0-\x1f\x7f-\x9f]+/g, ' ').slice(0, maxDetailChars)
}

function readHeaderDelayMs(headers: Headers, nowMs: number): number | null {
  const read = (name: string) => headers.get(name)?.trim() || undefined
  const retryAfter = read('retry-after')
  return (
    toNumber(read('retry-after-ms')) ??
    toMs(toNumber(retryAfter)) ??
    untilMs(retryAfter, nowMs) ??
    readBucketDelayMs(read, nowMs)
  )
}

/** The wait until an exhausted bucket is full again, from the headers that count it. */
function readBucketDelayMs(
  read: (name: string) => string | undefined,
  nowMs: number,
): number | null {
  for (const bucket of ['', '-requests', '-tokens']) {
    if (read(`x-ratelimit-remaining${bucket}`) !== '0') continue
    const reset = read(`x-ratelimit-reset${bucket}`)
    const count = toNumber(reset)
    // A bare number is a date when it is large: in seconds or milliseconds since 1970.
    const delayMs =
      count === null
        ? toDurationMs(reset)
        : count > 1e9
          ? Math.max(0, (count > 1e11 ? count : count * 1000) - nowMs)
          : count * 1000
    if (delayMs !== null) return delayMs
  }
  const draft = /\br=0\b.*\bt=(\d+)/.exec(read('ratelimit') ?? '')
  return toMs(toNumber(draft?.[1]))
}

/** Google's `RetryInfo` detail, such as `{ "retryDelay": "48s" }`. */
function readRetryInfoMs(body: unknown): number | null {
  const object = readObject(Array.isArray(body) ? body[0] : body)
  for (const detail of readList(readObject(object?.error)?.details)) {
    const delayMs = toDurationMs(readText(readObject(detail)?.retryDelay))
    if (delayMs !== null) return delayMs
  }
  return null
}

function toNumber(text: string | undefined): number | null {
  return text !== undefined && /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : null
}

function toMs(seconds: number | null): number | null {
  return seconds === null ? null : Math.round(seconds * 1000)
}

function untilMs(date: string | undefined, nowMs: number): number | null {
  const atMs = date !== undefined && /[a-z]/i.test(date) ? Date.parse(date) : Number.NaN
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - nowMs)
}

const unitMs = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 }

/** `1h2m3.5s` or `20ms`, in milliseconds. */
function toDurationMs(text: string | undefined): number | null {
  if (text === undefined || !/^(?:\d+(?:\.\d+)?(?:ms|[dhms]))+$/.test(text)) return null
  let sum = 0
  for (const [, count, unit] of text.matchAll(/([\d.]+)(ms|[dhms])/g)) {
    sum += Number(count) * unitMs[unit as keyof typeof unitMs]
  }
  return Math.round(sum)
}
