import {
  ChatError,
  type ChatEvent,
  createSseReader,
  toNetworkError,
  type Turn,
} from '@parlance/core'
import { type Chunk, toByteSource, toBytes } from './byteSource.ts'
import { createDeadline } from './deadline.ts'
import type { Log } from './log.ts'
import type { HttpProvider, ProviderContext } from './provider.ts'
import { readText } from './readText.ts'
import type { RelayLimits } from './relayOptions.ts'
import { isTerminal, type ReplySource, type TakeEvents } from './replySource.ts'

const maxErrorBytes = 65_536

/** After its last event, a body that does not end by itself is cut; one that does leaves its connection for the next. */
const drainMs = 1_000

/** Made once: the trace of an error costs more than the rest of a cancellation. */
const cancelled = new ChatError('internal', 'The reply was cancelled.')

export interface HttpReplyOptions {
  readonly provider: HttpProvider
  readonly turn: Turn
  readonly context: ProviderContext
  readonly limits: RelayLimits
  readonly log: Log
}

/** Asks a provider once. Throws `ChatError` when it does not answer well. */
export async function openHttpReply(options: HttpReplyOptions): Promise<ReplySource> {
  const { provider, turn, context, limits, log } = options
  const attempt = new AbortController()
  const onAbort = () => attempt.abort(context.signal.reason)
  context.signal.addEventListener('abort', onAbort, { once: true })
  let lateCode: 'timeout' | 'stalled' = 'timeout'
  const deadline = createDeadline(() =>
    attempt.abort(new ChatError(lateCode, undefined, { retryable: true })),
  )
  /** What the headers of the answer tell. */
  let early: ChatEvent[] = []

  const watch = (timeoutMs: number, code: 'timeout' | 'stalled') => {
    lateCode = code
    deadline.start(timeoutMs)
  }
  const release = () => {
    deadline.stop()
    context.signal.removeEventListener('abort', onAbort)
  }
  /** What a rejected fetch or read means: our own limit, or the network. */
  const toFailure = (cause: unknown) =>
    toNetworkError(attempt.signal.aborted ? attempt.signal.reason : cause)

  try {
    if (context.signal.aborted) throw context.signal.reason
    // A whole answer is sent when it is complete, so only the limit of the run bounds its headers.
    watch(turn.stream ? limits.connectMs : limits.totalMs, 'timeout')
    const init = await toRequestInit(provider, turn, context, log)
    const url = provider.baseUrl + provider.dialect.path(turn)
    const response = await context.fetch(url, { ...init, signal: attempt.signal })
    const isOk = response.ok && response.type !== 'opaqueredirect'
    if (isOk) early = provider.dialect.readHeaders?.(response.headers) ?? []
    const isStream = /^text\/event-stream\b/i.test(response.headers.get('content-type') ?? '')
    if (isOk && turn.stream && isStream && response.body) {
      return readStream(response.body)
    }
    return await readWhole(response, isOk, url)
  } catch (cause) {
    const failure = toFailure(cause)
    attempt.abort()
    release()
    throw failure
  }

  async function readWhole(response: Response, isOk: boolean, url: string): Promise<ReplySource> {
    const { status, headers } = response
    const body = await readText(response, isOk ? limits.answerBytes : maxErrorBytes)
    const error = provider.dialect.readError({ status, headers, body })
    if (error || !isOk) {
      // A redirect is an answer too, and never followed: it would carry the credential to another place.
      const failure = error ?? new ChatError('provider_error', undefined, { status })
      const texts = turn.messages.map(({ content }) => content)
      const told = { provider: provider.name, replyId: context.replyId, status }
      const event = { level: 'warn', event: 'provider-refused', ...told } as const
      log.write({ ...event, code: failure.code, detail: `${url}: ${body}` }, texts)
      throw failure
    }
    release()
    return toSource([...early, ...provider.dialect.readAnswer(parse(body))])
  }

  function readStream(body: ReadableStream<Uint8Array>): ReplySource {
    const source = toByteSource(body)
    const decoder = provider.dialect.createDecoder()
    // Absent between two pieces: an array that outlives one lives on in old memory, and all it held.
    let events: ChatEvent[] | undefined = early
    let state: 'first' | 'open' | 'ended' = 'first'
    let byteCount = 0
    // Kept here and not in a closure made for each read: what is made for a token has to be collected.
    let take: TakeEvents = () => {}
    let isAsked = false
    const sse = createSseReader({
      onEvent: (event) => {
        for (const chatEvent of decoder.push(event)) emit(chatEvent)
      },
    })

    function emit(event: ChatEvent) {
      events ??= []
      events.push(event)
    }

    /** Reads what came. `chunk` is absent when the body has ended: the decoder knows whether that was too early. */
    function decode(chunk: Chunk | undefined, failure: unknown) {
      // A connection that breaks is a body that ends, unless it was us who broke it.
      if (failure && attempt.signal.aborted) throw toFailure(failure)
      if (!chunk) {
        sse.end()
        decoder.end().forEach(emit)
        return
      }
      const bytes = toBytes(chunk)
      byteCount += bytes.byteLength
      if (byteCount > limits.answerBytes) throw new ChatError('protocol')
      sse.push(bytes)
    }

    function read(reader: TakeEvents): void {
      if (state === 'ended') return reader(null)
      take = reader
      isAsked = true
      if (state === 'first') watch(limits.firstByteMs, 'timeout')
      else watch(limits.idleMs, 'stalled')
      source.read(onChunk)
    }

    function onChunk(chunk: Chunk | undefined, failure: unknown) {
      try {
        decode(chunk, failure)
      } catch (cause) {
        const isKnown = cause instanceof ChatError
        const error = isKnown ? cause : new ChatError('internal', undefined, { cause })
        emit({ type: 'reply-error', error })
      }
      const batch = events
      events = undefined
      if (!batch?.length) return read(take)
      isAsked = false
      state = 'open'
      const end = batch.findIndex(isTerminal)
      if (end === -1) {
        take(batch)
        // Whoever asks again at once has begun the next wait already.
        if (!isAsked) deadline.clear()
        return
      }
      state = 'ended'
      if (batch[end]?.type === 'reply-end') drain()
      else cancel()
      take(batch.slice(0, end + 1))
    }

    /** The answer is complete; how its connection ends matters to nobody. */
    function drain() {
      watch(drainMs, 'stalled')
      const next = () => source.read((chunk) => (chunk ? next() : release()))
      next()
    }

    function cancel() {
      attempt.abort(cancelled)
      release()
    }

    return { read, cancel }
  }
}

