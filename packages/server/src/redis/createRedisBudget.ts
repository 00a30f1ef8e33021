import type { BudgetStore } from '../budget.ts'
import { defaultPrefix, type RedisCommand, type RedisOptions } from './redisCommand.ts'

/** A reply that runs past midnight settles what it took from the day before. */
const lifetimeMs = 2 * 24 * 60 * 60 * 1000

const reserveScript = `
local total = tonumber(redis.call('GET', KEYS[1]) or '0')
if total + tonumber(ARGV[1]) > tonumber(ARGV[2]) then return 0 end
redis.call('INCRBY', KEYS[1], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1
`

const settleScript = `
if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('INCRBY', KEYS[1], ARGV[1]) end
`

/** Counts what a day has cost in Redis, all processes together. For `budgetStore`. */
export function createRedisBudget(
  command: RedisCommand,
  { prefix = defaultPrefix }: RedisOptions = {},
): BudgetStore {
  const toKey = (day: string) => `${prefix}budget:${day}`
  return {
    async reserve(day, amount, cap) {
      const numbers = [amount, cap, lifetimeMs].map(String)
      return Number(await command(['EVAL', reserveScript, '1', toKey(day), ...numbers])) === 1
    },
    async settle(day, reserved, used) {
      await command(['EVAL', settleScript, '1', toKey(day), String(used - reserved)])
    },
  }
}
