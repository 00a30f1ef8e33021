import type { KeptSession, SessionStore } from '../sessionStore.ts'
import { defaultPrefix, type RedisCommand, type RedisOptions } from './redisCommand.ts'

/** Keeps the sessions of providers in Redis. For `sessionStore`. */
export function createRedisSessionStore(
  command: RedisCommand,
  { prefix = defaultPrefix }: RedisOptions = {},
): SessionStore {
  const toKey = (key: string) => `${prefix}session:${key}`
  return {
    async set(key, session, lifetimeMs) {
      await command(['SET', toKey(key), JSON.stringify(session), 'PX', String(lifetimeMs)])
    },
    async get(key) {
      const kept = await command(['GET', toKey(key)])
      return typeof kept === 'string' ? (JSON.parse(kept) as KeptSession) : undefined
    },
  }
}
