import type { ClientToken } from './clientToken.ts'
import type { ChatNotice } from './conversation.ts'
import type { Dialect, Turn } from './dialects/dialect.ts'
import type { ChatLimits } from './chatOptions.ts'
import { ChatError, isOffline, toNetworkError } from './errors.ts'
import { parseJson } from './parseJson.ts'
import {
  createReplyReader,
  type ReplyReader,
  type ReplyReaderOptions,
  type TerminalEvent,
} from './replyReader.ts'

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

/** What the attempts at one reply leave to each other. */
interface Progress {
  readonly reply: ReplyReader
  /** The token that was sent last. */
  token?: string | undefined
  /** The server's, where it said that it goes on for a while when the connection is lost. */
  run?: { readonly path: string; readonly graceMs: number } | undefined
  /** Whether the rest of a cut answer is asked for, and not a new one. */
  isResuming: boolean
}

/** What came of one attempt. */
interface Outcome {
  /** Absent when the answer has ended, or was cut. */
  readonly error?: ChatError | undefined
  /** Whether nothing of an answer has come, so that the same request may be sent again by itself. */
  readonly isRepeatable?: boolean | undefined
  /** Whether the connection was lost in mid-answer. */
  readonly isCut?: boolean | undefined
}

const maxErrorChars = 65_536
const maxJsonChars = 16_777_216
/** Clients told to wait for the same time come back spread over this one. */
const spreadMs = 1000
const longestTimerMs = 2_147_483_647
const drainMs = 1000
/** Attempts in a row at the rest of a cut answer that bring nothing of it. */
const maxResumes = 9

/**
 * Asks for one reply and reads it to its end, by the only read loop. Returns its terminal event; null when it was given
 * up by `signal`. Never rejects.
 *
 * Asks again by itself only while no byte of an answer has come: after that the server may have been paid for it. A
 * server that goes on without a reader is asked for the rest, as long as it does.
 */
export async function requestReply(request: ReplyRequest): Promise<TerminalEvent | null> {
  const { signal, retry, onNotice } = request
  const reply = createReplyReader(request)
  const progress: Progress = { reply, isResuming: false }
  let resumeUntilMs = Infinity
  let cutId: string | undefined
  let refusedToken: string | undefined
  let isTokenFresh = false

  /** Nobody waits for the rest, and a server that only sees a connection end would go on for a while. */
  function stop() {
    const { run } = progress
    if (!run || (reply.terminal() && !reply.isFull())) return
    const init = { method: 'POST', keepalive: true }
    // A `fetch` of the page's own may throw at once. If nobody hears it, the grace time ends the run.
    const ask = async () => send(request, progress, `${run.path}/stop`, init)
    ask().catch(() => {})
  }

  function leave(terminal: TerminalEvent | null) {
    globalThis.removeEventListener?.('pagehide', stop)
    stop()
    return terminal
  }

  // A page that is closed, or left for another, reads no more.
  globalThis.addEventListener?.('pagehide', stop)
  for (let attempt = 0; ; attempt++) {
    const { error, isRepeatable, isCut } = await attemptReply(request, progress, refusedToken)
    if (signal.aborted) return leave(null)
    const { run, token } = progress
    if (isCut && run && retry.attempts > 0) {
      progress.isResuming = true
      resumeUntilMs = Date.now() + run.graceMs
      // What brought something was a good connection.
      if (reply.lastId() !== cutId) attempt = 0
      cutId = reply.lastId()
    }
    const { isResuming } = progress
    const last = (): TerminalEvent =>
      error && !isResuming ? { type: 'reply-error', error } : reply.end()
    if (isResuming ? reply.terminal() : !isRepeatable) return leave(last())
    refusedToken = undefined
    if (error?.status === 401 && token !== undefined && !isTokenFresh) {
      // One of the attempts, but made at once, and also when there are to be no others.
      if (!isResuming && attempt >= Math.max(retry.attempts, 1)) return leave(last())
      isTokenFresh = true
      refusedToken = token
      continue
    }
    const waitMs = toWaitMs(error, attempt, retry, isResuming ? maxResumes : retry.attempts)
    if (waitMs === null || Date.now() + waitMs > resumeUntilMs) return leave(last())
    onNotice(error?.retryAfterMs === undefined ? 'retrying' : 'waiting', Date.now() + waitMs)
    await wait(waitMs, signal)
    if (signal.aborted) return leave(null)
    onNotice(null, null)
  }
}

