import { ChatError, type ChatEvent, type Cost, type TurnMessage, type Usage } from '@parlance/core'
import type { Log } from '../log.ts'
import { addCost, addUsage } from '../replyMeter.ts'
import type { ReplySource, TakeEvents } from '../replySource.ts'
import { type CallOutcome, callTool, type ModelCall } from './callTool.ts'
import type { ServerTool, ToolContext } from './serverTool.ts'

export interface ReplyWithToolsOptions {
  readonly tools: Readonly<Record<string, ServerTool>>
  /** Most rounds of calls in one reply. */
  readonly maxRounds: number
  readonly context: ToolContext
  readonly log: Log
  /** Asks the same provider to go on, with what was said and found since the visitor's question. `round` counts from 1. */
  readonly ask: (more: readonly TurnMessage[], round: AskedRound) => Promise<ReplySource>
}

export interface AskedRound {
  readonly round: number
  /** Whether the model has to answer now: its calls are used up. */
  readonly isLast: boolean
}

interface OpenCall extends ModelCall {
  argumentsText: string
}

/**
 * One reply out of as many as it takes: when the model calls tools of the server, they are run, the model is told what
 * they returned, and what it then says is the same reply going on.
 */
export function replyWithTools(first: ReplySource, options: ReplyWithToolsOptions): ReplySource {
  const { tools, maxRounds, context, log, ask } = options
  let source = first
  let round = 0
  let state: 'reading' | 'calling' | 'ended' = 'reading'
  /** Told since the visitor's question, without the round that is being read. */
  const more: TurnMessage[] = []
  let text = ''
  let calls: OpenCall[] = []
  /** Calls of earlier rounds: positions and ids of one reply must differ. */
  let callCount = 0
  let usage: Usage = {}
  let roundUsage: Usage = {}
  let cost: Cost | undefined
  let roundCost: Cost | undefined

  function readEvent(event: ChatEvent): ChatEvent[] {
    switch (event.type) {
      case 'text-delta':
        if (event.choice === 0) text += event.delta
        return [event]
      case 'tool-call-start': {
        if (event.choice !== 0) return [event]
        const callId = round === 0 ? event.callId : `${event.callId}_${round}`
        calls[event.index] = { callId, name: event.name, argumentsText: '' }
        return [{ ...event, callId, index: callCount + event.index }]
      }
      case 'tool-call-delta': {
        const call = event.choice === 0 ? calls[event.index] : undefined
        if (!call) return [event]
        call.argumentsText += event.delta
        return showsAll(call) ? [{ ...event, index: callCount + event.index }] : []
      }
      case 'usage':
        roundUsage = event.usage
        roundCost = event.cost
        return [{ ...event, usage: addUsage(usage, roundUsage), cost: addCost(cost, roundCost) }]
      case 'choice-end':
        // The reply goes on when the tools have run.
        return event.choice === 0 && calls.length > 0 ? [] : [event]
      default:
        return [event]
    }
  }

  const showsAll = ({ name }: ModelCall) =>
    Object.hasOwn(tools, name) && tools[name]!.show === 'all'

  /** Runs the calls of the round that has ended, and asks for the next one. */
  async function goOn(): Promise<ChatEvent[]> {
    const made = calls.filter(Boolean)
    const outcomes = await Promise.all(made.map((call) => callTool(tools, call, context, log)))
    if (context.signal.aborted) throw context.signal.reason
    const toolCalls = made.map(({ callId, name, argumentsText }) => ({
      callId,
      name,
      argumentsText: argumentsText || '{}',
    }))
    more.push({ role: 'assistant', content: text, toolCalls })
    made.forEach(({ callId }, at) => {
      more.push({ role: 'tool', content: outcomes[at]!.output, callId })
    })
    callCount += calls.length
    usage = addUsage(usage, roundUsage)
    roundUsage = {}
    cost = addCost(cost, roundCost)
    roundCost = undefined
    text = ''
    calls = []
    round += 1
    source = await ask(more, { round, isLast: round >= maxRounds })
    return made.map((call, at) => toResult(call, outcomes[at]!))
  }

  function toResult(call: ModelCall, { output, outcome }: CallOutcome): ChatEvent {
    const shown = showsAll(call) ? output : 'null'
    return { type: 'tool-result', choice: 0, callId: call.callId, output: shown, outcome }
  }

  function fail(cause: unknown): ChatEvent[] {
    state = 'ended'
    source.cancel()
    const error =
      cause instanceof ChatError ? cause : new ChatError('internal', undefined, { cause })
    return [{ type: 'reply-error', error }]
  }

  /** What of a batch is told; the end of a round is not the end of the reply. */
  function readBatch(events: readonly ChatEvent[]): readonly ChatEvent[] {
    const shown = events.flatMap((event) => (event.type === 'reply-end' ? [] : readEvent(event)))
    const last = events.at(-1)
    if (last?.type === 'reply-error') state = 'ended'
    if (last?.type !== 'reply-end') return shown
    if (calls.length === 0) {
      state = 'ended'
      return [...shown, last]
    }
    if (round >= maxRounds) {
      return [...shown, ...fail(new ChatError('provider_error', undefined, { cause: usedUp }))]
    }
    // What was said before the calls is shown while the tools run.
    state = 'calling'
    return shown
  }

  function read(take: TakeEvents): void {
    if (state === 'ended') return take(null)
    if (state === 'calling') {
      state = 'reading'
      void goOn().catch(fail).then(take)
      return
    }
    source.read((events) => {
      const shown = events && readBatch(events)
      if (shown?.length === 0) read(take)
      else take(shown)
    })
  }

  return { read, cancel: () => source.cancel() }
}

const usedUp = { message: 'The model called tools again after its last round.' }
