import {
  ChatError,
  type ChatEvent,
  createOpenaiEncoder,
  encodeSseEvent,
  type OpenaiEncoderOptions,
} from '@parlance/core'
import { createDeadline } from './deadline.ts'
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
  return new Response(createBody(options), { headers })
}

function createBody({ opening, isWaiting, run, encoding, limits }: ReplyStreamOptions) {
  const encodeEvent = createOpenaiEncoder(encoding)
  const encoder = new TextEncoder()
  const comment = encoder.encode(':\n\n')
  let reply: Reply | undefined
  let eventId = 0
  let isOver = false
  let heartbeat: ReturnType<typeof setInterval> | undefined
  // Until it is read, a failure is nobody's; the next `pull` tells it.
  opening.catch(() => {})

  function encode(events: readonly ChatEvent[]): string {
    let text = ''
    for (const event of events) {
      for (const sseEvent of encodeEvent(event)) {
        text += encodeSseEvent({ ...sseEvent, id: String(++eventId) })
      }
    }
    return text
  }

  /** The next events as text; undefined after the last. */
  async function readNext(): Promise<string | undefined> {
    try {
      reply ??= await opening
      const events = await reply.read()
      return events ? encode(events) : undefined
    } catch (cause) {
      const error =
        cause instanceof ChatError ? cause : new ChatError('internal', undefined, { cause })
      reply = { read: async () => null }
      return encode([{ type: 'reply-error', error }])
    }
  }

  function end() {
    isOver = true
    clearInterval(heartbeat)
    slowReader.stop()
  }

  let fail = () => {}
  const slowReader = createDeadline(() => fail())

  return new ReadableStream<Uint8Array>({
    start(controller) {
      if (isWaiting) controller.enqueue(comment)
      const beat = () => {
        // Not to a reader who does not read: comments would pile up.
        if ((controller.desiredSize ?? 0) > 0) controller.enqueue(comment)
      }
      heartbeat = setInterval(beat, limits.heartbeatMs)
      fail = () => {
        end()
        run.end('slow-reader')
        controller.error(new ChatError('stalled'))
      }
    },
    async pull(controller) {
      slowReader.clear()
      let text: string | undefined = ''
      while (text === '') text = await readNext()
      if (isOver) return
      if (text === undefined) {
        end()
        controller.close()
        return
      }
      controller.enqueue(encoder.encode(text))
      slowReader.start(limits.slowReaderMs)
    },
    cancel() {
      end()
      run.end('disconnected')
    },
  })
}
