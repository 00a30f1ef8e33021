import {
  ChatError,
  type ChatEvent,
  type Citation,
  type Turn,
  type TurnMessage,
} from '@parlance/core'
import { toBrowserError } from './browserError.ts'
import { callProvider, type Candidate, type ProviderReply } from './callProvider.ts'
import type { Conversations } from './conversations.ts'
import { toCost } from './costs.ts'
import { groundTurn, toCitations } from './groundTurn.ts'
import type { LedgerEntry, LedgerStore, ReplyOutcome } from './ledger.ts'
import { type Log, toDetail } from './log.ts'
import type { Model, Provider, ProviderContext } from './provider.ts'
import type { RelaySettings, ToolSettings } from './readRelayOptions.ts'
import type { TurnRequest } from './readTurn.ts'
import type { Grounding, Passage } from './relayOptions.ts'
import { createReplyMeter } from './replyMeter.ts'
import { createReplyShaper } from './replyShaper.ts'
import type { TakeEvents } from './replySource.ts'
import type { Run } from './runs.ts'
import type { Reservation, Spending } from './spending.ts'
import { keepRound, type OpenRound, type RoundStore } from './tools/openRounds.ts'
import { replyWithTools } from './tools/replyWithTools.ts'

/** What all replies of one relay share. */
export interface ReplyServices {
  readonly settings: RelaySettings
  readonly system: string | undefined
  readonly grounding: Grounding | undefined
  readonly conversations: Conversations
  readonly spending: Spending
  readonly ledgerStore: LedgerStore
  readonly roundStore: RoundStore
  readonly log: Log
  readonly now: () => number
}

export interface ReplyOptions {
  readonly run: Run
  readonly request: TurnRequest
  /** The round of tool calls that the page has answered: the reply goes on from there. */
  readonly round: OpenRound | undefined
  readonly conversationId: string
  /** Tells providers that two requests are the same. */
  readonly idempotencyKey: string
  readonly fetch: typeof fetch
}

/** A reply that has begun, as a browser may see it. */
export interface Reply {
  /** Calls `take` once, perhaps before it returns. */
  read(take: TakeEvents): void
}

/**
 * Finds passages, reserves the budget and asks the provider; resolves when an answer has begun. Throws a `ChatError`
 * that a browser may see. However the reply ends, budget, ledger and run are settled with it.
 */
