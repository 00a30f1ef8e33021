import {
  ChatError,
  type ChatEvent,
  createOpenaiEncoder,
  encodeSseEvent,
  type OpenaiEncoderOptions,
  toErrorBody,
} from '@parlance/core'
import { type ByteSource, type TakeChunk, toBody } from './byteSource.ts'
import { createDeadline, type Deadline } from './deadline.ts'
import type { Reply } from './openReply.ts'
import type { RelayLimits } from './relayOptions.ts'
import type { Run } from './runs.ts'

export interface ReplyStreamOptions {
  /** May still be pending: comments keep the connection alive meanwhile. */
  readonly opening: Promise<Reply>
  /** Whether it is known to be pending, and the browser is to be told at once that somebody is there. */
  readonly isWaiting: boolean
  readonly run: Run
  readonly encoding: OpenaiEncoderOptions
  readonly limits: Pick<RelayLimits, 'heartbeatMs' | 'slowReaderMs'>
  /** Begin the answer's headers. */
  readonly headers: Headers
}

/** A heartbeat, by which proxies know that the connection lives. */
const comment = ':\n\n'

/**
 * The answer that carries a reply as it comes, in the format of OpenAI's streams. Asks the provider for more only when
 * the browser has taken what there was, and ends the run when the browser leaves.
 */
export function streamReply(options: ReplyStreamOptions): Response {
  const { headers } = options
  headers.set('content-type', 'text/event-stream; charset=utf-8')
  // `no-transform` keeps compressing proxies from collecting, and the other header nginx.
  headers.set('cache-control', 'no-cache, no-transform')
  headers.set('x-accel-buffering', 'no')
  return new Response(toBody(createReplyBytes(options)), { headers })
}

function createReplyBytes(options: ReplyStreamOptions): ByteSource {
  const { opening, isWaiting, run, encoding, limits } = options
  const encodeEvent = createOpenaiEncoder(encoding)
  let reply: Reply | undefined
  let eventId = 0
  /** Told when it is asked for. */
  let text = isWaiting ? comment : ''
  /** Whether the reply was asked to go on: a heartbeat may answer the reader meanwhile. */
  let isAsking = false
  let state: 'open' | 'complete' | 'over' = 'open'
  let waiting: TakeChunk | undefined
  let giveUp = (_error: Error) => {}

  // Not to a reader who does not read: comments would pile up.
  const heartbeat = setInterval(() => answer(comment), limits.heartbeatMs)
  /** Absent until a reader does not ask again at once. */
  let slowReader: Deadline | undefined

  function end() {
    state = 'over'
    waiting = undefined
    clearInterval(heartbeat)
    slowReader?.stop()
  }

  function answer(chunk: string) {
    if (!waiting) return
    const take = waiting
    waiting = undefined
    take(chunk)
    if (waiting || state === 'over') return
    slowReader ??= createDeadline(giveReaderUp)
    slowReader.start(limits.slowReaderMs)
  }

  function giveReaderUp() {
    end()
    run.end('slow-reader')
    giveUp(new ChatError('stalled'))
  }

  function encode(events: readonly ChatEvent[]): string {
    let encoded = ''
    for (const event of events) {
      for (const { event: type, data } of encodeEvent(event)) {
        encoded += encodeSseEvent({ event: type, data, id: String(++eventId) })
      }
    }
    return encoded
  }

  function goOn() {
    isAsking = true
    if (reply) return reply.read(takeEvents)
    opening.then((opened) => {
      reply = opened
      reply.read(takeEvents)
    }, fail)
  }

  function takeEvents(events: readonly ChatEvent[] | null) {
    isAsking = false
    if (state === 'over') return
    try {
      if (events) text += encode(events)
      else state = 'complete'
    } catch (cause) {
      // A provider's own event that has no JSON. Thrown on from here, it would reach nobody and end the process.
      run.end('disconnected')
      return fail(cause)
    }
    tell()
  }

  /** Ends a reply that cannot do so itself. */
  function fail(cause: unknown) {
    const isKnown = cause instanceof ChatError
    const error = isKnown ? cause : new ChatError('internal', undefined, { cause })
    const data = JSON.stringify(toErrorBody(error))
    text += encodeSseEvent({ data, id: String(++eventId) })
    state = 'complete'
    tell()
  }

  function tell() {
    if (!waiting) return
    if (text) {
      const told = text
      text = ''
      answer(told)
    } else if (state === 'complete') {
      const take = waiting
      end()
      take(undefined)
    } else if (!isAsking) {
      goOn()
    }
  }

  return {
    read(take) {
      slowReader?.clear()
      if (state === 'over') return
      waiting = take
      tell()
    },
    cancel() {
      if (state === 'over') return
      end()
      run.end('disconnected')
    },
    onGiveUp(listener) {
      giveUp = listener
    },
  }
}
