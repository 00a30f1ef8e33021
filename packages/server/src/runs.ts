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
  /** How often a provider was asked for this reply, by earlier requests of the same idempotency key too. */
  readonly tries: number
  countTry(): void
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
  /** The reply that an idempotency key was used for, while it is written and after; undefined when it failed. */
  find(visitorId: string, idempotencyKey: string): string | undefined
  /** False when there is no such run of this visitor. */
  stop(replyId: string, visitorId: string): boolean
  endAll(ending: RunEnding): void
  readonly size: number
}

/** What became of an idempotency key. */
interface KeyUse {
  readonly state: 'open' | 'answered' | 'failed'
  readonly replyId: string
  readonly tries: number
  readonly atMs: number
}

export interface RunsOptions {
  readonly maxPerVisitor: number
  readonly totalMs: number
  readonly now: () => number
}

export function createRuns({ maxPerVisitor, totalMs, now }: RunsOptions): Runs {
  const runs = new Map<string, Run>()
  const openCounts = new Map<string, number>()
  /** By visitor and key, oldest first. */
  const usedKeys = new Map<string, KeyUse>()

  const toKey = (visitorId: string, idempotencyKey: string) => `${visitorId} ${idempotencyKey}`

  function mark(key: string, use: Omit<KeyUse, 'atMs'>) {
    usedKeys.delete(key)
    usedKeys.set(key, { ...use, atMs: now() })
  }

  /** Takes a key; returns how often a provider was asked under it. */
  function claim(key: string, replyId: string): number {
    for (const [oldKey, { state, atMs }] of usedKeys) {
      const isOld = state !== 'open' && now() - atMs > idempotencyMs
      if (!isOld && usedKeys.size < maxKeys) break
      usedKeys.delete(oldKey)
    }
    const known = usedKeys.get(key)
    const isOpen = known?.state === 'open'
    if (isOpen || (known?.state === 'answered' && now() - known.atMs <= idempotencyMs)) {
      throw new ChatError(
        'invalid_request',
        isOpen
          ? 'A request with this idempotency key is being answered.'
          : 'A request with this idempotency key has been answered. Use a new key for a new question.',
        { status: 409, ...(isOpen && { retryable: true, retryAfterMs: 2_000 }) },
      )
    }
    const tries = known?.tries ?? 0
    mark(key, { state: 'open', replyId, tries })
    return tries
  }

  return {
    open({ replyId, visitorId, idempotencyKey }) {
      const openCount = openCounts.get(visitorId) ?? 0
      const key = idempotencyKey && toKey(visitorId, idempotencyKey)
      let tries = key ? claim(key, replyId) : 0
      if (openCount >= maxPerVisitor) {
        if (key) mark(key, { state: 'failed', replyId, tries })
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
        get tries() {
          return tries
        },
        countTry() {
          tries += 1
        },
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
          if (key) mark(key, { state: hasAnswered ? 'answered' : 'failed', replyId, tries })
        },
      }
      const timer = setTimeout(() => run.end('timeout'), totalMs)
      runs.set(replyId, run)
      return run
    },
    find(visitorId, idempotencyKey) {
      const use = usedKeys.get(toKey(visitorId, idempotencyKey))
      return use?.state === 'failed' ? undefined : use?.replyId
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
