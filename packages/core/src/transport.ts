import type { ClientToken } from './clientToken.ts'
import type { Dialect, Turn } from './dialects/dialect.ts'
import { ChatError, type ChatErrorCode, toNetworkError } from './errors.ts'
import { createReplyReader, type ReplyReaderOptions, type TerminalEvent } from './replyReader.ts'

/** Where and how one reply is asked for. All times in milliseconds. */
export interface ReplyRequest extends ReplyReaderOptions {
  readonly url: string
  readonly dialect: Dialect
  readonly turn: Turn
  readonly headers?: HeadersInit | undefined
  readonly fetch: typeof fetch
  readonly token?: ClientToken | undefined
  /** Sent with each attempt, so that a server can tell that they are one. */
  readonly idempotencyKey?: string | undefined
  readonly firstByteMs: number
  readonly stallNoticeMs: number
  readonly stallMs: number
  readonly totalMs: number
  readonly retry: RetryLimits
  /** Aborted when the reply is not wanted any more: nothing is told after that. */
  readonly signal: AbortSignal
  /** The answer has paused, or is asked for again at `retryAtMs` (since 1970); null when that is over. */
  readonly onNotice: (notice: 'stalled' | 'retrying' | null, retryAtMs: number | null) => void
}

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
}

const maxErrorBytes = 65_536
const maxJsonBytes = 16_777_216
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
  const { signal, retry } = request
  let refusedToken: string | undefined
  let isFreshToken = false
  for (let attempt = 0; ; attempt++) {
    let token: string | undefined
    const { terminal, isRepeatable } = await attemptReply(request, async () => {
      token = await request.token?.(refusedToken)
      return token
    })
    if (signal.aborted) return null
    if (terminal.type === 'reply-end' || !isRepeatable) return terminal
    const { error } = terminal
    refusedToken = undefined
    if (error.status === 401 && token !== undefined && !isFreshToken) {
      // One of the attempts, but made at once, and also when there are to be no others.
      if (attempt >= Math.max(retry.attempts, 1)) return terminal
      isFreshToken = true
      refusedToken = token
      continue
    }
    const waitMs = toWaitMs(error, attempt, retry)
    if (waitMs === null) return terminal
    request.onNotice('retrying', Date.now() + waitMs)
    await wait(waitMs, signal)
    if (signal.aborted) return null
    request.onNotice(null, null)
  }
}

