import { type FrameSource, lastFrames, type TakeFrames } from './replyFrames.ts'
import type { Run } from './runs.ts'

export interface RecordingOptions {
  readonly run: Run
  readonly frames: FrameSource
  /** How long the run goes on while nobody reads. */
  readonly graceMs: number
  /** Most characters kept, the newest. Half of them is how far a run goes ahead of a reader who is away. */
  readonly maxChars: number
  /** Some frames have come. */
  readonly onFrames?: ((frames: string, lastId: number) => void) | undefined
  /** More is kept, or less: a number of characters. */
  readonly onGrow: (chars: number) => void
  /** The reply has come to its end. */
  readonly onOver: () => void
  /** Nobody can read it any more. */
  readonly onForget: () => void
}

/** The newest frames of one run, and whoever reads them: one reader at a time, who may leave and come back. */
export interface Recording {
  readonly runId: string
  readonly visitorId: string
  /** Of the newest frame that is not kept any more. */
  readonly droppedId: number
  /**
   * Reads on after a frame. The reader there was finds the frames ended: after a connection was lost, a server may learn
   * of the new one first. Undefined when frames that would follow are not kept any more.
   */
  attach(afterId: number): RecordingReader | undefined
  /** Somebody reads it at another process, and has come so far: they are the reader until one is attached here. */
  heed(reader: { readonly id: string; readonly readId: number }): void
  /** Keeps nothing from now on. A run that nobody reads is ended. */
  forget(): void
}

export interface RecordingReader extends FrameSource {
  /** Comes back within the grace time, or the run is ended. */
  leave(): void
}

/** What one read of the reply gave. */
interface Batch {
  readonly text: string
  readonly lastId: number
}

interface AttachedReader {
  readId: number
  take?: TakeFrames | undefined
}

export function createRecording(options: RecordingOptions): Recording {
  const { graceMs, maxChars, onFrames, onGrow, onOver, onForget } = options
  const { replyId: runId, visitorId, signal } = options.run
  /** Until the reply has come to its end: what is kept after that is its frames alone. */
  let live: Pick<RecordingOptions, 'run' | 'frames'> | undefined = {
    run: options.run,
    frames: options.frames,
  }
  /** Oldest first. */
  let batches: Batch[] = []
  let chars = 0
  let lastId = 0
  let droppedId = 0
  /** Come since the reader left. */
  let charsAhead = 0
  let isAsking = false
  let isForgotten = false
  let reader: AttachedReader | undefined
  let grace: ReturnType<typeof setTimeout> | undefined
  /** Who reads at another process, and who did before somebody was attached here. */
  let elsewhere: string | undefined
  let formerly: string | undefined

  /** Reads on when the reader waits for more, and ahead of one who is away as far as it may. */
  function goOn() {
    if (isAsking || !live) return
    // A run that was ended has little left to say, and nobody else asks for it.
    const isWanted = reader ? reader.take : charsAhead < maxChars / 2 || live.run.ending
    if (!isWanted) return
    isAsking = true
    live.frames.read(takeFrames)
  }

  function takeFrames(text: string | null, id: number) {
    isAsking = false
    if (text === null) end()
    else keep(text, id)
    tell(text, id)
    goOn()
  }

  function end() {
    live = undefined
    clearTimeout(grace)
    onOver()
  }

  function keep(text: string, id: number) {
    lastId = id
    if (!reader) charsAhead += text.length
    onFrames?.(text, id)
    if (isForgotten) {
      droppedId = id
      return
    }
    batches.push({ text, lastId: id })
    let more = text.length
    while (chars + more > maxChars) {
      const oldest = batches.shift()!
      more -= oldest.text.length
      droppedId = oldest.lastId
    }
    chars += more
    onGrow(more)
  }

  function tell(text: string | null, id: number) {
    const take = reader?.take
    if (!take) return
    reader!.take = undefined
    reader!.readId = id
    take(text, id)
  }

  /** The kept frames that follow one. */
  function textAfter(id: number): string {
    const unread = batches.filter((batch) => batch.lastId > id).map(({ text }) => text)
    return lastFrames(unread.join(''), lastId - id)
  }

  function leave(own: AttachedReader) {
    if (reader !== own) return
    reader = undefined
    charsAhead = 0
    if (!live) return
    if (isForgotten) return live.run.end('disconnected')
    waitForReader()
  }

  function waitForReader() {
    clearTimeout(grace)
    grace = setTimeout(forget, graceMs)
    goOn()
  }

  /** Ends the frames of whoever reads here. */
  function dismiss() {
    const take = reader?.take
    reader = undefined
    take?.(null, lastId)
  }

  function forget() {
    if (isForgotten) return
    isForgotten = true
    clearTimeout(grace)
    onGrow(-chars)
    batches = []
    chars = 0
    droppedId = lastId
    onForget()
    if (!reader) live?.run.end('disconnected')
  }

  signal.addEventListener('abort', goOn, { once: true })

  return {
    runId,
    visitorId,
    get droppedId() {
      return droppedId
    },
    attach(afterId) {
      if (isForgotten || afterId < droppedId || afterId > lastId) return undefined
      clearTimeout(grace)
      dismiss()
      formerly = elsewhere
      const own: AttachedReader = { readId: afterId }
      reader = own
      return {
        read(take) {
          // What a reader who was slow to come has missed is a broken connection, not a gap.
          if (own.readId < droppedId) leave(own)
          if (reader !== own) return take(null, lastId)
          if (own.readId < lastId) {
            const text = textAfter(own.readId)
            own.readId = lastId
            return take(text, lastId)
          }
          if (!live) return take(null, lastId)
          own.take = take
          goOn()
        },
        leave: () => leave(own),
      }
    },
    heed({ id, readId }) {
      if (!live || isForgotten || id === formerly) return
      elsewhere = id
      dismiss()
      charsAhead = 0
      for (const batch of batches) if (batch.lastId > readId) charsAhead += batch.text.length
      waitForReader()
    },
    forget,
  }
}
