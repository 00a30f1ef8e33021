import { ChatError } from '@parlance/core'
import type { Log } from './log.ts'
import type { ResumeSettings } from './readRelayOptions.ts'
import { createRecording, type Recording, type RecordingReader } from './recording.ts'
import type { FrameSource } from './replyFrames.ts'
import type { Run } from './runs.ts'
import type { RunStore } from './runStore.ts'
import { createSharedRun } from './sharedRun.ts'
import { openStoredRun } from './storedRun.ts'

/** The runs that a browser can go on with after its connection was lost. */
export interface Recordings {
  /** Records a run from now on, for its first reader. */
  record(run: Run, frames: FrameSource): RecordingReader
  /** Undefined when there is no such run of this visitor. */
  find(runId: string, visitorId: string): Recording | undefined
  /** Reads on after a frame, wherever the run is written. Undefined when it or the frame is not kept any more. */
  resume(runId: string, visitorId: string, afterId: number): Promise<RecordingReader | undefined>
  /** Stops a run of another process. False when there is no such run of this visitor. */
  stopElsewhere(runId: string, visitorId: string): Promise<boolean>
  /** Forgets all, as when the relay closes. */
  clear(): void
  /** How much is kept. */
  readonly size: { readonly runs: number; readonly chars: number }
}

/** A process may be busy for a moment before it hears of a stop. */
const stopMs = 30_000

/** What is asked for after the last frame of any run: whether it is there. */
const noFrame = Number.MAX_SAFE_INTEGER

/**
 * Keeps recordings in this process's memory: those that have ended first make room for others. A store shares them with
 * other processes.
 */
export function createRecordings(settings: ResumeSettings, log: Log): Recordings {
  const { graceMs, ttlMs, runChars, totalChars, maxRuns, store } = settings
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

  function share(run: Run, recording: () => Recording) {
    if (!store) return undefined
    const key = toKey(run.replyId, run.visitorId)
    const onStop = () => run.end('stopped')
    return createSharedRun({ store, key, ttlMs, maxChars: runChars, log, recording, onStop })
  }

  function find(runId: string, visitorId: string) {
    const recording = open.get(runId) ?? over.get(runId)
    return recording?.visitorId === visitorId ? recording : undefined
  }

  async function askStore<Answer>(question: (there: RunStore) => Promise<Answer>) {
    try {
      return store && (await question(store))
    } catch (cause) {
      throw new ChatError('overloaded', undefined, { status: 503, retryable: true, cause })
    }
  }

  return {
    record(run, frames) {
      const { replyId } = run
      const shared = share(run, () => recording)
      const recording = createRecording({
        run,
        frames,
        graceMs,
        maxChars: runChars,
        onFrames: shared?.add,
        onGrow(more) {
          chars += more
          if (chars > totalChars) makeRoom()
        },
        onOver() {
          shared?.end()
          if (!open.delete(replyId)) return
          over.set(replyId, recording)
          timers.set(replyId, setTimeout(recording.forget, ttlMs))
        },
        onForget() {
          shared?.forget()
          drop(replyId)
        },
      })
      open.set(replyId, recording)
      const reader = recording.attach(0)!
      makeRoom()
      return reader
    },
    find,
    async resume(runId, visitorId, afterId) {
      const reader = find(runId, visitorId)?.attach(afterId)
      return reader ?? askStore((there) => openStoredRun(there, toKey(runId, visitorId), afterId))
    },
    async stopElsewhere(runId, visitorId) {
      const key = toKey(runId, visitorId)
      const isThere = await askStore(async (there) => {
        const run = await there.read(key, noFrame)
        if (run) await there.ask(key, { isStopped: true }, stopMs)
        return run !== undefined
      })
      return isThere ?? false
    },
    clear() {
      for (const recording of [...open.values(), ...over.values()]) recording.forget()
    },
    get size() {
      return { runs: open.size + over.size, chars }
    },
  }
}

/** Of one visitor, so that nobody finds another's by its id. */
function toKey(runId: string, visitorId: string): string {
  return `${visitorId} ${runId}`
}
