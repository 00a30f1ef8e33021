import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { ChatEvent } from './events.ts'
import { createPacer } from './pacer.ts'

const text = (delta: string): ChatEvent => ({ type: 'text-delta', choice: 0, delta })

function setUp() {
  const batches: string[] = []
  const frames: (() => void)[] = []
  const pacer = createPacer({
    onBatch: (events) =>
      batches.push(events.map((event) => ('delta' in event ? event.delta : '')).join('')),
    schedule(callback) {
      frames.push(callback)
      return () => void frames.splice(frames.indexOf(callback), 1)
    },
  })
  return { batches, pacer, frames, frame: () => frames.shift()?.() }
}

test('tells the first events at once and later ones with the frame', () => {
  const { batches, pacer, frame } = setUp()
  pacer.push([text('a')])
  expect(batches).toEqual(['a'])
  pacer.push([text('b')])
  pacer.push([text('c')])
  expect(batches).toEqual(['a'])
  frame()
  expect(batches).toEqual(['a', 'bc'])
})

test('tells at once again after a frame in which nothing came', () => {
  const { batches, pacer, frame, frames } = setUp()
  pacer.push([text('a')])
  frame()
  expect(frames).toHaveLength(0)
  pacer.push([text('b')])
  expect(batches).toEqual(['a', 'b'])
})

test('tells at most once a frame, however much comes', () => {
  const { batches, pacer, frame } = setUp()
  for (let at = 0; at < 10_000; at++) {
    pacer.push([text('x')])
    if (at % 100 === 99) frame()
  }
  expect(batches.length).toBeLessThanOrEqual(101)
})

test('hands over what waits and asks for no more frames', () => {
  const { batches, pacer, frames } = setUp()
  pacer.push([text('a')])
  pacer.push([text('b')])
  expect(pacer.take()).toEqual([text('b')])
  expect(pacer.take()).toEqual([])
  expect([batches, frames]).toEqual([['a'], []])
})

describe('without a schedule of its own', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
  afterEach(() => {
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })

  function setUpPage(page: object | undefined) {
    const frames: (() => void)[] = []
    vi.stubGlobal('document', page)
    vi.stubGlobal('requestAnimationFrame', (callback: () => void) => frames.push(callback))
    vi.stubGlobal('cancelAnimationFrame', () => {})
    const onBatch = vi.fn<() => void>()
    const pacer = createPacer({ onBatch })
    pacer.push([text('a')])
    pacer.push([text('b')])
    return { frames, onBatch, pacer }
  }

  test('waits for the frame of a page that is shown', () => {
    const { frames, onBatch } = setUpPage({ visibilityState: 'visible' })
    expect(onBatch).toHaveBeenCalledTimes(1)
    frames[0]?.()
    expect(onBatch).toHaveBeenCalledTimes(2)
  })

  test('goes on by a timer when the page is hidden before its frame comes', () => {
    const { onBatch } = setUpPage({ visibilityState: 'visible' })
    vi.advanceTimersByTime(250)
    expect(onBatch).toHaveBeenCalledTimes(2)
  })

  test('asks a hidden page for no frame', () => {
    const { frames, onBatch } = setUpPage({ visibilityState: 'hidden' })
    vi.advanceTimersByTime(250)
    expect([frames.length, onBatch.mock.calls.length]).toEqual([0, 2])
  })

  test('goes by a timer where there is no page', () => {
    const { onBatch, pacer } = setUpPage(undefined)
    vi.advanceTimersByTime(16)
    expect(onBatch).toHaveBeenCalledTimes(2)
    pacer.take()
    expect(vi.getTimerCount()).toBe(0)
  })
})
