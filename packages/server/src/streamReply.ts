import { ChatError } from '@parlance/core'
import { type ByteSource, type TakeChunk, toBody } from './byteSource.ts'
import { createDeadline, type Deadline } from './deadline.ts'
import type { RelayLimits } from './relayOptions.ts'
import type { FrameSource } from './replyFrames.ts'

export interface ReplyStreamOptions {
  readonly frames: FrameSource
  /** Whether the reply is known to be pending, and the browser is to be told at once that somebody is there. */
  readonly isWaiting: boolean
  /** Nobody reads any more. */
  readonly onLeave: (ending: 'disconnected' | 'slow-reader') => void
  readonly limits: Pick<RelayLimits, 'heartbeatMs' | 'slowReaderMs'>
  /** Begin the answer's headers. */
  readonly headers: Headers
}

/** A heartbeat, by which proxies know that the connection lives. */
const comment = ':\n\n'

/** The answer that carries frames as they come. Asks for more only when the browser has taken what there was. */
export function streamReply(options: ReplyStreamOptions): Response {
  const { headers } = options
  headers.set('content-type', 'text/event-stream; charset=utf-8')
  // `no-transform` keeps compressing proxies from collecting, and the other header nginx.
  headers.set('cache-control', 'no-cache, no-transform')
  headers.set('x-accel-buffering', 'no')
  return new Response(toBody(createReplyBytes(options)), { headers })
}

function createReplyBytes(options: ReplyStreamOptions): ByteSource {
  const { frames, isWaiting, onLeave, limits } = options
  /** Told when it is asked for. */
  let text = isWaiting ? comment : ''
  /** Whether more frames were asked for: a heartbeat may answer the reader meanwhile. */
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
    onLeave('slow-reader')
    giveUp(new ChatError('stalled'))
  }

  function takeFrames(more: string | null) {
    isAsking = false
    if (state === 'over') return
    if (more === null) state = 'complete'
    else text += more
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
      isAsking = true
      frames.read(takeFrames)
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
      onLeave('disconnected')
    },
    onGiveUp(listener) {
      giveUp = listener
    },
  }
}
