import { createOpenaiEncoder, encodeSseEvent, ChatError, toErrorBody } from '@parlance/core'
import type { ChatErrorCode } from '@parlance/core'
import { type ReplyScript, toChatEvents } from './replyScript.ts'
import { createSeededRandom } from './seededRandom.ts'

/** An HTTP answer with the pieces its body came in. */
export interface Recording {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly pieces: readonly RecordedPiece[]
}

export interface RecordedPiece {
  /** Wait since the piece before it, or since the headers, in milliseconds. */
  readonly afterMs: number
  readonly text: string
}

export interface RecordOptions {
  /** Average wait between two events, in milliseconds. Default 24. */
  readonly everyMs?: number | undefined
  /** Wait before the first event, in milliseconds. Default 350. */
  readonly firstMs?: number | undefined
  /** Of the unevenness of the waits. Default 1. */
  readonly seed?: number | undefined
}

const eventStream = { 'content-type': 'text/event-stream; charset=utf-8' }

/** Records a scripted reply as the relay would stream it: its own encoder writes the bytes. */
export function recordReply(reply: string | ReplyScript, options: RecordOptions = {}): Recording {
  const encode = createOpenaiEncoder({ replyId: 'reply-recorded', createdAtMs: 1_763_000_000_000 })
  const isCut = typeof reply !== 'string' && reply.error === 'truncated'
  const events = toChatEvents(reply).flatMap((event) =>
    isCut && event.type === 'reply-error' ? [] : encode(event),
  )
  return toRecording(events.map(encodeSseEvent), options)
}

/** An event stream of yours as a recording: its whole text, or its pieces. A text is cut after each event. */
export function toRecording(
  stream: string | readonly string[],
  options: RecordOptions = {},
): Recording {
  const { everyMs = 24, firstMs = 350, seed = 1 } = options
  const texts = typeof stream === 'string' ? toEvents(stream) : stream
  const random = createSeededRandom(seed)
  const pieces = texts.map((text, index) => {
    const afterMs = index === 0 ? firstMs : Math.round(everyMs * (0.4 + 1.2 * random()))
    return { afterMs, text }
  })
  return { status: 200, headers: eventStream, pieces }
}

export interface RecordErrorOptions {
  /** Sent as `Retry-After`. */
  readonly retryAfterSeconds?: number | undefined
  /** Default true for 429 and from 500 on. */
  readonly retryable?: boolean | undefined
}

/** Records a refusal as the relay would answer it: JSON with our code and our sentence. */
export function recordError(
  status: number,
  code: ChatErrorCode,
  options: RecordErrorOptions = {},
): Recording {
  const { retryAfterSeconds, retryable = status === 429 || status >= 500 } = options
  const retryAfterMs = retryAfterSeconds === undefined ? undefined : retryAfterSeconds * 1000
  const body = toErrorBody(new ChatError(code, undefined, { status, retryable, retryAfterMs }))
  return {
    status,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      ...(retryAfterSeconds !== undefined && { 'retry-after': String(retryAfterSeconds) }),
    },
    pieces: [{ afterMs: 150, text: JSON.stringify(body) }],
  }
}

/** The whole body of a recording. */
export function bytesOf(recording: Recording): Uint8Array {
  return new TextEncoder().encode(recording.pieces.map(({ text }) => text).join(''))
}

function toEvents(stream: string): string[] {
  return stream.match(/[^]*?(?:\r\n\r\n|\n\n|\r\r|$)/g)?.filter(Boolean) ?? []
}
