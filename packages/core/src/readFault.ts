import { ChatError, type ChatErrorCode, isChatErrorCode } from './errors.ts'
import { readNumber, readObject, readText } from './readField.ts'

/**
 * What a service says of a fault, each field absent where it says nothing. Its words may quote a key or a question:
 * they are for the side that read them alone.
 */
export interface Fault {
  /** HTTP status, of the answer or as the fault itself names it. */
  readonly status?: number | undefined
  /** The service's code; a number is given as text. */
  readonly code?: string | undefined
  /** The service's class of errors. */
  readonly type?: string | undefined
  /** Plain text of any length and content, never markup. */
  readonly message?: string | undefined
  /** Whether the same request may succeed later. */
  readonly retryable?: boolean | undefined
  /** The wait the service asks for, in milliseconds. */
  readonly retryAfterMs?: number | undefined
  /** The service's id of the request. */
  readonly requestId?: string | undefined
}

/** The fault a chunk or a body of OpenAI's shape holds: an `error` object or text, or itself one; null when none. */
export function readFault(body: unknown): Fault | null {
  const object = readObject(body)
  const told = object?.error
  if (!object || !(told || object.object === 'error' || object.type === 'error')) return null
  const error = readObject(told) ?? object
  const code = readCode(error.code)
  const named = Number(code)
  return {
    status: named >= 400 && named < 600 ? named : undefined,
    code,
    type: readText(error.type),
    message: readText(error.message) ?? readText(told),
    retryable: typeof error.retryable === 'boolean' ? error.retryable : undefined,
    retryAfterMs: readNumber(error.retry_after_ms),
    requestId: readText(error.request_id),
  }
}

/** A code from outside as text. */
export function readCode(value: unknown): string | undefined {
  return typeof value === 'number' ? String(value) : readText(value)
}

/** Our error for a fault, under our code. What the service said stays in `cause`, a `Fault`. */
export function toChatError(fault: Fault): ChatError {
  const retryable = isRetryable(fault)
  const { status, requestId } = fault
  const retryAfterMs = retryable ? fault.retryAfterMs : undefined
  return new ChatError(toErrorCode(fault), undefined, {
    status,
    retryable,
    retryAfterMs,
    requestId,
    cause: fault,
  })
}

/** Whether the same request may succeed later: as the service says, else by the status, else by what went wrong. */
export function isRetryable(fault: Fault): boolean {
  if (fault.retryable !== undefined) return fault.retryable
  const { status } = fault
  const code = toErrorCode(fault)
  if (code === 'payment_required') return false
  if (status === undefined) return passing.includes(code)
  if (status >= 500) return status !== 501 && status !== 505
  return [408, 409, 425, 429].includes(status)
}

const passing: readonly ChatErrorCode[] = [
  'rate_limited',
  'provider_error',
  'overloaded',
  'timeout',
]

/** The first that fits a line of status, code and type. Waiting does not fill an empty account, so it comes first. */
const codeRules: readonly (readonly [RegExp, ChatErrorCode])[] = [
  // 1113 is how Z.ai says it.
  [/^402|insufficient_?(?:quota|balance|credit|fund)|billing|arrear|\b1113\b/, 'payment_required'],
  [/content_?(?:filter|policy)|moderation/, 'content_filter'],
  [/^413|context_length|too_large/, 'too_large'],
  [/^40[13]/, 'unauthorized'],
  [/^404/, 'not_found'],
  [/^(?:503|529)|overloaded|unavailable/, 'overloaded'],
  [/^429|rate_?limit|throttl|resource_exhausted/, 'rate_limited'],
  [/^(?:408|504|522|524)/, 'timeout'],
  [/^4|^ .*invalid_request/, 'invalid_request'],
]

function toErrorCode({ status, code, type, message }: Fault): ChatErrorCode {
  if (code && isChatErrorCode(code)) return code
  // Local servers have no code for it, only words.
  const isTooLong = /maximum context length|token count.*exceeds/.test(message?.slice(0, 500) ?? '')
  const line = `${status ?? ''} ${isTooLong ? 'too_large' : code} ${type}`.toLowerCase()
  return codeRules.find(([pattern]) => pattern.test(line))?.[1] ?? 'provider_error'
}
