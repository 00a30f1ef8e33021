import type { ErrorAnswer } from './dialects/dialect.ts'
import { ChatError } from './errors.ts'
import { parseJson } from './parseJson.ts'
import { type Fault, isRetryable, readCode, readFault, toChatError } from './readFault.ts'
import { type JsonObject, readList, readNumber, readObject, readText } from './readField.ts'
import { readDigits, readRetryAfterMs } from './readRetryAfter.ts'

/** An error answer in one form, whichever of the many shapes it came in. */
export interface ErrorReading extends Fault {
  readonly status: number
  readonly retryable: boolean
}

const maxPlainChars = 500
const maxDetailChars = 500

/**
 * Our error for any error answer of any service or gateway; null when a 2xx answer is none. For a relay, which may log
 * its `cause`: a `Fault` whose texts have at most 500 characters and no control characters.
 */
export function readProviderError(answer: ErrorAnswer): ChatError | null {
  const reading = readErrorAnswer(answer)
  if (!reading) return null
  const { code, status, retryable, retryAfterMs } = toChatError(reading)
  // What a provider calls internal is its own fault, and our word for ours.
  return new ChatError(code === 'internal' ? 'provider_error' : code, undefined, {
    status,
    retryable,
    retryAfterMs,
    requestId: toDetail(reading.requestId),
    cause: {
      ...reading,
      code: toDetail(reading.code),
      type: toDetail(reading.type),
      message: toDetail(reading.message),
    },
  })
}

function toDetail(text: string | undefined): string | undefined {
  return text
    ?.slice(0, 2 * maxDetailChars)
    .replace(/\p{Cc}+/gu, ' ')
    .slice(0, maxDetailChars)
}

/**
 * Reads an HTTP answer that is an error, or may be one: null when a 2xx answer is none. Knows the shapes of many services
 * and the headers that name a wait; a page of another origin does not see those headers, so only a relay needs it.
 * `nowMs` is the clock that dates in headers are held against, in milliseconds since 1970.
 */
export function readErrorAnswer(
  answer: ErrorAnswer,
  nowMs: number = Date.now(),
): ErrorReading | null {
  const { status, headers } = answer
  const contentType = headers.get('content-type') ?? ''
  const body = parse(answer.body)
  // A service may wrap its one object in a list.
  const object = readObject(Array.isArray(body) ? body[0] : body)
  const isOk = status >= 200 && status < 300
  // Where a JSON answer is due, a page is a sign-in wall or a captive portal.
  if (isOk && !contentType.includes('html') && !(object && isError(object))) return null
  const isPlain = body === undefined && contentType.includes('text/plain')
  const plain = isPlain && answer.body.length <= maxPlainChars ? answer.body : undefined
  const fault = object ? readAnyFault(object) : {}
  const shouldRetry = headers.get('x-should-retry')
  const isTold = shouldRetry === 'true' || shouldRetry === 'false'
  const retryable = isTold ? shouldRetry === 'true' : isRetryable({ ...fault, status })
  return {
    ...fault,
    status,
    message: fault.message ?? readText(plain),
    retryable,
    retryAfterMs: retryable
      ? (readRetryAfterMs(headers, nowMs) ??
        readBucketDelayMs(headers, nowMs) ??
        fault.retryAfterMs ??
        readRetryInfoMs(object))
      : undefined,
    requestId:
      fault.requestId ?? headers.get('x-request-id') ?? headers.get('request-id') ?? undefined,
  }
}

/** Whether an answer is an error though its status is fine: MiniMax, Baidu and OpenRouter send such. */
function isError(object: JsonObject): boolean {
  if (readFault(object) || readList(object.errors).length > 0) return true
  return Boolean(readNumber(object.error_code) ?? readObject(object.base_resp)?.status_code)
}

function readAnyFault(object: JsonObject): Fault {
  const { error, errors, detail } = object
  const first = (Array.isArray(error) ? error[0] : error) ?? readList(errors)[0]
  const inner = readObject(first) ?? {}
  const base = readObject(object.base_resp)
  const details = readList(detail).map((item) => readText(readObject(item)?.msg))
  return {
    ...readFault(object),
    code: readCode(inner.code ?? object.code ?? object.error_code ?? base?.status_code),
    type:
      readText(inner.type) ??
      readText(inner.status) ??
      readText(object.error_type) ??
      readText(object.type),
    message:
      readText(inner.message) ??
      readText(object.message) ??
      readText(first) ??
      readText(detail) ??
      readText(details.filter(Boolean).join('; ')) ??
      readText(base?.status_msg) ??
      readText(object.error_msg) ??
      readText(object.title),
    requestId: readText(inner.request_id) ?? readText(object.request_id),
  }
}

function parse(text: string): unknown {
  // Some servers keep the event stream's framing for an error status.
  const framed = /^data: ?(.*)$/m.exec(text)?.[1]
  return parseJson(framed ?? text)
}

/** The wait until an exhausted bucket is full again, from the headers that count it. */
function readBucketDelayMs(headers: Headers, nowMs: number): number | undefined {
  for (const bucket of ['', '-requests', '-tokens']) {
    if (headers.get(`x-ratelimit-remaining${bucket}`) !== '0') continue
    const delayMs = toResetMs(headers.get(`x-ratelimit-reset${bucket}`) ?? '', nowMs)
    if (delayMs !== undefined) return delayMs
  }
  const seconds = /\br=0\b.*\bt=(\d+)/.exec(headers.get('ratelimit') ?? '')?.[1]
  return seconds === undefined ? undefined : Number(seconds) * 1000
}

/** A duration, or a bare number: seconds, or a date in seconds or milliseconds since 1970 when it is large. */
function toResetMs(text: string, nowMs: number): number | undefined {
  const count = readDigits(text)
  if (count === undefined) return toDurationMs(text)
  if (count < 1e9) return count * 1000
  return Math.max(0, (count > 1e11 ? count : count * 1000) - nowMs)
}

/** Google's `RetryInfo` detail, such as `{ "retryDelay": "48s" }`. */
function readRetryInfoMs(object: JsonObject | undefined): number | undefined {
  for (const detail of readList(readObject(object?.error)?.details)) {
    const delayMs = toDurationMs(readText(readObject(detail)?.retryDelay) ?? '')
    if (delayMs !== undefined) return delayMs
  }
  return undefined
}

const unitMs = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 }

/** `1h2m3.5s` or `20ms`, in milliseconds. */
function toDurationMs(text: string): number | undefined {
  if (!/^(?:\d+(?:\.\d+)?(?:ms|[dhms]))+$/.test(text)) return undefined
  let sum = 0
  for (const [, count, unit] of text.matchAll(/([\d.]+)(ms|[dhms])/g)) {
    sum += Number(count) * unitMs[unit as keyof typeof unitMs]
  }
  return Math.round(sum)
}
