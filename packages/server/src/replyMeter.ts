import type { ChatEvent, Cost, Turn, Usage } from '@parlance/core'
import { estimateInputTokens, estimateTokens } from './costs.ts'

/** Counts what one reply takes, as its events pass. */
export interface ReplyMeter {
  observe(events: readonly ChatEvent[]): void
  /** Adds what was used besides the answer that is counted now. */
  add(usage: Usage, cost?: Cost): void
  /** In milliseconds since 1970; undefined before the first piece of an answer. */
  readonly firstAnswerAtMs: number | undefined
  /** What was used. `turn` is what a provider has read: undefined when it cannot have charged anything. */
  read(turn: Turn | undefined): MeterReading
}

export interface MeterReading {
  readonly usage: Usage
  readonly usageSource: 'reported' | 'estimated'
  /** What the provider reported. */
  readonly cost: Cost | undefined
}

export function createReplyMeter(now: () => number): ReplyMeter {
  let usage: Usage | undefined
  let cost: Cost | undefined
  let outputTokens = 0
  let firstAnswerAtMs: number | undefined
  let besides: Usage = {}
  let besidesCost: Cost | undefined

  function readAnswer(turn: Turn | undefined): MeterReading {
    if (usage) return { usage, usageSource: 'reported', cost }
    const inputTokens = turn ? estimateInputTokens(turn) : 0
    return { usage: { inputTokens, outputTokens }, usageSource: 'estimated', cost: undefined }
  }

  return {
    observe(events) {
      for (const event of events) {
        if (event.type === 'usage') {
          usage = event.usage
          cost = event.cost
        } else if ('delta' in event) {
          firstAnswerAtMs ??= now()
          outputTokens += estimateTokens(event.delta)
        }
      }
    },
    get firstAnswerAtMs() {
      return firstAnswerAtMs
    },
    add(more, moreCost) {
      besides = addUsage(besides, more)
      besidesCost = addCost(besidesCost, moreCost)
    },
    read(turn) {
      const reading = readAnswer(turn)
      return {
        ...reading,
        usage: addUsage(reading.usage, besides),
        cost: addCost(reading.cost, besidesCost),
      }
    },
  }
}

/** Both together; a count is absent when neither reports it. */
export function addUsage(one: Usage, other: Usage): Usage {
  const sum: Record<string, number | undefined> = { ...one }
  for (const [name, count] of Object.entries(other) as [string, number | undefined][]) {
    if (count !== undefined) sum[name] = (sum[name] ?? 0) + count
  }
  return sum
}

/** Both together; money of two currencies is not added, the first stays. */
export function addCost(one: Cost | undefined, other: Cost | undefined): Cost | undefined {
  if (!one || !other || one.currency !== other.currency) return one ?? other
  const source = one.source === 'reported' ? other.source : one.source
  return { micros: one.micros + other.micros, currency: one.currency, source }
}
