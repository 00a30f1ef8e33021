import { describe, expect, test } from 'vitest'
import { createMemoryRunStore } from './fixtures/createMemoryRunStore.ts'
import { hasRedis, startRedis } from './fixtures/startRedis.ts'
import { createRedisRunStore } from './redis/createRedisRunStore.ts'
import type { RunPiece, RunStore } from './runStore.ts'

const frame = (id: number) => `id: ${id}\ndata: frame ${id}\n\n`

/** Frames from one to another, as a process would add them. */
function piece(from: number, to: number, more: Partial<RunPiece> = {}): RunPiece {
  const frames = Array.from({ length: to - from + 1 }, (_item, at) => frame(from + at)).join('')
  return { frames, afterId: from - 1, lastId: to, droppedId: 0, isOver: false, ...more }
}
const nothing = (lastId: number, more: Partial<RunPiece> = {}): RunPiece => ({
  frames: '',
  afterId: lastId,
  lastId,
  droppedId: 0,
  isOver: false,
  ...more,
})

describe.each([
  ['memory, as in the tests', true, async () => createMemoryRunStore()],
  ['Redis', hasRedis, async () => createRedisRunStore((await startRedis()).command)],
] as const)('a store of runs in %s', (_, isHere, start: () => Promise<RunStore>) => {
  test.runIf(isHere)('gives what follows any frame', async () => {
    const store = await start()
    await store.append('a', nothing(0), 60_000)
    expect(await store.read('a', 0)).toEqual({ frames: '', lastId: 0, isOver: false })
    await store.append('a', piece(1, 3), 60_000)
    await store.append('a', nothing(3), 60_000)
    await store.append('a', piece(4, 4), 60_000)
    await store.append('a', piece(5, 7, { isOver: true }), 60_000)
    for (let afterId = 0; afterId < 7; afterId++) {
      const { frames } = piece(afterId + 1, 7)
      expect(await store.read('a', afterId)).toEqual({ frames, lastId: 7, isOver: true })
    }
    expect(await store.read('a', 7)).toEqual({ frames: '', lastId: 7, isOver: true })
  })

  test.runIf(isHere)(
    'knows a run that has said nothing yet, or not as much as its reader knows',
    async () => {
      const store = await start()
      await store.append('a', nothing(0), 60_000)
      await store.append('a', piece(1, 2), 60_000)
      expect(await store.read('a', 9)).toMatchObject({ frames: '', isOver: false })
      expect(await store.read('b', 0)).toBeUndefined()
    },
  )

  test.runIf(isHere)('gives no frames with a gap before them', async () => {
    const store = await start()
    await store.append('a', piece(1, 3), 60_000)
    await store.append('a', piece(4, 6), 60_000)
    await store.append('a', piece(7, 9, { droppedId: 5 }), 60_000)
    expect(await store.read('a', 2)).toBeUndefined()
    expect(await store.read('a', 3)).toMatchObject({ frames: piece(4, 9).frames })
    await store.append('a', piece(10, 10, { droppedId: 6 }), 60_000)
    expect(await store.read('a', 5)).toBeUndefined()
    expect(await store.read('a', 6)).toMatchObject({ frames: piece(7, 10).frames })
    // A run that was lost for longer than its lease, and goes on.
    await store.append('b', piece(5, 6), 60_000)
    expect(await store.read('b', 0)).toBeUndefined()
  })

  test.runIf(isHere)(
    'forgets a run whose lease is over, and keeps one whose is renewed',
    async () => {
      const store = await start()
      await store.append('a', piece(1, 1), 80)
      await store.append('b', piece(1, 1), 80)
      await store.append('b', nothing(1), 60_000)
      await new Promise((resolve) => setTimeout(resolve, 120))
      expect(await store.read('a', 0)).toBeUndefined()
      expect(await store.read('b', 0)).toMatchObject({ lastId: 1 })
    },
  )

  test.runIf(isHere)('tells who writes what others ask, as long as they do', async () => {
    const store = await start()
    expect(await store.append('a', nothing(0), 60_000)).not.toMatchObject({ isStopped: true })
    await store.ask('a', { reader: { id: 'reader_1', readId: 5 } }, 100)
    await store.ask('b', { isStopped: true }, 60_000)
    expect((await store.append('a', nothing(0), 60_000)).reader).toEqual({
      id: 'reader_1',
      readId: 5,
    })
    await store.ask('a', { isStopped: true }, 100)
    expect(await store.append('a', nothing(0), 60_000)).toEqual({
      isStopped: true,
      reader: { id: 'reader_1', readId: 5 },
    })
    await new Promise((resolve) => setTimeout(resolve, 150))
    expect((await store.append('a', nothing(0), 60_000)).reader).toBeUndefined()
  })

  test.runIf(isHere)('keeps text of any kind as it is', async () => {
    const store = await start()
    const frames = `id: 1\ndata: ${JSON.stringify({ text: '東京 👩‍🚀 \u0000 \\n "quoted"' })}\n\n`
    await store.append('a b{c}', { ...piece(1, 1), frames }, 60_000)
    expect((await store.read('a b{c}', 0))?.frames).toBe(frames)
  })
})

test.runIf(hasRedis)('Redis is left with nothing that lasts', async () => {
  const { command } = await startRedis()
  const store = createRedisRunStore(command, { prefix: 'shop:' })
  await store.append('a', nothing(0), 60_000)
  await store.append('a', piece(1, 1), 60_000)
  await store.ask('a', { isStopped: true }, 60_000)
  const keys = (await command(['KEYS', '*'])) as string[]
  expect(keys.toSorted()).toEqual(['shop:{a}:asked', 'shop:{a}:run'])
  for (const key of keys) expect(Number(await command(['PTTL', key]))).toBeGreaterThan(0)
})
