import { expect, test, vi } from 'vitest'
import { createStore } from './store.ts'

const createCounter = () => createStore((count: number, step: number) => count + step, 0)

test('tells once of several actions, and not when nothing changed', () => {
  const store = createCounter()
  const listener = vi.fn<() => void>()
  store.subscribe(listener)
  store.dispatch(1, 2)
  store.dispatch(0)
  expect(store.getSnapshot()).toBe(3)
  expect(listener).toHaveBeenCalledTimes(1)
})

test('leaves a listener that subscribed twice and left once', () => {
  const store = createCounter()
  const listener = vi.fn<() => void>()
  const leave = store.subscribe(listener)
  store.subscribe(listener)
  leave()
  leave()
  store.dispatch(1)
  expect(listener).toHaveBeenCalledTimes(1)
})

test('tells the others when a listener throws', () => {
  const reported = vi.fn<(error: unknown) => void>()
  vi.stubGlobal('reportError', reported)
  const store = createCounter()
  const listener = vi.fn<() => void>()
  store.subscribe(() => {
    throw new Error('broken')
  })
  store.subscribe(listener)
  store.dispatch(1)
  expect(listener).toHaveBeenCalledTimes(1)
  expect(reported).toHaveBeenCalledTimes(1)
  vi.unstubAllGlobals()
})

test('lets a listener act and leave while it is told', () => {
  const store = createCounter()
  const leave = store.subscribe(() => {
    leave()
    store.dispatch(10)
  })
  const seen: number[] = []
  store.subscribe(() => seen.push(store.getSnapshot()))
  store.dispatch(1)
  expect(seen).toEqual([11, 11])
})
