import { createParser } from 'eventsource-parser'
import { ChatError } from './errors.ts'

/** One event of an event stream, as the HTML standard defines it. */
export interface SseEvent {
  /** Absent for the default type `message`. */
  readonly event?: string | undefined
  readonly data: string
  /** Last event id of the stream when this event was read; absent while it has none. */
  readonly id?: string | undefined
}

export interface SseReaderOptions {
  /** Called during `push` and `end`, in the order of the stream. Must not throw. */
  readonly onEvent: (event: SseEvent) => void
  /** A comment, such as a heartbeat; one space after its colon is left out. */
  readonly onComment?: ((comment: string) => void) | undefined
  /** The server's wish for the wait before a reconnection, in milliseconds. */
  readonly onRetry?: ((retryMs: number) => void) | undefined
  /** Most characters of one event. Default 4,000,000. */
  readonly maxEventChars?: number | undefined
  /** Reads by the standard alone, without the tolerances below. Default false. */
  readonly strict?: boolean | undefined
}

/** Turns the bytes of one body into events. */
export interface SseReader {
  /** Reads the next bytes, cut anywhere. Throws `ChatError` `protocol` when one event is larger than the cap. */
  push(bytes: Uint8Array): void
  /** Call once when the body has ended. Throws as `push` does. */
  end(): void
}

/** A body that does not even begin as an event stream is kept up to here, in case it is one JSON error. */
const maxUnframedChars = 65_536

/**
 * Reads an event stream by https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream.
 *
 * Chat services break the standard in three ways, and nobody but us would tell the reader what was meant:
 * - the body ends without the blank line of its last event, which is read if it is a whole JSON object or `[DONE]`;
 * - `data:` lines stand one newline apart: they are read one by one when together they are no JSON;
 * - the body is no event stream but JSON: it is read as one event, or as one a line.
 */
export function createSseReader(options: SseReaderOptions): SseReader {
  const { onEvent, onComment, onRetry, maxEventChars = 4_000_000, strict = false } = options
  const decoder = new TextDecoder()
  let lastEventId: string | undefined
  let failure: ChatError | undefined
  let unframed: string | undefined = strict ? undefined : ''
  let endsWithCr = false
  let isEnding = false

  const parser = createParser({
    maxBufferSize: maxEventChars,
    onComment,
    onRetry,
    onId: (id) => {
      lastEventId = id
    },
    onEvent: ({ event, data, id }) => {
      // Version 3 of the parser has no `onId`.
      lastEventId = id ?? lastEventId
      unframed = undefined
      if (data.length > maxEventChars) refuse()
      dispatch(event, data)
    },
    onError: (error) => {
      if (error.type === 'max-buffer-size-exceeded') refuse()
    },
  })
  // The decoder takes the one byte order mark the standard allows; after a line the parser looks for no second.
  parser.feed('\n')

  function refuse() {
    failure ??= new ChatError('protocol')
  }

  function dispatch(event: string | undefined, data: string) {
    if (failure) return
    const id = lastEventId || undefined
    const isDoubtful = !strict && (isEnding || data.includes('\n'))
    if (!isDoubtful || isWhole(data)) return onEvent({ event, data, id })
    const lines = data.split('\n')
    if (lines.length > 1 && isWhole(lines[0] ?? '')) {
      for (const line of lines) if (!isEnding || isWhole(line)) onEvent({ event, data: line, id })
    } else if (!isEnding) {
      onEvent({ event, data, id })
    }
  }

  function feed(text: string) {
    if (failure) throw failure
    if (!text) return
    endsWithCr = text.endsWith('\r')
    if (unframed !== undefined) {
      // Looked at once, at its first character: testing the growing text would be quadratic.
      const isJson = unframed !== '' || /^\s*(?:[{[]|$)/.test(text)
      unframed = isJson ? (unframed + text).trimStart() : undefined
      if (unframed && unframed.length > maxUnframedChars) unframed = undefined
    }
    parser.feed(text)
    if (failure) throw failure
  }

  return {
    push: (bytes) => feed(decoder.decode(bytes, { stream: true })),
    end() {
      feed(decoder.decode())
      // The standard ends a line at a CR at once; version 3 of the parser waits for what follows.
      if (endsWithCr) feed('\n')
      if (strict) return
      isEnding = true
      const body = unframed?.trim()
      feed('\n\n')
      if (body) dispatch(undefined, body)
    },
  }
}

/** Whether an event of doubtful framing is complete: a cut one is no JSON object. */
function isWhole(data: string): boolean {
  const text = data.trim()
  try {
    // Nearly every cut one shows by its end, without the cost of a thrown error.
    return /[}\]]$/.test(text) && JSON.parse(text) !== null
  } catch {
    return text === '[DONE]'
  }
}

/**
 * Writes one event. No field can begin another line, field or event: CR, LF and NUL are taken out of `event` and `id`,
 * and each line of `data` gets a `data:` of its own.
 */
export function encodeSseEvent(event: SseEvent): string {
  const id = event.id === undefined ? '' : `id: ${toOneLine(event.id)}\n`
  const type = event.event ? `event: ${toOneLine(event.event)}\n` : ''
  return `${id}${type}data: ${event.data.replace(/\r\n?|\n/g, '\ndata: ')}\n\n`
}

function toOneLine(text: string): string {
  return text.replace(/[\r\n\0]/g, '')
}
