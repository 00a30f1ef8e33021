import { type Log, toDetail } from './log.ts'
import type { Recording } from './recording.ts'
import type { RunStore } from './runStore.ts'

/** Frames are sent together: one by one they cost a store three times as much. */
const flushMs = 50
/** How often a silent run says that it lives, and hears what is asked of it. */
const idleMs = 1_000
/** A run whose process says nothing for so long is taken for lost. */
const leaseMs = 10_000

export interface SharedRunOptions {
  readonly store: RunStore
  readonly key: string
  /** How long it is kept after its end. */
  readonly ttlMs: number
  /** Most characters that may wait for a store that is slow. */
  readonly maxChars: number
  readonly log: Log
  readonly recording: () => Recording
  readonly onStop: () => void
}

/** Writes a run into a store, for other processes to read, and does what they ask of it. */
export interface SharedRun {
  add(frames: string, lastId: number): void
  /** It has said all. */
  end(): void
  /** Nobody is to read it any more. */
  forget(): void
}

export function createSharedRun(options: SharedRunOptions): SharedRun {
  const { store, key, ttlMs, maxChars, log, recording, onStop } = options
  let frames = ''
  let lastId = 0
  let sentId = 0
  let state: 'open' | 'over' | 'forgotten' = 'open'
  let isSending = false
  let timer: ReturnType<typeof setTimeout> | undefined
  let isTimerQuick = true

  function schedule(isQuick: boolean) {
    if (isSending || (timer !== undefined && (isTimerQuick || !isQuick))) return
    clearTimeout(timer)
    isTimerQuick = isQuick
    timer = setTimeout(send, isQuick ? flushMs : idleMs)
  }

  function send() {
    timer = undefined
    isSending = true
    const piece = { frames, afterId: sentId, lastId, isOver: state === 'over' }
    const lifetimeMs = state === 'open' ? leaseMs : state === 'over' ? ttlMs : 1
    const sentState = state
    frames = ''
    sentId = lastId
    store.append(key, { ...piece, droppedId: recording().droppedId }, lifetimeMs).then(
      ({ isStopped, reader }) => {
        isSending = false
        if (state !== sentState) return send()
        if (state !== 'open') return
        if (reader) recording().heed(reader)
        if (isStopped) onStop()
        schedule(frames !== '' || reader !== undefined)
      },
      (cause) => fail(toDetail(cause)),
    )
  }

  /** A gap would be worse than an end: the lease of what was written runs out, and here the run goes on. */
  function fail(detail: string | undefined) {
    close('forgotten')
    const event = { level: 'error', event: 'run-store-failed' } as const
    log.write({ ...event, replyId: recording().runId, detail })
  }

  function close(next: 'over' | 'forgotten') {
    if (state !== 'open') return
    state = next
    clearTimeout(timer)
    if (!isSending) send()
  }

  timer = setTimeout(send, 0)
  return {
    add(more, id) {
      if (state !== 'open') return
      frames += more
      lastId = id
      if (frames.length > maxChars) fail('The store takes no frames.')
      else schedule(true)
    },
    end: () => close('over'),
    forget: () => close('forgotten'),
  }
}
