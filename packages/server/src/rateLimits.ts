import { ChatError } from '@parlance/core'
import RateLimiterMemory from 'rate-limiter-flexible/lib/RateLimiterMemory.js'
import type { RelayLimits } from './relayOptions.ts'

/** What the relay needs of a limiter; every one of rate-limiter-flexible fits. */
export interface RateLimiter {
  /** Counts one request; rejects with `{ msBeforeNext }` when there are too many. */
  consume(key: string): Promise<unknown>
}

export interface RateLimits {
  /** Counts a request of an address key. Throws `ChatError` `rate_limited`, or `overloaded` when the store is down. */
  countAddress(key: string): Promise<void>
  countVisitor(visitorId: string): Promise<void>
}

export function createRateLimits(
  limits: RelayLimits,
  given: { visitor?: RateLimiter; address?: RateLimiter } = {},
): RateLimits {
  const perMinute = (points: number) => new RateLimiterMemory({ points, duration: 60 })
  const address = given.address ?? perMinute(limits.requestsPerMinutePerAddress)
  const visitor = given.visitor ?? perMinute(limits.requestsPerMinutePerVisitor)
  return {
    countAddress: (key) => count(address, key),
    countVisitor: (visitorId) => count(visitor, visitorId),
  }
}

async function count(limiter: RateLimiter, key: string): Promise<void> {
  try {
    await limiter.consume(key)
  } catch (reason) {
    const waitMs = (reason as { msBeforeNext?: unknown } | null)?.msBeforeNext
    if (typeof waitMs === 'number') throw tooMany(waitMs)
    // A limiter that cannot count admits nobody: the other way, an outage of the store would lift every limit.
    throw new ChatError('overloaded', 'The assistant is busy. Try again in a moment.', {
      status: 503,
      retryable: true,
      retryAfterMs: 5_000,
      cause: reason,
    })
  }
}

function tooMany(waitMs: number): ChatError {
  return new ChatError('rate_limited', 'That was a lot of requests. Try again in a moment.', {
    status: 429,
    retryable: true,
    retryAfterMs: Math.max(waitMs, 1_000),
  })
}
