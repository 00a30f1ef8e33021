import { expect, onTestFinished, test, vi } from 'vitest'
import { createRecordings } from './recordings.ts'
import { createLog } from './log.ts'
import type { RecordingReader } from './recording.ts'
import type { FrameSource, TakeFrames } from './replyFrames.ts'
import { createRuns } from './runs.ts'

const settings = {
  graceMs: 15_000,
  ttlMs: 120_000,
  runChars: 262_144,
  totalChars: 67_108_864,
  maxRuns: 1_000,
}

/** A run whose reply is written by hand. */
function createScene(given: Partial<typeof settings> = {}) {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const runs = createRuns({ maxPerVisitor: 1e6, totalMs: 300_000, now: Date.now })
  const recordings = createRecordings({ ...settings, ...given }, createLog(undefined, []))

  function begin(replyId = 'reply_1', visitorId = 'visitor_1') {
    const run = runs.open({ replyId, visitorId })
    let waiting: TakeFrames | undefined
    let lastId = 0
    const frames: FrameSource = {
      read(take) {
        waiting = take
      },
    }
    const answer = (text: string | null) => {
      const take = waiting
      waiting = undefined
      take!(text, lastId)
    }
    const reader = recordings.record(run, frames)
    return {
      run,
      reader,
      isAsked: () => waiting !== undefined,
      /** Gives so many frames as one read, each of so many characters. */
      write(count = 1, chars = 20) {
        let text = ''
        for (let at = 0; at < count; at++) {
          const head = `id: ${++lastId}\ndata: `
          text += `${head}${'x'.repeat(Math.max(0, chars - head.length - 2))}\n\n`
        }
        answer(text)
      },
      end() {
        run.close(true)
        answer(null)
      },
    }
  }
  const resume = (afterId: number, replyId = 'reply_1', visitorId = 'visitor_1') =>
    recordings.find(replyId, visitorId)?.attach(afterId)
  return { runs, recordings, begin, resume }
}

/** What a read gives at once: the ids of its frames, `end`, or `nothing` as yet. */
function read(reader: RecordingReader | undefined) {
  let told: readonly number[] | 'end' | 'nothing' = 'nothing'
  reader!.read((text) => {
    told =
      text === null ? 'end' : [...text.matchAll(/^id: (\d+)$/gm)].map((match) => Number(match[1]))
  })
  return told as readonly number[] | 'end' | 'nothing'
}

test('a run is read as it is written, and no further than its reader asks', () => {
  const { begin } = createScene()
  const scene = begin()
  expect(scene.isAsked()).toBe(false)
  const seen: string[] = []
  scene.reader.read((text) => seen.push(text ?? 'end'))
  scene.write()
  expect(seen).toHaveLength(1)
  expect(scene.isAsked()).toBe(false)
})

test('a reader goes on after any frame, within a read too', () => {
  const { begin, resume } = createScene()
  const scene = begin()
  scene.reader.leave()
  scene.write(3)
  scene.write(1)
  scene.write(4)
  scene.end()
  for (let afterId = 0; afterId <= 8; afterId++) {
    const rest = Array.from({ length: 8 - afterId }, (_item, at) => afterId + 1 + at)
    const reader = resume(afterId)
    expect(read(reader)).toEqual(rest.length > 0 ? rest : 'end')
    expect(read(reader)).toBe('end')
  }
})

test('a reader waits for what comes after what was kept', () => {
  const { begin, resume } = createScene()
  const scene = begin()
  scene.reader.leave()
  scene.write(2)
  const reader = resume(1)!
  expect(read(reader)).toEqual([2])
  const later: (string | null)[] = []
  reader.read((text) => later.push(text))
  scene.write(1)
  expect(later).toEqual([expect.stringContaining('id: 3')])
})

test('a run goes on without a reader for the grace time, and is ended once it is over', () => {
  const { begin, resume, recordings } = createScene()
  const scene = begin()
  scene.reader.leave()
  vi.advanceTimersByTime(14_999)
  expect(scene.run.ending).toBeUndefined()
  vi.advanceTimersByTime(1)
  expect(scene.run.ending).toBe('disconnected')
  expect(resume(0)).toBeUndefined()
  expect(recordings.size).toEqual({ runs: 0, chars: 0 })
})

test('a reader who comes back has the whole grace time again', () => {
  const { begin, resume } = createScene()
  const scene = begin()
  scene.reader.leave()
  for (let visit = 0; visit < 4; visit++) {
    vi.advanceTimersByTime(14_000)
    const reader = resume(0)!
    vi.advanceTimersByTime(20_000)
    reader.leave()
  }
  expect(scene.run.ending).toBeUndefined()
})

test('a new reader takes the place of one who has not left yet', () => {
  const { begin, resume } = createScene()
  const scene = begin()
  const seen: (string | null)[] = []
  scene.reader.read((text) => seen.push(text))
  const reader = resume(0)!
  expect(seen).toEqual([null])
  scene.write()
  expect(read(reader)).toEqual([1])
  expect(read(scene.reader)).toBe('end')
  // Its late farewell is not the new one's.
  scene.reader.leave()
  vi.advanceTimersByTime(60_000)
  expect(scene.run.ending).toBeUndefined()
})

