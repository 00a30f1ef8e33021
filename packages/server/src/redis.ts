export { createRedisRunStore, type RedisCommand } from './redis/createRedisRunStore.ts'
