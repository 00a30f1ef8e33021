import { lastFrames } from '../replyFrames.ts'
import type { ReadPiece, RunStore, RunWish } from '../runStore.ts'
import { defaultPrefix, type RedisCommand, type RedisOptions } from './redisCommand.ts'

/**
 * One script each, so that no key is ever left without a lifetime. Entries of a stream are numbered by their last frame:
 * `7-1` holds frames up to 7, `7-2` says that there are no more.
 */
const appendScript = `
local run, asked = KEYS[1], KEYS[2]
local frames, afterId, lastId, droppedId, isOver, lifetimeMs = unpack(ARGV)
if frames ~= '' or redis.call('EXISTS', run) == 0 then
  redis.call('XADD', run, lastId .. '-1', 'after', afterId, 'frames', frames)
  if droppedId ~= '0' then redis.call('XTRIM', run, 'MINID', droppedId .. '-2') end
end
if isOver == '1' then redis.call('XADD', run, lastId .. '-2', 'over', '1') end
redis.call('PEXPIRE', run, lifetimeMs)
return redis.call('HMGET', asked, 'stop', 'reader', 'read')
`

const askScript = `
local asked, lifetimeMs = KEYS[1], ARGV[1]
redis.call('HSET', asked, unpack(ARGV, 2))
redis.call('PEXPIRE', asked, lifetimeMs)
`

/** Keeps runs in Redis Streams, 6.2 or later, or in anything that speaks like it. For `resume.store`. */
export function createRedisRunStore(
  command: RedisCommand,
  { prefix = defaultPrefix }: RedisOptions = {},
): RunStore {
  // In a cluster, what stands in braces decides where a key lies: both of a run lie together.
  const runKey = (key: string) => `${prefix}{${key}}:run`
  const askedKey = (key: string) => `${prefix}{${key}}:asked`

  return {
    async append(key, { frames, afterId, lastId, droppedId, isOver }, lifetimeMs) {
      const numbers = [afterId, lastId, droppedId, isOver ? 1 : 0, lifetimeMs].map(String)
      const keys = [runKey(key), askedKey(key)]
      return readWish(await command(['EVAL', appendScript, '2', ...keys, frames, ...numbers]))
    },
    async read(key, afterId) {
      const entries = await command(['XRANGE', runKey(key), `(${afterId}-1`, '+'])
      if (Array.isArray(entries) && entries.length > 0) return readEntries(entries, afterId)
      const isThere = await command(['EXISTS', runKey(key)])
      return Number(isThere) > 0 ? { frames: '', lastId: afterId, isOver: false } : undefined
    },
    async ask(key, { isStopped, reader }, lifetimeMs) {
      const fields = [
        ...(isStopped ? ['stop', '1'] : []),
        ...(reader ? ['reader', reader.id, 'read', String(reader.readId)] : []),
      ]
      await command(['EVAL', askScript, '1', askedKey(key), String(lifetimeMs), ...fields])
    },
  }
}

function readWish(reply: unknown): RunWish {
  const [stop, id, readId] = reply as (string | null)[]
  const reader = id ? { id, readId: Number(readId) } : undefined
  return { isStopped: stop === '1', reader }
}

function readEntries(entries: readonly unknown[], afterId: number): ReadPiece | undefined {
  let text = ''
  let lastId = afterId
  let isOver = false
  for (const [place, fields] of entries as [string, string[]][]) {
    const [name, value, , frames = ''] = fields
    if (name === 'over') {
      isOver = true
      continue
    }
    if (Number(value) > lastId) return undefined
    text += frames
    lastId = Number(place.split('-')[0])
  }
  return { frames: lastFrames(text, lastId - afterId), lastId, isOver }
}