/** How long to wait before the next attempt; null when there is to be none. */
function toWaitMs(
  error: ChatError | undefined,
  attempt: number,
  { baseMs, maxMs, maxRetryAfterMs }: RetryLimits,
  attempts: number,
): number | null {
  const { retryable = true, retryAfterMs }: Partial<ChatError> = error ?? {}
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

/** Sends one request with what goes along with all of them. */
function send(
  { url, headers, fetch: ask }: ReplyRequest,
  { token }: Progress,
  path: string,
  init: RequestInit,
  own: Readonly<Record<string, string | undefined>> = {},
): Promise<Response> {
  const all = new Headers(headers)
  const authorization = token === undefined ? token : `Bearer ${token}`
  const ours = { accept: 'text/event-stream, application/json', ...own, authorization }
  for (const [name, value] of Object.entries(ours)) if (value) all.set(name, value)
  return ask(url + path, { ...init, headers: all })
}

async function attemptReply(
  request: ReplyRequest,
  progress: Progress,
  refusedToken?: string,
): Promise<Outcome> {
  const { dialect, turn, idempotencyKey, signal: unwanted } = request
  const { reply } = progress
  let hasBytes = false
  // Asked before anything is sent: without a connection a request may hang for minutes.
  if (isOffline()) return { error: toNetworkError(undefined) }

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

  async function open(): Promise<Response> {
    progress.token = await request.token?.(refusedToken)
    signal.throwIfAborted()
    if (progress.isResuming) {
      return send(
        request,
        progress,
        progress.run!.path,
        { signal },
        { 'last-event-id': reply.lastId() },
      )
    }
    const body = JSON.stringify(dialect.toRequestBody(turn))
    const init = { method: 'POST', body, signal }
    return send(request, progress, dialect.path(turn), init, {
      'content-type': 'application/json',
      'idempotency-key': idempotencyKey,
    })
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
    if (ok && !isPage && !/\bjson\b/.test(contentType)) {
      const graceMs = Number(headers.get('x-resumable-ms'))
      if (graceMs > 0) progress.run = { path: `/runs/${headers.get('x-request-id')}`, graceMs }
      if (progress.isResuming) reply.resume()
      await readBody(response, (bytes) => {
        reply.push(bytes)
        if (reply.terminal()) return reply.isFull() ? 0 : drainMs
        return undefined
      })
      return { isCut: !reply.terminal() }
    } else {
      const body = await readText(response, ok ? maxJsonChars : maxErrorChars)
      const error = dialect.readError({ status, headers, body })
      // A server may have tried again itself; a refused token is another matter.
      if (error) {
        const isRepeatable = status === 401 || headers.get('x-should-retry') !== 'false'
        return { error, isRepeatable }
      }
      // A page in the place of an answer is a sign-in wall or a wrong address.
      if (isPage || !ok) return { error: new ChatError('protocol', undefined, { status }) }
      const answer = parseJson(body)
      // Some servers call an event stream JSON.
      if (answer === undefined) reply.push(new TextEncoder().encode(body))
      else reply.pushAnswer(answer)
    }
    return {}
  } catch (cause) {
    const isGivenUp = signal.aborted
    controller.abort()
    const error = toNetworkError(isGivenUp ? signal.reason : cause)
    // A limit of ours was waited for long enough.
    const isRepeatable = !isGivenUp && !hasBytes
    return { error, isRepeatable, isCut: hasBytes && error.code === 'stalled' }
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