/** How long to wait before the next attempt; null when there is to be none. */
function toWaitMs(error: ChatError, attempt: number, retry: RetryLimits): number | null {
  if (!error.retryable || attempt >= retry.attempts) return null
  const { retryAfterMs } = error
  if (retryAfterMs === undefined) {
    return Math.min(retry.maxMs, retry.baseMs * 2 ** attempt) * (1 - Math.random() / 4)
  }
  return retryAfterMs > retry.maxRetryAfterMs ? null : retryAfterMs + Math.random() * spreadMs
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

async function attemptReply(
  request: ReplyRequest,
  getToken: () => Promise<string | undefined>,
): Promise<Outcome> {
  // Asked before anything is sent: without a connection a request may hang for minutes.
  const connection = toNetworkError(undefined)
  if (connection.code === 'offline') return toOutcome(connection, false)

  const controller = new AbortController()
  const onAbort = () => controller.abort()
  request.signal.addEventListener('abort', onAbort)
  if (request.signal.aborted) onAbort()
  let limitError: ChatError | undefined
  function fail(code: ChatErrorCode) {
    limitError ??= new ChatError(code, undefined, { retryable: true })
    controller.abort()
  }
  const after = (ms: number) => setTimeout(fail, Math.min(ms, longestTimerMs), 'timeout')
  const firstByteTimer = after(request.firstByteMs)
  const totalTimer = after(request.totalMs)
  let silence: SilenceWatch | undefined
  let hasBytes = false

  /** Reads until `onBytes` says that it is enough. */
  async function readBody(response: Response, onBytes: (bytes: Uint8Array) => boolean) {
    const reader = response.body?.getReader()
    if (!reader) return
    // A `fetch` of the page's own may know nothing of signals.
    const cancel = () => void reader.cancel().catch(ignore)
    controller.signal.addEventListener('abort', cancel)
    for (;;) {
      const { value } = await reader.read().catch((cause: unknown) => {
        // A connection lost later on is a cut answer, whose text is kept.
        if (!hasBytes) throw cause
        return { value: undefined }
      })
      if (!value || controller.signal.aborted) return
      if (!hasBytes) clearTimeout(firstByteTimer)
      hasBytes = true
      silence?.end()
      if (onBytes(value)) return void drain(reader, controller)
    }
  }

  async function readText(response: Response, maxBytes: number) {
    const decoder = new TextDecoder()
    let bytesLeft = maxBytes
    let text = ''
    await readBody(response, (bytes) => {
      text += decoder.decode(bytes.subarray(0, bytesLeft), { stream: true })
      bytesLeft -= bytes.length
      return bytesLeft <= 0
    })
    return text
  }

  async function readResponse(response: Response): Promise<Outcome> {
    const { ok, status, headers } = response
    const contentType = headers.get('content-type') ?? ''
    const isPage = contentType.includes('html')
    const reply = createReplyReader(request)
    silence = watchSilence(request, () => fail('stalled'))
    if (ok && !isPage && !/\bjson\b/.test(contentType)) {
      await readBody(response, (bytes) => {
        reply.push(bytes)
        if (reply.isFull()) controller.abort()
        return reply.terminal() !== undefined
      })
    } else {
      const body = await readText(response, ok ? maxJsonBytes : maxErrorBytes)
      const error = request.dialect.readError({ status, headers, body })
      if (error) return toOutcome(error, true)
      // A page in the place of an answer is a sign-in wall or a wrong address.
      if (isPage) return toOutcome(new ChatError('protocol', undefined, { status }), false)
      if (!ok) return toOutcome(new ChatError('provider_error', undefined, { status }), false)
      const answer = parse(body)
      // Some servers call an event stream JSON.
      if (answer === undefined) reply.push(new TextEncoder().encode(body))
      else reply.pushAnswer(answer)
    }
    if (limitError || request.signal.aborted) throw limitError
    return { terminal: reply.end(), isRepeatable: false }
  }

  try {
    const response = orAborted(
      openResponse(request, getToken, controller.signal),
      controller.signal,
    )
    return await readResponse(await response)
  } catch (cause) {
    controller.abort()
    // A limit of ours was waited for long enough.
    return toOutcome(limitError ?? toNetworkError(cause), !limitError && !hasBytes)
  } finally {
    clearTimeout(firstByteTimer)
    clearTimeout(totalTimer)
    silence?.stop()
    request.signal.removeEventListener('abort', onAbort)
  }
}

async function openResponse(
  { url, dialect, turn, headers, idempotencyKey, fetch: ask }: ReplyRequest,
  getToken: () => Promise<string | undefined>,
  signal: AbortSignal,
): Promise<Response> {
  const token = await getToken()
  const sent = new Headers(headers)
  sent.set('content-type', 'application/json')
  sent.set('accept', 'text/event-stream, application/json')
  if (token !== undefined) sent.set('authorization', `Bearer ${token}`)
  if (idempotencyKey !== undefined) sent.set('idempotency-key', idempotencyKey)
  signal.throwIfAborted()
  const body = JSON.stringify(dialect.toRequestBody(turn))
  return ask(url + dialect.path(turn), { method: 'POST', headers: sent, body, signal })
}

/** The promise, or a rejection as soon as the signal is aborted: a token may take its time. */
function orAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason as Error)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort)
    promise.then(resolve, reject)
  })
}

function toOutcome(error: ChatError, isRepeatable: boolean): Outcome {
  return { terminal: { type: 'reply-error', error }, isRepeatable }
}

/** A browser keeps a connection for the next request only if its body was read to the end, which mostly is here already. */
async function drain(reader: ReadableStreamDefaultReader<Uint8Array>, controller: AbortController) {
  const timer = setTimeout(() => controller.abort(), drainMs)
  let isDone = false
  while (!isDone)
    isDone = await reader.read().then(
      ({ done }) => done,
      () => true,
    )
  clearTimeout(timer)
}

interface SilenceWatch {
  /** Bytes have come. */
  end(): void
  stop(): void
}

/** One timer however many reads there are: it looks at the time of the last one. */
function watchSilence(
  { stallNoticeMs, stallMs, onNotice }: ReplyRequest,
  onStall: () => void,
): SilenceWatch {
  let lastMs = performance.now()
  let isNoticed = false
  let timer: ReturnType<typeof setTimeout>

  function look() {
    const silentMs = performance.now() - lastMs
    if (silentMs >= stallMs) return onStall()
    if (silentMs >= stallNoticeMs && !isNoticed) {
      isNoticed = true
      onNotice('stalled', null)
    }
    lookIn(Math.min(isNoticed ? Infinity : stallNoticeMs, stallMs) - silentMs)
  }

  function lookIn(ms: number) {
    timer = setTimeout(look, Math.min(Math.ceil(ms), longestTimerMs))
  }

  look()
  return {
    end() {
      lastMs = performance.now()
      if (!isNoticed) return
      isNoticed = false
      onNotice(null, null)
      clearTimeout(timer)
      look()
    },
    stop: () => clearTimeout(timer),
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function ignore() {}
