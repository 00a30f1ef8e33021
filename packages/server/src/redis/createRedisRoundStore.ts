import type { OpenRound, RoundStore } from '../tools/openRounds.ts'
import { defaultPrefix, type RedisCommand, type RedisOptions } from './redisCommand.ts'

/** Keeps calls that wait for a page's answer in Redis. For `roundStore`. */
export function createRedisRoundStore(
  command: RedisCommand,
  { prefix = defaultPrefix }: RedisOptions = {},
): RoundStore {
  const toKey = (id: string) => `${prefix}round:${id}`
  return {
    async set(id, round, lifetimeMs) {
      await command(['SET', toKey(id), JSON.stringify(round), 'PX', String(lifetimeMs)])
    },
    async get(id) {
      const kept = await command(['GET', toKey(id)])
      return typeof kept === 'string' ? (JSON.parse(kept) as OpenRound) : undefined
    },
  }
}
