/**
 * Sends one command to Redis, such as `['GET', 'a']`, and resolves with its reply as a client reads it. A function in
 * place of a client, so that any client fits: `(words) => client.sendCommand(words)` for node-redis,
 * `([name, ...rest]) => client.call(name, ...rest)` for ioredis.
 */
export type RedisCommand = (words: string[]) => Promise<unknown>

export interface RedisOptions {
  /** Begins every key. Default `parlance:`. */
  readonly prefix?: string | undefined
}

export const defaultPrefix = 'parlance:'
