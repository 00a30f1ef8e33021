import { defaultPrefix, type RedisCommand, type RedisOptions } from './redisCommand.ts'

/** Values of one kind in Redis, as JSON, each for a while of its own. */
export interface RedisValues<Value> {
  set(id: string, value: Value, lifetimeMs: number): Promise<void>
  /** Undefined for one that is unknown or older than its lifetime. */
  get(id: string): Promise<Value | undefined>
}

/** Keeps values under keys that begin with the prefix and the name of their kind. */
export function createRedisValues<Value>(
  kind: string,
  command: RedisCommand,
  { prefix = defaultPrefix }: RedisOptions = {},
): RedisValues<Value> {
  const toKey = (id: string) => `${prefix}${kind}:${id}`
  return {
    async set(id, value, lifetimeMs) {
      await command(['SET', toKey(id), JSON.stringify(value), 'PX', String(lifetimeMs)])
    },
    async get(id) {
      const kept = await command(['GET', toKey(id)])
      return typeof kept === 'string' ? (JSON.parse(kept) as Value) : undefined
    },
  }
}
