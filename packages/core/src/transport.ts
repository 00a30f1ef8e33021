import type { ClientToken } from './clientToken.ts'
import type { ChatNotice } from './conversation.ts'
import type { Dialect, Turn } from './dialects/dialect.ts'
import type { ChatLimits } from './chatOptions.ts'
import { ChatError, isOffline, toNetworkError } from './errors.ts'
import { parseJson } from './parseJson.ts'
import { createReplyReader, type ReplyReaderOptions, type TerminalEvent } from './replyReader.ts'

/** Where and how one reply is asked for. All times in milliseconds. */
export interface ReplyRequest extends ReplyReaderOptions, ClockLimits {
  readonly url: string
  readonly dialect: Dialect
  readonly turn: Turn
  readonly headers?: HeadersInit | undefined
  readonly fetch: typeof fetch
  readonly token?: ClientToken | undefined
  /** Sent with each attempt, so that a server can tell that they are one. */
  readonly idempotencyKey?: string | undefined
  readonly retry: RetryLimits
  /** Aborted when the reply is not wanted any more: nothing is told after that. */
  readonly signal: AbortSignal
  /** The answer has paused, or is asked for again at `retryAtMs` (since 1970); null when that is over. */
  readonly onNotice: (notice: ChatNotice | null, retryAtMs: number | null) => void
}

type ClockLimits = Omit<ChatLimits, 'maxHistoryBytes' | 'maxAnswerChars'>

export interface RetryLimits {
  readonly attempts: number
  readonly baseMs: number
  readonly maxMs: number
  readonly maxRetryAfterMs: number
}

/** What came of one attempt. */
interface Outcome {
  readonly terminal: TerminalEvent
  /** Whether nothing of an answer has come, so that the same request may be sent again by itself. */
  readonly isRepeatable: boolean
  /** The token that was sent. */
  readonly token?: string | undefined
}

const maxErrorChars = 65_536
const maxJsonChars = 16_777_216
/** Clients told to wait for the same time come back spread over this one. */
const spreadMs = 1000
const longestTimerMs = 2_147_483_647
const drainMs = 1000

/**
 * Asks for one reply and reads it to its end, by the only read loop. Returns its terminal event; null when it was given
 * up by `signal`. Never rejects.
 *
 * Asks again by itself only while no byte of an answer has come: after that the server may have been paid for it.
 */
export async function requestReply(request: ReplyRequest): Promise<TerminalEvent | null> {
  const { signal, retry, onNotice } = request
  let refusedToken: string | undefined
  let isTokenFresh = false
  for (let attempt = 0; ; attempt++) {
    const { terminal, isRepeatable, token } = await attemptReply(request, refusedToken)
    if (signal.aborted) return null
    if (terminal.type === 'reply-end' || !isRepeatable) return terminal
    const { error } = terminal
    refusedToken = undefined
    if (error.status === 401 && token !== undefined && !isTokenFresh) {
      // One of the attempts, but made at once, and also when there are to be no others.
      if (attempt >= Math.max(retry.attempts, 1)) return terminal
      isTokenFresh = true
      refusedToken = token
      continue
    }
    const waitMs = toWaitMs(error, attempt, retry)
    if (waitMs === null) return terminal
    onNotice(error.retryAfterMs === undefined ? 'retrying' : 'waiting', Date.now() + waitMs)
    await wait(waitMs, signal)
    if (signal.aborted) return null
    onNotice(null, null)
  }
}

/** How long to wait before the next attempt; null when there is to be none. */
function toWaitMs(
  { retryable, retryAfterMs }: ChatError,
  attempt: number,
  { attempts, baseMs, maxMs, maxRetryAfterMs }: RetryLimits,
): number | null {
  if (!retryable || attempt >= attempts) return null
  if (retryAfterMs === undefined) {
    return Math.min(maxMs, baseMs * 2 ** attempt) * (1 - Math.random() / 4)
  }
  return retryAfterMs > maxRetryAfterMs ? null : retryAfterMs + Math.random() * spreadMs
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(end, ms)
    function end() {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    signal.addEventListener('abort', end)
  })
}

