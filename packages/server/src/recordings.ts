import { createRecording, type Recording, type RecordingReader } from './recording.ts'
import type { FrameSource } from './replyFrames.ts'
import type { ResumeSettings } from './readRelayOptions.ts'
import type { Run } from './runs.ts'

/** The runs that a browser can go on with after its connection was lost. */
export interface Recordings {
  /** Records a run from now on, for its first reader. */
  record(run: Run, frames: FrameSource): RecordingReader
  /** Undefined when there is no such run of this visitor. */
  find(runId: string, visitorId: string): Recording | undefined
  /** Forgets all, as when the relay closes. */
  clear(): void
  /** How much is kept. */
  readonly size: { readonly runs: number; readonly chars: number }
}

/** Keeps recordings in this process's memory: those that have ended first make room for others. */
export function createRecordings(settings: ResumeSettings): Recordings {
  const { graceMs, ttlMs, runChars, totalChars, maxRuns } = settings
  /** By id, oldest first. */
  const open = new Map<string, Recording>()
  const over = new Map<string, Recording>()
  const timers = new Map<string, ReturnType<typeof setTimeout>>()
  let chars = 0

  function makeRoom() {
    while (chars > totalChars || open.size + over.size > maxRuns) {
      const [oldest] = over.size > 0 ? over.values() : open.values()
      oldest!.forget()
    }
  }

  function drop(runId: string) {
    clearTimeout(timers.get(runId))
    timers.delete(runId)
    open.delete(runId)
    over.delete(runId)
  }

  return {
    record(run, frames) {
      const { replyId } = run
      const recording = createRecording({
        run,
        frames,
        graceMs,
        maxChars: runChars,
        onGrow(more) {
          chars += more
          if (chars > totalChars) makeRoom()
        },
        onOver() {
          if (!open.delete(replyId)) return
          over.set(replyId, recording)
          timers.set(replyId, setTimeout(recording.forget, ttlMs))
        },
        onForget: () => drop(replyId),
      })
      open.set(replyId, recording)
      const reader = recording.attach(0)!
      makeRoom()
      return reader
    },
    find(runId, visitorId) {
      const recording = open.get(runId) ?? over.get(runId)
      return recording?.visitorId === visitorId ? recording : undefined
    },
    clear() {
      for (const recording of [...open.values(), ...over.values()]) recording.forget()
    },
    get size() {
      return { runs: open.size + over.size, chars }
    },
  }
}