export async function openReply(services: ReplyServices, options: ReplyOptions): Promise<Reply> {
  const { settings, conversations, spending, log, now } = services
  const { run, request, round: answered, conversationId, idempotencyKey, fetch } = options
  const { replyId, visitorId, signal } = run
  const texts = request.turn.messages.map(({ content }) => content)
  const startedAtMs = now()
  const meter = createReplyMeter(now)
  const answeredSoFar = answered?.messages ?? []

  let turn = request.turn
  let citations: readonly Citation[] = []
  const reservations: Reservation[] = []
  let source: ProviderReply | undefined
  let attempts = 0
  let isFinished = false
  let receipt: unknown

  async function begin(): Promise<ProviderReply> {
    const passages = await retrieve()
    citations = toCitations(passages)
    turn = groundTurn(request.turn, services.system, passages, request.context)
    const candidates = settings.providers.map(toCandidate)
    const moreTries = Math.max(0, settings.retry.attempts - run.tries)
    if (!settings.tools) return ask(candidates, idempotencyKey, moreTries)
    const { declarations, maxRounds } = settings.tools
    const asked = { ...turn, tools: declarations }
    turn = toRound(asked, answeredSoFar, (answered?.round ?? 0) >= maxRounds)
    const reply = await ask(candidates, idempotencyKey, moreTries)
    return { ...reply, ...goOnWithTools(reply, asked, settings.tools) }
  }

  async function ask(
    candidates: readonly Candidate[],
    key: string,
    moreTries = settings.retry.attempts,
  ): Promise<ProviderReply> {
    const models = candidates.map(({ model }) => model)
    reservations.push(await spending.reserve(turn, models))
    return callProvider({
      candidates,
      context: {
        signal,
        replyId,
        idempotencyKey: key,
        visitorId,
        addUsage: (usage, cost) => meter.add(usage, cost),
      },
      fetch,
      limits: settings.limits,
      retry: { ...settings.retry, attempts: moreTries },
      log,
      onAttempt() {
        attempts++
        run.countTry()
      },
    })
  }

  /** The reply that goes on, at the same provider, after tools of the server have run. */
  function goOnWithTools(reply: ProviderReply, asked: TurnRequest['turn'], settled: ToolSettings) {
    return replyWithTools(reply, {
      ...settled,
      earlierRounds: answered?.round ?? 0,
      context: { signal, replyId, visitorId },
      log,
      ask(more, { round, isLast }) {
        turn = toRound(asked, [...answeredSoFar, ...more], isLast)
        return ask([reply.candidate], `${idempotencyKey}-${round}`)
      },
      keep: (more, callIds, round) =>
        keepRound(services.roundStore, {
          visitorId,
          conversationId,
          messages: [...answeredSoFar, ...more],
          callIds,
          round,
        }),
    })
  }

  /** What was called and returned since the question follows it; in the last round the model has to answer. */
  function toRound<Asked extends Turn>(
    asked: Asked,
    more: readonly TurnMessage[],
    isLast: boolean,
  ): Asked {
    const extra = isLast ? { ...asked.extra, tool_choice: 'none' } : asked.extra
    return { ...asked, messages: [...asked.messages, ...more], extra }
  }

  async function retrieve(): Promise<readonly Passage[]> {
    try {
      return (await services.grounding?.retrieve(texts.at(-1) ?? '')) ?? []
    } catch (cause) {
      // Not without them: the model would make an answer up.
      throw new ChatError('internal', undefined, { cause })
    }
  }

  function toCandidate(provider: Provider): Candidate {
    const model = modelOf(provider, request.publicModel)
    return { provider, model, toTurn: (context) => toTurn(provider, model, context) }
  }

  /** The turn as one provider is told it. */
  function toTurn(
    provider: Provider,
    model: Model,
    context: ProviderContext,
  ): Turn | Promise<Turn> {
    const isHttp = provider.kind === 'http'
    const key = { visitorId, conversationId, provider: provider.name }
    const sessionId =
      isHttp && provider.sessions === 'conversation'
        ? conversations.sessionOf(key, turn.messages)
        : undefined
    const told: Turn = {
      ...turn,
      messages: sessionId ? newOf(turn.messages) : turn.messages,
      model: model.model,
      maxTokens: Math.min(turn.maxTokens, model.maxTokens ?? turn.maxTokens),
      // Some servers refuse the field even with its default.
      choices: turn.choices > 1 ? turn.choices : undefined,
      user: visitorId,
      conversationId: sessionId,
    }
    return isHttp && provider.prepareTurn ? provider.prepareTurn(told, context) : told
  }

  /**
   * The question, the passages found for it and what its page says. All else the provider has already, and would have
   * twice. With tools the question is followed by what they found.
   */
  function newOf(messages: readonly TurnMessage[]): readonly TurnMessage[] {
    const from = messages.findLastIndex(({ role }) => role === 'user')
    const isNew = citations.length > 0 || Object.keys(request.context).length > 0
    const system = isNew ? messages.filter(({ role }) => role === 'system') : []
    return [...system, ...messages.slice(from)]
  }

  /** What ended the reply, where its provider did not end it well. */
  function toEndingError(cause: unknown): ChatError {
    if (run.ending === 'timeout') return new ChatError('timeout', undefined, { retryable: true })
    if (run.ending === 'closing') return new ChatError('overloaded', undefined, { retryable: true })
    return cause instanceof ChatError ? cause : new ChatError('internal', undefined, { cause })
  }

  function toLastEvents(cause: ChatError, openChoices: readonly number[]): ChatEvent[] {
    const error = toEndingError(cause)
    finish(error)
    if (run.ending !== 'stopped')
      return [{ type: 'reply-error', error: toBrowserError(error, replyId) }]
    const ends = openChoices.map((choice): ChatEvent => ({
      type: 'choice-end',
      choice,
      reason: 'stop',
      providerReason: 'stopped',
    }))
    return [...ends, { type: 'reply-end' }]
  }

  function toOutcome(error: ChatError | undefined): ReplyOutcome {
    if (run.ending === 'stopped') return 'stopped'
    if (run.ending === 'disconnected' || run.ending === 'slow-reader') return 'disconnected'
    if (!error) return 'complete'
    return error.code === 'truncated' ? 'truncated' : 'failed'
  }

  function finish(error?: ChatError): void {
    if (isFinished) return
    isFinished = true
    run.close(source !== undefined)
    const outcome = toOutcome(error)
    const failure = outcome === 'failed' || outcome === 'truncated' ? error : undefined
    // A provider cut off at its work charges for what it has read, one that failed before its first piece does not.
    const wasRead = source !== undefined || (run.ending !== undefined && attempts > 0)
    const { usage, usageSource, cost } = meter.read(wasRead ? turn : undefined)
    const entry = {
      replyId,
      visitorId,
      conversationId,
      provider: source?.candidate.provider.name,
      model: request.publicModel,
      startedAtMs,
      durationMs: now() - startedAtMs,
      firstTokenMs: meter.firstAnswerAtMs && meter.firstAnswerAtMs - startedAtMs,
      attempts,
      outcome,
      code: failure?.code,
      usage,
      usageSource,
      cost: cost ?? toCost(usage, source?.candidate.model.price),
      receipt,
    }
    log.write(
      {
        level: failure ? 'warn' : 'info',
        event: `reply-${outcome}`,
        replyId,
        visitorId,
        provider: entry.provider,
        model: entry.model,
        code: entry.code,
        durationMs: entry.durationMs,
        firstTokenMs: entry.firstTokenMs,
        inputTokens: usage.inputTokens,
        outputTokens: usage.outputTokens,
        detail: failure?.cause === undefined ? undefined : toDetail(failure.cause),
      },
      texts,
    )
    void book(entry)
  }

  /** The payment of a reply that ended before its own receipt came. */
  async function paid(): Promise<Pick<LedgerEntry, 'cost' | 'receipt'>> {
    if (receipt !== undefined) return {}
    for (const provider of settings.providers) {
      const payment =
        provider.kind === 'http' ? await provider.paidFor?.(idempotencyKey) : undefined
      if (payment) return payment.cost ? { ...payment } : { receipt: payment.receipt }
    }
    return {}
  }

  async function book(closed: LedgerEntry): Promise<void> {
    try {
      const entry = { ...closed, ...(await paid()) }
      const [first, ...others] = reservations
      await first?.settle(entry.usage, entry.cost)
      // One for each further round of tools; all that was used is counted once.
      for (const reservation of others) await reservation.settle({}, undefined)
      await services.ledgerStore.add(entry)
    } catch (cause) {
      // The reply is fine; its owner must know that the books are not.
      const event = { level: 'error', event: 'booking-failed', replyId } as const
      log.write({ ...event, detail: toDetail(cause) })
    }
  }

  try {
    source = await begin()
  } catch (cause) {
    if (run.ending === 'stopped') {
      return toReply((take) => take([{ type: 'reply-error', error: new ChatError('internal') }]))
    }
    const error = toEndingError(cause)
    finish(error)
    // An error from before anybody was asked is in our own words.
    throw attempts === 0 ? error : toBrowserError(error, replyId)
  }
  const opened = source
  const onAbort = () => {
    opened.cancel()
    // Nobody reads the end any more, so it is booked here.
    if (run.ending === 'disconnected' || run.ending === 'slow-reader') finish()
  }
  if (signal.aborted) onAbort()
  else signal.addEventListener('abort', onAbort, { once: true })
  return toReply((take) => opened.read(take))

  function toReply(read: Reply['read']): Reply {
    const shaper = createReplyShaper({
      citations,
      price: source?.candidate.model.price,
      elapsedMs: () => now() - startedAtMs,
      toLastEvents,
    })
    const keep = (event: ChatEvent) => {
      if (event.type === 'named-event' && event.name === 'payment-receipt') receipt = event.data
      if (event.type !== 'session' || !source) return
      const provider = source.candidate.provider.name
      const key = { visitorId, conversationId, provider }
      conversations.keep(key, event.sessionId, turn.messages)
    }
    function shape(events: readonly ChatEvent[]): readonly ChatEvent[] {
      try {
        meter.observe(events)
        events.forEach(keep)
        const shaped = shaper.push(events)
        if (events.at(-1)?.type === 'reply-end') finish()
        return shaped
      } catch (cause) {
        // What a dialect calls events may be none. Thrown on from here, it would reach nobody and end the process.
        source?.cancel()
        return toLastEvents(new ChatError('internal', undefined, { cause }), [])
      }
    }
    return {
      read(take) {
        if (isFinished) return take(null)
        // Booked meanwhile, it has no reader any more.
        read((events) => take(events && !isFinished ? shape(events) : null))
      },
    }
  }
}

function modelOf(provider: Provider, publicName: string): Model {
  const { models } = provider
  return (Object.hasOwn(models, publicName) ? models[publicName] : Object.values(models)[0])!
}