async function attemptReply(request: ReplyRequest, refusedToken?: string): Promise<Outcome> {
  const { dialect, turn, idempotencyKey, fetch: ask, signal: unwanted } = request
  let token: string | undefined
  let hasBytes = false
  // Asked before anything is sent: without a connection a request may hang for minutes.
  if (isOffline()) return fail(toNetworkError(undefined), false)

  const controller = new AbortController()
  const { signal } = controller
  // For a token that takes its time, and for a `fetch` of the page's own that knows nothing of signals.
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error))
  })
  const giveUp = () => controller.abort()
  unwanted.addEventListener('abort', giveUp)
  if (unwanted.aborted) giveUp()
  const clock = watchClock(request, (code) =>
    controller.abort(new ChatError(code, undefined, { retryable: true })),
  )
  function fail(error: ChatError, isRepeatable: boolean): Outcome {
    return { terminal: { type: 'reply-error', error }, isRepeatable, token }
  }

  async function open(): Promise<Response> {
    token = await request.token?.(refusedToken)
    signal.throwIfAborted()
    const headers = new Headers(request.headers)
    headers.set('content-type', 'application/json')
    headers.set('accept', 'text/event-stream, application/json')
    if (token !== undefined) headers.set('authorization', `Bearer ${token}`)
    if (idempotencyKey !== undefined) headers.set('idempotency-key', idempotencyKey)
    const body = JSON.stringify(dialect.toRequestBody(turn))
    return ask(request.url + dialect.path(turn), { method: 'POST', headers, body, signal })
  }

  /** Reads to the end, or until `onBytes` says for how many milliseconds the rest is still worth reading. */
  async function readBody({ body }: Response, onBytes: (bytes: Uint8Array) => number | void) {
    const reader = body?.getReader()
    if (!reader) return
    const cancel = () => void reader.cancel().catch(() => {})
    signal.addEventListener('abort', cancel)
    for (;;) {
      const { value } = await reader.read().catch((cause: unknown) => {
        // A connection lost later on is a cut answer, whose text is kept.
        if (!hasBytes) throw cause
        return { value: undefined }
      })
      signal.throwIfAborted()
      if (!value) return
      hasBytes = true
      clock.hear('bytes')
      const restMs = onBytes(value)
      if (restMs !== undefined) return void drain(reader, cancel, restMs)
    }
  }

  async function readText(response: Response, maxChars: number) {
    const decoder = new TextDecoder()
    let text = ''
    await readBody(response, (bytes) => {
      text += decoder.decode(bytes, { stream: true })
      return text.length < maxChars ? undefined : drainMs
    })
    return text.slice(0, maxChars)
  }

  try {
    const response = await Promise.race([open(), aborted])
    clock.hear('headers')
    const { ok, status, headers } = response
    const contentType = headers.get('content-type') ?? ''
    const isPage = contentType.includes('html')
    const reply = createReplyReader(request)
    if (ok && !isPage && !/\bjson\b/.test(contentType)) {
      await readBody(response, (bytes) => {
        reply.push(bytes)
        if (reply.terminal()) return reply.isFull() ? 0 : drainMs
        return undefined
      })
    } else {
      const body = await readText(response, ok ? maxJsonChars : maxErrorChars)
      const error = dialect.readError({ status, headers, body })
      // A server may have tried again itself; a refused token is another matter.
      if (error) return fail(error, status === 401 || headers.get('x-should-retry') !== 'false')
      // A page in the place of an answer is a sign-in wall or a wrong address.
      if (isPage || !ok) return fail(new ChatError('protocol', undefined, { status }), false)
      const answer = parseJson(body)
      // Some servers call an event stream JSON.
      if (answer === undefined) reply.push(new TextEncoder().encode(body))
      else reply.pushAnswer(answer)
    }
    return { terminal: reply.end(), isRepeatable: false }
  } catch (cause) {
    const isGivenUp = signal.aborted
    controller.abort()
    // A limit of ours was waited for long enough.
    return fail(toNetworkError(isGivenUp ? signal.reason : cause), !isGivenUp && !hasBytes)
  } finally {
    clock.stop()
    unwanted.removeEventListener('abort', giveUp)
  }
}

/** A browser keeps a connection for the next request only if its body was read to the end, which mostly is here already. */
async function drain(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  cancel: () => void,
  longestMs: number,
) {
  const timer = setTimeout(cancel, longestMs)
  const isDone = () =>
    reader.read().then(
      ({ done }) => done,
      () => true,
    )
  while (!(await isDone()));
  clearTimeout(timer)
}

interface Clock {
  /** Something has come. Silence counts from the headers on. */
  hear(what: 'headers' | 'bytes'): void
  stop(): void
}

/** One timer for all limits, however many reads there are: it looks at the time of the last one. */
function watchClock(
  { firstByteMs, totalMs, stallNoticeMs, stallMs, onNotice }: ReplyRequest,
  onLimit: (code: 'timeout' | 'stalled') => void,
): Clock {
  const startMs = performance.now()
  let endMs = startMs + Math.min(firstByteMs, totalMs)
  let heardMs = Infinity
  let isSilent = false
  let timer: ReturnType<typeof setTimeout>

  function look() {
    const nowMs = performance.now()
    if (nowMs >= endMs) return onLimit('timeout')
    if (nowMs >= heardMs + stallMs) return onLimit('stalled')
    if (!isSilent && nowMs >= heardMs + stallNoticeMs) {
      isSilent = true
      onNotice('stalled', null)
    }
    const nextMs = heardMs + Math.min(stallMs, isSilent ? Infinity : stallNoticeMs)
    timer = setTimeout(look, Math.min(Math.ceil(Math.min(endMs, nextMs) - nowMs), longestTimerMs))
  }

  look()
  return {
    hear(what) {
      const isNews = heardMs === Infinity || isSilent
      heardMs = performance.now()
      if (what === 'bytes') endMs = startMs + totalMs
      if (isSilent) onNotice(null, null)
      if (!isNews) return
      isSilent = false
      clearTimeout(timer)
      look()
    },
    stop: () => clearTimeout(timer),
  }
}
