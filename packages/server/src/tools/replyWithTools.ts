import { ChatError, type ChatEvent, type Cost, type TurnMessage, type Usage } from '@parlance/core'
import type { Log } from '../log.ts'
import { addCost, addUsage } from '../replyMeter.ts'
import type { ReplySource, TakeEvents } from '../replySource.ts'
import { type CallOutcome, callTool, type ModelCall } from './callTool.ts'
import type { ServerTool, ToolContext } from './serverTool.ts'

export interface ReplyWithToolsOptions {
  readonly tools: Readonly<Record<string, ServerTool>>
  /** Names of the tools that run in the visitor's page. */
  readonly clientTools: ReadonlySet<string>
  /** Most rounds of calls in one reply. */
  readonly maxRounds: number
  /** How many of them the page has answered already. */
  readonly earlierRounds: number
  readonly context: ToolContext
  readonly log: Log
  /** Asks the same provider to go on, with what was said and found since the visitor's question. `round` counts from 1. */
  readonly ask: (more: readonly TurnMessage[], round: AskedRound) => Promise<ReplySource>
  /** Keeps what was said and found until the page answers these calls; gives our ids of them. */
  readonly keep: (
    more: readonly TurnMessage[],
    callIds: readonly string[],
    round: number,
  ) => Promise<readonly string[]>
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
 * they returned, and what it then says is the same reply going on. Calls of tools of the page end it, after those of the
 * server have run: the page's next request brings what they returned.
 */
export function replyWithTools(first: ReplySource, options: ReplyWithToolsOptions): ReplySource {
  const { tools, clientTools, maxRounds, earlierRounds, context, log, ask, keep } = options
  let source = first
  let round = earlierRounds
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
        // Told when the round is over: only then our id of the call is known.
        if (clientTools.has(event.name)) return []
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

  /** Runs the calls of the round that has ended, and asks for the next one or leaves it to the page. */
  async function goOn(): Promise<ChatEvent[]> {
    const made = calls.flatMap((call, at) => (call ? [{ ...call, index: callCount + at }] : []))
    const waiting = made.filter(({ name }) => clientTools.has(name))
    const own = made.filter((call) => !waiting.includes(call))
    const outcomes = await Promise.all(own.map((call) => callTool(tools, call, context, log)))
    if (context.signal.aborted) throw context.signal.reason
    const toolCalls = made.map(({ callId, name, argumentsText }) => ({
      callId,
      name,
      argumentsText: argumentsText || '{}',
    }))
    more.push({ role: 'assistant', content: text, toolCalls })
    own.forEach(({ callId }, at) => {
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
    const results = own.map((call, at) => toResult(call, outcomes[at]!))
    if (waiting.length > 0) return [...results, ...(await leaveToPage(waiting))]
    source = await ask(more, { round, isLast: round >= maxRounds })
    return results
  }

  async function leaveToPage(
    waiting: readonly (ModelCall & { readonly index: number })[],
  ): Promise<ChatEvent[]> {
    const callIds = waiting.map(({ callId }) => callId)
    const ids = await keep(more, callIds, round)
    state = 'ended'
    const told = waiting.flatMap(({ name, argumentsText, index }, at): ChatEvent[] => [
      { type: 'tool-call-start', choice: 0, index, callId: ids[at]!, name },
      { type: 'tool-call-delta', choice: 0, index, delta: argumentsText || '{}' },
    ])
    return [
      ...told,
      { type: 'choice-end', choice: 0, reason: 'tool-calls', providerReason: 'tool_calls' },
      { type: 'reply-end' },
    ]
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
