import type { ChatEvent } from '@parlance/core'

/** Gets the next events, at least one; the last batch ends in the one terminal event, and null follows it. */
export type TakeEvents = (events: readonly ChatEvent[] | null) => void

/** One reply of one provider, as chat events in the order they came. Reads only when asked, one question at a time. */
export interface ReplySource {
  /** Calls `take` once, perhaps before it returns. */
  read(take: TakeEvents): void
  /** Ends the work of the provider at once. */
  cancel(): void
}

/** Whether an event is a piece of an answer, so that no other provider may be asked any more. */
export function isAnswer(event: ChatEvent): boolean {
  switch (event.type) {
    case 'text-delta':
    case 'reasoning-delta':
    case 'refusal-delta':
    case 'tool-call-start':
    case 'tool-call-delta':
    case 'tool-result':
    case 'citation':
    case 'choice-end':
    case 'reply-end':
      return true
    case 'reply-start':
    case 'usage':
    case 'session':
    case 'latency':
    case 'named-event':
    case 'malformed':
    case 'reply-error':
      return false
    default:
      return event satisfies never
  }
}

/** Whether an event is the last of a reply. */
export function isTerminal(event: ChatEvent): boolean {
  return event.type === 'reply-end' || event.type === 'reply-error'
}

/** The next events as a promise, for who is in no hurry. */
export function nextEvents(
  source: Pick<ReplySource, 'read'>,
): Promise<readonly ChatEvent[] | null> {
  return new Promise((resolve) => source.read(resolve))
}

/**
 * Waits for the first piece of an answer and gives a source that begins with it. Throws the `ChatError` of a reply that
 * fails before, so that it can be tried again or elsewhere.
 */
export async function untilAnswer(source: ReplySource): Promise<ReplySource> {
  let early: ChatEvent[] | null = []
  const read = (take: TakeEvents) => {
    if (!early) return source.read(take)
    const events = early
    early = null
    take(events)
  }
  for (;;) {
    early.push(...((await nextEvents(source)) ?? []))
    for (const event of early) {
      if (isAnswer(event)) return { ...source, read }
      if (event.type === 'reply-error') throw event.error
    }
  }
}
