import type { Dialect } from './dialects/dialect.ts'
import { ChatError, toNetworkError } from './errors.ts'
import type { ChatEvent } from './events.ts'
import { createSseReader, type SseEvent } from './sse.ts'

/** The last event of a reply. */
export type TerminalEvent = Extract<ChatEvent, { type: 'reply-end' | 'reply-error' }>

export interface ReplyReaderOptions {
  readonly dialect: Dialect
  /** Most characters of one answer; then it ends as `length`. */
  readonly maxAnswerChars: number
  /** Events of one read, in order, without the terminal one. */
  readonly onEvents: (events: readonly ChatEvent[]) => void
}

/** Turns the body of one reply into chat events: all between the bytes and the events is synchronous. */
export interface ReplyReader {
  /** Reads the next bytes. Throws `ChatError` `protocol` when one event is larger than we read. */
  push(bytes: Uint8Array): void
  /** Reads a whole answer that is no stream. */
  pushAnswer(body: unknown): void
  /** The terminal event, as soon as it was read. */
  terminal(): TerminalEvent | undefined
  /** Whether the answer was ended for its length, while more would come. */
  isFull(): boolean
  /** SSE id of the last event that was read; undefined while there is none. */
  lastId(): string | undefined
  /** The next bytes are those of another body, which goes on after the last event. What it says again is skipped. */
  resume(): void
  /** Call once when no more bytes will come. Never throws. */
  end(): TerminalEvent
}

export function createReplyReader(options: ReplyReaderOptions): ReplyReader {
  const { dialect, maxAnswerChars, onEvents } = options
  const decoder = dialect.createDecoder()
  let batch: ChatEvent[] = []
  let terminal: TerminalEvent | undefined
  let charsLeft = maxAnswerChars
  let isFull = false
  let lastId: string | undefined
  /** Of the last event that an earlier body has told; NaN while there is none, and for ids that count nothing. */
  let toldId = NaN
  let sse = createSse()

  function createSse() {
    return createSseReader({
      onEvent(event) {
        if (terminal || Number(event.id) <= toldId) return
        lastId = event.id
        readAll(decode(event))
      },
    })
  }

  function decode(event: SseEvent): ChatEvent[] {
    try {
      return decoder.push(event)
    } catch {
      // A dialect should not throw. If it does, the rest of the reply is still worth reading.
      return [{ type: 'malformed', data: event.data }]
    }
  }

  function readAll(events: readonly ChatEvent[]) {
    for (const event of events) {
      if (terminal) return
      if (event.type === 'reply-end' || event.type === 'reply-error') terminal = event
      else if (!('delta' in event) || event.delta.length <= charsLeft) add(event)
      else cut(event)
    }
  }

  function add(event: ChatEvent) {
    if ('delta' in event) charsLeft -= event.delta.length
    batch.push(event)
  }

  function cut(event: Extract<ChatEvent, { delta: string }>) {
    const { choice } = event
    // Not between the two halves of one character.
    const delta = event.delta.slice(0, charsLeft).replace(/[\uD800-\uDBFF]$/, '')
    batch.push({ ...event, delta })
    batch.push({ type: 'choice-end', choice, reason: 'length', providerReason: 'max_answer_chars' })
    terminal = { type: 'reply-end' }
    isFull = true
  }

  function tell() {
    const events = batch
    batch = []
    if (events.length > 0) onEvents(events)
  }

  return {
    push(bytes) {
      try {
        sse.push(bytes)
      } finally {
        tell()
      }
    },
    pushAnswer(body) {
      try {
        readAll(dialect.readAnswer(body))
      } catch (cause) {
        terminal = { type: 'reply-error', error: new ChatError('protocol', undefined, { cause }) }
      }
      tell()
    },
    terminal: () => terminal,
    isFull: () => isFull,
    lastId: () => lastId,
    resume() {
      toldId = Number(lastId)
      sse = createSse()
    },
    end() {
      try {
        if (!terminal) sse.end()
        if (!terminal) readAll(decoder.end())
      } catch (cause) {
        terminal = { type: 'reply-error', error: toNetworkError(cause) }
      }
      tell()
      return terminal ?? { type: 'reply-error', error: new ChatError('truncated') }
    },
  }
}
