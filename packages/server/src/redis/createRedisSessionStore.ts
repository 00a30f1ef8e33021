import type { SessionStore } from '../sessionStore.ts'
import { createRedisValues } from './createRedisValues.ts'
import type { RedisCommand, RedisOptions } from './redisCommand.ts'

/** Keeps the sessions of providers in Redis. For `sessionStore`. */
export function createRedisSessionStore(
  command: RedisCommand,
  options?: RedisOptions,
): SessionStore {
  return createRedisValues('session', command, options)
}
