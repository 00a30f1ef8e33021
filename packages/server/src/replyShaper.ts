import type { ChatError, ChatEvent, Citation } from '@parlance/core'
import { toCost } from './costs.ts'
import type { Price } from './provider.ts'

export interface ReplyShaperOptions {
  /** Told right after the start. */
  readonly citations: readonly Citation[]
  readonly price: Price | undefined
  /** How long the reply has taken, in milliseconds; told at its end where the provider does not. */
  readonly elapsedMs: () => number
  /** How the reply ends that its provider did not end well. */
  readonly toLastEvents: (error: ChatError, openChoices: readonly number[]) => readonly ChatEvent[]
}

/** Gives a provider's events the form a browser may see: one start, our sources and prices, none of its error's words. */
export interface ReplyShaper {
  push(events: readonly ChatEvent[]): ChatEvent[]
}

export function createReplyShaper({
  citations,
  price,
  elapsedMs,
  toLastEvents,
}: ReplyShaperOptions): ReplyShaper {
  const openChoices = new Set<number>([0])
  let toldProvider: string | undefined
  let hasStarted = false
  let hasLatency = false

  /** Once at the start, and once more when the provider names itself later. */
  function start(provider: string | undefined, shaped: ChatEvent[]) {
    if (hasStarted && (provider === undefined || provider === toldProvider)) return
    shaped.push({ type: 'reply-start', provider })
    toldProvider = provider
    if (hasStarted) return
    hasStarted = true
    for (const citation of citations) shaped.push({ type: 'citation', choice: 0, citation })
  }

  function shape(event: ChatEvent, shaped: ChatEvent[]) {
    switch (event.type) {
      case 'reply-start':
        return start(event.provider, shaped)
      case 'usage':
        shaped.push({ ...event, cost: event.cost ?? toCost(event.usage, price) })
        return
      case 'latency':
        hasLatency = true
        break
      case 'reply-end':
        if (!hasLatency) shaped.push({ type: 'latency', latencyMs: elapsedMs() })
        break
      case 'reply-error':
        shaped.push(...toLastEvents(event.error, [...openChoices]))
        return
      case 'choice-end':
        openChoices.delete(event.choice)
        break
      case 'text-delta':
      case 'reasoning-delta':
      case 'refusal-delta':
      case 'tool-call-start':
        openChoices.add(event.choice)
    }
    shaped.push(event)
  }

  return {
    push(events) {
      const shaped: ChatEvent[] = []
      for (const event of events) {
        if (event.type !== 'reply-start') start(undefined, shaped)
        shape(event, shaped)
      }
      return shaped
    },
  }
}
