import type { ChatEvent } from '@parlance/core'

/** One reply of one provider, as chat events in the order they came. Reads only when asked. */
export interface ReplySource {
  /** The next events, at least one; the last batch ends in the one terminal event, and null follows it. Never rejects. */
  read(): Promise<readonly ChatEvent[] | null>
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

/**
 * Waits for the first piece of an answer and gives a source that begins with it. Throws the `ChatError` of a reply that
 * fails before, so that it can be tried again or elsewhere.
 */
export async function untilAnswer(source: ReplySource): Promise<ReplySource> {
  let early: ChatEvent[] | null = []
  // No async function: each token of a stream passes here.
  const read = () => {
    if (!early) return source.read()
    const events = early
    early = null
    return Promise.resolve(events)
  }
  for (;;) {
    early.push(...((await source.read()) ?? []))
    for (const event of early) {
      if (isAnswer(event)) return { ...source, read }
      if (event.type === 'reply-error') throw event.error
    }
  }
}
