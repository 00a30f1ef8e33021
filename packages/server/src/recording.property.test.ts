import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createLog } from './log.ts'
import type { RecordingReader } from './recording.ts'
import { createRecordings } from './recordings.ts'
import type { TakeFrames } from './replyFrames.ts'
import { createRuns } from './runs.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const graceMs = 1_000
const runChars = 600

type Step =
  | { readonly type: 'write'; readonly frames: number; readonly chars: number }
  | { readonly type: 'read' | 'leave' | 'end' | 'stop' }
  /** Comes back, perhaps having lost the last frames on the way. */
  | { readonly type: 'attach'; readonly lost: number }
  | { readonly type: 'wait'; readonly ms: number }

const steps = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        type: fc.constant('write' as const),
        frames: fc.integer({ min: 1, max: 4 }),
        chars: fc.integer({ min: 20, max: 90 }),
      }),
    },
    { weight: 6, arbitrary: fc.constant({ type: 'read' as const }) },
    { weight: 2, arbitrary: fc.constant({ type: 'leave' as const }) },
    {
      weight: 3,
      arbitrary: fc.record({
        type: fc.constant('attach' as const),
        lost: fc.integer({ min: 0, max: 6 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        type: fc.constant('wait' as const),
        ms: fc.integer({ min: 1, max: 700 }),
      }),
    },
    { weight: 1, arbitrary: fc.constant({ type: 'stop' as const }) },
    { weight: 1, arbitrary: fc.constant({ type: 'end' as const }) },
  ),
  { maxLength: 80 },
)

/** Plays steps on one run. Every reader must get the frames after its own last one, in order, each once. */
function play(list: readonly Step[]) {
  const runs = createRuns({ maxPerVisitor: 1, totalMs: 1e9, now: Date.now })
  const recordings = createRecordings(
    { graceMs, ttlMs: 5_000, runChars, totalChars: 1e9, maxRuns: 10 },
    createLog(undefined, []),
  )
  const run = runs.open({ replyId: 'reply_1', visitorId: 'visitor_1' })
  let asked: TakeFrames | undefined
  let writtenId = 0
  let hasEnded = false
  let reader: RecordingReader | undefined = recordings.record(run, {
    read(take) {
      expect(asked).toBeUndefined()
      asked = take
    },
  })
  /** Last frame that the client has. */
  let readId = 0
  /** Which of its readers may still speak. */
  let turn = 0
  let isReading = false

  function answer(text: string | null) {
    const take = asked!
    asked = undefined
    take(text, writtenId)
  }

  function read() {
    if (!reader || isReading) return
    const own = turn
    isReading = true
    reader.read((text) => {
      // One that was replaced hears an end, and no frame.
      if (own !== turn) return expect(text).toBeNull()
      isReading = false
      if (text === null) {
        reader = undefined
        return
      }
      const ids = [...text.matchAll(/^id: (\d+)$/gm)].map((match) => Number(match[1]))
      expect(ids).toEqual(ids.map((_id, at) => readId + 1 + at))
      expect(ids.length).toBeGreaterThan(0)
      readId = ids.at(-1)!
    })
  }

  for (const step of list) {
    switch (step.type) {
      case 'write': {
        if (!asked || hasEnded) break
        let text = ''
        for (let at = 0; at < step.frames; at++) {
          text += `id: ${++writtenId}\ndata: ${'x'.repeat(step.chars)}\n\n`
        }
        answer(text)
        break
      }
      case 'read':
        read()
        break
      case 'leave':
        reader?.leave()
        reader = undefined
        isReading = false
        turn++
        break
      case 'attach': {
        const afterId = Math.max(0, readId - step.lost)
        const next = recordings.find('reply_1', 'visitor_1')?.attach(afterId)
        if (!next) break
        turn++
        isReading = false
        reader = next
        readId = afterId
        break
      }
      case 'wait':
        vi.advanceTimersByTime(step.ms)
        break
      case 'stop':
        runs.stop('reply_1', 'visitor_1')
        break
      case 'end':
        if (!asked || hasEnded) break
        hasEnded = true
        run.close(true)
        answer(null)
        break
      default:
        step satisfies never
    }
    expect(recordings.size.chars).toBeLessThanOrEqual(runChars)
  }

  reader?.leave()
  turn++
  vi.advanceTimersByTime(graceMs)
  if (!hasEnded) expect(run.ending).toBeDefined()
  if (!hasEnded && asked) {
    run.close(true)
    answer(null)
  }
  vi.advanceTimersByTime(5_000)
  run.close(true)
  expect(recordings.size).toEqual({ runs: 0, chars: 0 })
  expect(vi.getTimerCount()).toBe(0)
}

test('whoever comes and goes, every reader gets what follows its last frame, once and in order', () => {
  fc.assert(fc.property(steps, play), { numRuns: 2_000, seed: 20_261_126 })
})
