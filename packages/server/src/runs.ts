import { ChatError } from '@parlance/core'

const idempotencyMs = 10 * 60 * 1000
const maxKeys = 10_000

/** What is told to whoever waits for a run that was ended. Made once: the trace of an error is costly. */
const ended = new ChatError('internal', 'The run was ended.')

/** Why a run was ended from outside, before the provider did. */
export type RunEnding = 'stopped' | 'disconnected' | 'timeout' | 'slow-reader' | 'closing'

/** One reply while it is made. */
export interface Run {
  readonly replyId: string
  readonly visitorId: string
  /** Aborted by `end`. */
  readonly signal: AbortSignal
  /** Undefined while nobody but the provider may end it. */
  readonly ending: RunEnding | undefined
  /** Ends it from outside; the first reason stays. */
  end(ending: RunEnding): void
  /** Says that it is over, once. `hasAnswered`: bytes of an answer had come, so its idempotency key stays used. */
  close(hasAnswered: boolean): void
}

/** The runs of this process: who may stop which, how many at once, and which keys are used up. */
export interface Runs {
  /** Throws `ChatError` `rate_limited` (429) over the limit, `invalid_request` (409) for a used idempotency key. */
  open(options: {
    readonly replyId: string
    readonly visitorId: string
    readonly idempotencyKey?: string | undefined
  }): Run
  /** False when there is no such run of this visitor. */
  stop(replyId: string, visitorId: string): boolean
  endAll(ending: RunEnding): void
  readonly size: number
}

export interface RunsOptions {
  readonly maxPerVisitor: number
  readonly totalMs: number
  readonly now: () => number
}

export function createRuns({ maxPerVisitor, totalMs, now }: RunsOptions): Runs {
  const runs = new Map<string, Run>()
  const openCounts = new Map<string, number>()
  /** By visitor and key, oldest first: null while its run is open, then when it was used, in milliseconds since 1970. */
  const usedKeys = new Map<string, number | null>()

  function claim(key: string) {
    for (const [oldKey, usedAtMs] of usedKeys) {
      const isOld = usedAtMs !== null && now() - usedAtMs > idempotencyMs
      if (!isOld && usedKeys.size < maxKeys) break
      usedKeys.delete(oldKey)
    }
    const usedAtMs = usedKeys.get(key)
    if (usedAtMs !== undefined && (usedAtMs === null || now() - usedAtMs <= idempotencyMs)) {
      const isOpen = usedAtMs === null
      throw new ChatError(
        'invalid_request',
        isOpen
          ? 'A request with this idempotency key is being answered.'
          : 'A request with this idempotency key has been answered. Use a new key for a new question.',
        { status: 409, ...(isOpen && { retryable: true, retryAfterMs: 2_000 }) },
      )
    }
    usedKeys.delete(key)
    usedKeys.set(key, null)
  }

  return {
    open({ replyId, visitorId, idempotencyKey }) {
      const openCount = openCounts.get(visitorId) ?? 0
      const key = idempotencyKey && `${visitorId} ${idempotencyKey}`
      if (key) claim(key)
      if (openCount >= maxPerVisitor) {
        if (key) usedKeys.delete(key)
        throw new ChatError('rate_limited', 'Another reply is still being written. Wait for it.', {
          status: 429,
          retryable: true,
          retryAfterMs: 2_000,
        })
      }
      openCounts.set(visitorId, openCount + 1)

      const controller = new AbortController()
      let ending: RunEnding | undefined
      let isOpen = true
      const run: Run = {
        replyId,
        visitorId,
        signal: controller.signal,
        get ending() {
          return ending
        },
        end(reason) {
          if (!isOpen || ending) return
          ending = reason
          controller.abort(ended)
        },
        close(hasAnswered) {
          if (!isOpen) return
          isOpen = false
          clearTimeout(timer)
          runs.delete(replyId)
          const left = (openCounts.get(visitorId) ?? 1) - 1
          if (left > 0) openCounts.set(visitorId, left)
          else openCounts.delete(visitorId)
          if (!key) return
          usedKeys.delete(key)
          if (hasAnswered) usedKeys.set(key, now())
        },
      }
      const timer = setTimeout(() => run.end('timeout'), totalMs)
      runs.set(replyId, run)
      return run
    },
    stop(replyId, visitorId) {
      const run = runs.get(replyId)
      if (run?.visitorId !== visitorId) return false
      run.end('stopped')
      return true
    },
    endAll(ending) {
      for (const run of runs.values()) run.end(ending)
    },
    get size() {
      return runs.size
    },
  }
}
