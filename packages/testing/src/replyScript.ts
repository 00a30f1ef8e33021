import {
  type ChatErrorCode,
  type ChatEvent,
  ChatError,
  type Citation,
  type Cost,
  type FinishReason,
  type Usage,
} from '@parlance/core'

/** A reply, told by what it says. The order of the fields is the order in which it does it. */
export interface ReplyScript {
  readonly model?: string | undefined
  readonly reasoning?: string | undefined
  /** The answer, mostly Markdown. */
  readonly text?: string | undefined
  readonly refusal?: string | undefined
  readonly citations?: readonly Citation[] | undefined
  readonly toolCalls?:
    | readonly {
        readonly name: string
        /** Sent as JSON text, in pieces. */
        readonly input: unknown
        /** What the tool returned, where the server ran it. */
        readonly output?: unknown
      }[]
    | undefined
  /** Default `stop`, or `tool-calls` when there are calls without an output. */
  readonly finish?: FinishReason | undefined
  readonly usage?: Usage | undefined
  readonly cost?: Cost | undefined
  /** Fails with this after all of the above. `truncated` is a body that ends without its end. */
  readonly error?: ChatErrorCode | undefined
}

/** The chat events of a scripted reply, terminal one included; a text alone is an answer. */
export function toChatEvents(reply: string | ReplyScript): ChatEvent[] {
  const script = typeof reply === 'string' ? { text: reply } : reply
  const { reasoning = '', text = '', refusal = '', citations = [], toolCalls = [] } = script
  const choice = 0
  const events: ChatEvent[] = [{ type: 'reply-start', model: script.model ?? 'recorded' }]

  for (const delta of toDeltas(reasoning)) events.push({ type: 'reasoning-delta', choice, delta })
  for (const delta of toDeltas(text)) events.push({ type: 'text-delta', choice, delta })
  for (const delta of toDeltas(refusal)) events.push({ type: 'refusal-delta', choice, delta })
  for (const citation of citations) events.push({ type: 'citation', choice, citation })
  toolCalls.forEach(({ name, input, output }, index) => {
    const callId = `call-${index + 1}`
    events.push({ type: 'tool-call-start', choice, index, callId, name })
    for (const delta of toDeltas(JSON.stringify(input))) {
      events.push({ type: 'tool-call-delta', choice, index, delta })
    }
    if (output === undefined) return
    const result = JSON.stringify(output)
    events.push({ type: 'tool-result', choice, callId, output: result, outcome: 'ok' })
  })

  if (script.error) {
    events.push({ type: 'reply-error', error: new ChatError(script.error) })
    return events
  }
  const isWaiting = toolCalls.some(({ output }) => output === undefined)
  const reason = script.finish ?? (isWaiting ? 'tool-calls' : 'stop')
  events.push({ type: 'choice-end', choice, reason, providerReason: reason.replace('-', '_') })
  if (script.usage) events.push({ type: 'usage', usage: script.usage, cost: script.cost })
  events.push({ type: 'reply-end' })
  return events
}

/** Pieces about as large as tokens are; joined, they are the text. No character is cut. */
function toDeltas(text: string): string[] {
  return text.match(/\s*\S{1,6}|\s+$/gu) ?? []
}
