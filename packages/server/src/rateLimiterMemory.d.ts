// The library's types describe its main entry, which loads every store it knows and Node's `cluster` with them.
declare module 'rate-limiter-flexible/lib/RateLimiterMemory.js' {
  export default class RateLimiterMemory {
    constructor(options: { points: number; duration: number })
    consume(key: string): Promise<unknown>
  }
}