async function toRequestInit(
  provider: HttpProvider,
  turn: Turn,
  context: ProviderContext,
  log: Log,
): Promise<RequestInit> {
  const headers = new Headers({
    'content-type': 'application/json',
    accept: turn.stream ? 'text/event-stream' : 'application/json',
    'idempotency-key': context.idempotencyKey,
  })
  const wanted = provider.dialect.toRequestHeaders?.(turn) ?? {}
  for (const [name, value] of Object.entries(wanted)) headers.set(name, value)
  try {
    const credentials = await provider.credentials(context)
    for (const [name, value] of Object.entries(credentials)) {
      log.addSecret(value)
      headers.set(name, value)
    }
  } catch {
    // The original is dropped: `Headers` quotes a value it refuses, and that value is the key.
    const sentence = 'The credential of a provider could not be made, or is no header value.'
    throw new ChatError('provider_unauthorized', sentence)
  }
  const body = JSON.stringify(provider.dialect.toRequestBody(turn))
  // `manual` and not `error`, which would look like a failed connection and be tried again.
  return { method: 'POST', headers, body, redirect: 'manual' }
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    // The parser's message quotes the answer, so it is not kept.
    throw new ChatError('protocol')
  }
}

function toSource(events: readonly ChatEvent[]): ReplySource {
  let unread: readonly ChatEvent[] | null = events
  return {
    cancel() {},
    read(take) {
      const told = unread
      unread = null
      take(told)
    },
  }
}
