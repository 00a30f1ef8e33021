import { describe, expect, test } from 'vitest'
import { connectRedis, hasRedis, startRedis } from '../fixtures/startRedis.ts'
import type { OpenRound } from '../tools/openRounds.ts'
import { createRedisBudget } from './createRedisBudget.ts'
import { createRedisRoundStore } from './createRedisRoundStore.ts'
import { createRedisSessionStore } from './createRedisSessionStore.ts'
import type { RedisCommand } from './redisCommand.ts'

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

describe.runIf(hasRedis)('a budget in Redis', () => {
  test('is never passed by requests at once, of however many processes', async () => {
    const { socketPath, command } = await startRedis()
    const other = connectRedis(socketPath)
    await other.connect()
    const budgets = [
      createRedisBudget(command),
      createRedisBudget((words) => other.sendCommand(words)),
    ]
    const admitted = await Promise.all(
      Array.from({ length: 50 }, async (_item, at) =>
        budgets[at % 2]!.reserve('2026-11-26', 30, 900),
      ),
    )
    other.destroy()
    expect(admitted.filter(Boolean)).toHaveLength(30)
    expect(await budgets[0]!.reserve('2026-11-26', 1, 900)).toBe(false)
    expect(await budgets[0]!.reserve('2026-11-27', 900, 900)).toBe(true)
  })

  test('gives back what was not used, and takes what was used beyond', async () => {
    const { command } = await startRedis()
    const budget = createRedisBudget(command)
    await budget.reserve('2026-11-26', 900, 900)
    await budget.settle('2026-11-26', 900, 100)
    expect(await budget.reserve('2026-11-26', 800, 900)).toBe(true)
    await budget.settle('2026-11-26', 800, 850)
    expect(await budget.reserve('2026-11-26', 1, 900)).toBe(false)
  })

  test('keeps days for two days, and begins none by settling', async () => {
    const { command } = await startRedis()
    const budget = createRedisBudget(command, { prefix: 'shop:' })
    await budget.settle('2026-11-20', 900, 100)
    await budget.reserve('2026-11-26', 1, 900)
    expect(await command(['KEYS', '*'])).toEqual(['shop:budget:2026-11-26'])
    const leftMs = Number(await command(['PTTL', 'shop:budget:2026-11-26']))
    expect(leftMs).toBeGreaterThan(86_400_000)
    expect(leftMs).toBeLessThanOrEqual(172_800_000)
  })
})

const round: OpenRound = {
  visitorId: 'visitor_1',
  conversationId: 'conversation_1',
  messages: [{ role: 'assistant', content: '東京 "quoted"\n', toolCalls: [] }],
  callIds: ['a', 'b'],
  round: 2,
}
const session = { id: 'session-1', question: '12 345' }

describe.runIf(hasRedis).each([
  ['rounds', (command: RedisCommand) => createRedisRoundStore(command), round],
  ['sessions', (command: RedisCommand) => createRedisSessionStore(command), session],
] as const)('%s in Redis', (_, create, value) => {
  test('are kept for their lifetime, the newest of a name', async () => {
    const { command } = await startRedis()
    const store = create(command) as {
      set(key: string, kept: unknown, lifetimeMs: number): Promise<void>
      get(key: string): Promise<unknown>
    }
    expect(await store.get('a')).toBeUndefined()
    await store.set('a', {}, 60_000)
    await store.set('a', value, 60_000)
    await store.set('b', value, 50)
    expect(await store.get('a')).toEqual(value)
    await wait(80)
    expect(await store.get('b')).toBeUndefined()
    for (const key of (await command(['KEYS', '*'])) as string[]) {
      expect(Number(await command(['PTTL', key]))).toBeGreaterThan(0)
    }
  })
})
