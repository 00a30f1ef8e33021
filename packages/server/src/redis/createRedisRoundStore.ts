import type { RoundStore } from '../tools/openRounds.ts'
import { createRedisValues } from './createRedisValues.ts'
import type { RedisCommand, RedisOptions } from './redisCommand.ts'

/** Keeps calls that wait for a page's answer in Redis. For `roundStore`. */
export function createRedisRoundStore(command: RedisCommand, options?: RedisOptions): RoundStore {
  return createRedisValues('round', command, options)
}
