import {
  ChatError,
  type ChatEvent,
  createOpenaiEncoder,
  encodeSseEvent,
  type OpenaiEncoderOptions,
  toErrorBody,
} from '@parlance/core'
import type { Reply } from './openReply.ts'
import type { Run } from './runs.ts'

/** Gets the next frames, at least one, and the id of their last; null after the last of all. */
export type TakeFrames = (frames: string | null, lastId: number) => void

/** A reply as the frames of an event stream, numbered from 1, read one question at a time. Never fails. */
export interface FrameSource {
  /** Calls `take` once, perhaps before it returns. */
  read(take: TakeFrames): void
}

/** What ends a frame, and stands nowhere within one. */
const frameEnd = '\n\n'

/** The last so many of some frames. */
export function lastFrames(frames: string, count: number): string {
  return frames
    .split(frameEnd)
    .slice(-count - 1)
    .join(frameEnd)
}

export interface ReplyFramesOptions {
  /** May still be pending. */
  readonly opening: Promise<Reply>
  readonly run: Run
  readonly encoding: OpenaiEncoderOptions
}

/** Writes a reply in the format of OpenAI's streams. The last frame is the one terminal event. */
export function createReplyFrames({ opening, run, encoding }: ReplyFramesOptions): FrameSource {
  const encodeEvent = createOpenaiEncoder(encoding)
  let reply: Reply | undefined
  let lastId = 0
  let isOver = false
  let take: TakeFrames = () => {}

  function encode(events: readonly ChatEvent[]): string {
    let frames = ''
    for (const event of events) {
      for (const { event: type, data } of encodeEvent(event)) {
        frames += encodeSseEvent({ event: type, data, id: String(++lastId) })
      }
    }
    return frames
  }

  function takeEvents(events: readonly ChatEvent[] | null) {
    if (!events) {
      isOver = true
      return take(null, lastId)
    }
    let frames: string
    try {
      frames = encode(events)
    } catch (cause) {
      // A provider's own event that has no JSON. Thrown on from here, it would reach nobody and end the process.
      run.end('disconnected')
      return fail(cause)
    }
    if (frames) take(frames, lastId)
    else read(take)
  }

  /** Ends a reply that cannot do so itself. */
  function fail(cause: unknown) {
    const isKnown = cause instanceof ChatError
    const error = isKnown ? cause : new ChatError('internal', undefined, { cause })
    const data = JSON.stringify(toErrorBody(error))
    isOver = true
    take(encodeSseEvent({ data, id: String(++lastId) }), lastId)
  }

  function read(reader: TakeFrames) {
    if (isOver) return reader(null, lastId)
    take = reader
    if (reply) return reply.read(takeEvents)
    opening.then((opened) => {
      reply = opened
      reply.read(takeEvents)
    }, fail)
  }

  return { read }
}