test('a run waits when it is half of what is kept ahead of a reader who is away', () => {
  const { begin, resume } = createScene({ runChars: 1_000 })
  const scene = begin()
  scene.reader.read(() => {})
  scene.write(1, 500)
  scene.reader.leave()
  let written = 0
  while (scene.isAsked()) {
    scene.write(1, 100)
    written += 1
  }
  expect(written).toBe(5)
  // What may have been lost on the way before is still there.
  const reader = resume(0)
  expect(read(reader)).toEqual([1, 2, 3, 4, 5, 6])
})

test('what is read is forgotten beyond what is kept, and nobody is given a text with a gap', () => {
  const { begin, resume, recordings } = createScene({ runChars: 1_000 })
  const scene = begin()
  for (let at = 0; at < 50; at++) {
    scene.reader.read(() => {})
    scene.write(1, 100)
  }
  expect(recordings.size.chars).toBe(1_000)
  expect(resume(39)).toBeUndefined()
  expect(read(resume(40))).toEqual([41, 42, 43, 44, 45, 46, 47, 48, 49, 50])
})

test('a reader who would miss frames has a broken connection, and leaves', () => {
  const { begin, resume } = createScene({ runChars: 1_000 })
  const scene = begin()
  scene.reader.leave()
  const reader = resume(0)!
  // Asked for while nobody was there, and more than is kept.
  scene.write(30, 100)
  expect(read(reader)).toBe('end')
  vi.advanceTimersByTime(15_000)
  expect(scene.run.ending).toBe('disconnected')
})

test('no one goes on after a frame that was not written', () => {
  const { begin, resume } = createScene()
  const scene = begin()
  scene.reader.leave()
  scene.write(2)
  expect(resume(3)).toBeUndefined()
})

test('a run that is stopped while nobody reads is read to its end', () => {
  const { begin, resume, runs } = createScene({ runChars: 100 })
  const scene = begin()
  scene.reader.leave()
  scene.write(1, 60)
  expect(scene.isAsked()).toBe(false)
  runs.stop('reply_1', 'visitor_1')
  expect(scene.isAsked()).toBe(true)
  scene.write(1, 20)
  scene.end()
  expect(read(resume(0))).toEqual([1, 2])
})

test('a finished run can be read until its time is over, any number of times', () => {
  const { begin, resume, recordings } = createScene()
  const scene = begin()
  scene.reader.leave()
  scene.write(2)
  scene.end()
  vi.advanceTimersByTime(119_999)
  for (let time = 0; time < 3; time++) expect(read(resume(0))).toEqual([1, 2])
  vi.advanceTimersByTime(1)
  expect(resume(0)).toBeUndefined()
  expect(scene.run.ending).toBeUndefined()
  expect(recordings.size).toEqual({ runs: 0, chars: 0 })
})

test('another visitor finds no run', () => {
  const { begin, resume } = createScene()
  begin()
  expect(resume(0, 'reply_1', 'visitor_2')).toBeUndefined()
  expect(resume(0)).toBeDefined()
})

test('runs that have ended make room first, the oldest before others', () => {
  const { begin, resume } = createScene({ maxRuns: 3 })
  begin('reply_open').reader.leave()
  for (const id of ['reply_a', 'reply_b']) {
    const scene = begin(id)
    scene.reader.leave()
    scene.end()
  }
  begin('reply_c')
  const isKept = (id: string) => resume(0, id) !== undefined
  expect(['reply_open', 'reply_a', 'reply_b', 'reply_c'].map(isKept)).toEqual([
    true,
    false,
    true,
    true,
  ])
})

test('an open run that makes room goes on for its reader, and ends when that one leaves', () => {
  const { begin, resume, recordings } = createScene({ totalChars: 1_000 })
  const old = begin('reply_old')
  old.reader.read(() => {})
  old.write(1, 800)
  const young = begin('reply_young')
  young.reader.read(() => {})
  young.write(1, 800)
  expect(recordings.size).toEqual({ runs: 1, chars: 800 })
  expect(resume(0, 'reply_old')).toBeUndefined()
  const seen: (string | null)[] = []
  old.reader.read((text) => seen.push(text))
  old.write(1)
  expect(seen).toEqual([expect.stringContaining('id: 2')])
  expect(old.run.ending).toBeUndefined()
  old.reader.leave()
  expect(old.run.ending).toBe('disconnected')
})

test('1,000 runs leave nothing', () => {
  const { begin, recordings, runs, resume } = createScene()
  for (let at = 0; at < 1_000; at++) {
    const scene = begin(`reply_${at}`)
    scene.reader.read(() => {})
    scene.write(5)
    scene.reader.leave()
    if (at % 4 === 0) scene.end()
    if (at % 4 === 1) resume(2, `reply_${at}`)!.leave()
    if (at % 4 === 2) runs.stop(`reply_${at}`, 'visitor_1')
    if (at % 4 !== 0) {
      vi.advanceTimersByTime(at % 3 === 0 ? 16_000 : 10)
      if (at % 3 !== 0) scene.end()
      scene.run.close(true)
    }
  }
  expect(recordings.size.runs).toBeGreaterThan(0)
  vi.advanceTimersByTime(120_000)
  expect(recordings.size).toEqual({ runs: 0, chars: 0 })
  expect(runs.size).toBe(0)
  expect(vi.getTimerCount()).toBe(0)
})
