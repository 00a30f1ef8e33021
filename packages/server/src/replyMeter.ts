import type { ChatEvent, Cost, Turn, Usage } from '@parlance/core'
import { estimateInputTokens, estimateTokens } from './costs.ts'

/** Counts what one reply takes, as its events pass. */
export interface ReplyMeter {
  observe(events: readonly ChatEvent[]): void
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
    read(turn) {
      if (usage) return { usage, usageSource: 'reported', cost }
      const inputTokens = turn ? estimateInputTokens(turn) : 0
      return { usage: { inputTokens, outputTokens }, usageSource: 'estimated', cost: undefined }
    },
  }
}
