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
import { groundTurn, toCitations } from './groundTurn.ts'
import type { LedgerStore } from './ledger.ts'
import type { Log } from './log.ts'
import type { Provider } from './provider.ts'
import type { RelaySettings, ToolSettings } from './readRelayOptions.ts'
import type { TurnRequest } from './readTurn.ts'
import type { Grounding, Passage } from './relayOptions.ts'
import { createReplyBooks } from './replyBooks.ts'
import { createReplyShaper } from './replyShaper.ts'
import type { TakeEvents } from './replySource.ts'
import type { Run } from './runs.ts'
import type { Spending } from './spending.ts'
import { modelOf, tellTurn } from './tellTurn.ts'
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
  const { settings, conversations, log } = services
  const { run, request, round: answered, conversationId, idempotencyKey, fetch } = options
  const { replyId, visitorId, signal } = run
  const texts = request.turn.messages.map(({ content }) => content)
  const books = createReplyBooks({
    ...services,
    run,
    request,
    conversationId,
    idempotencyKey,
    providers: settings.providers,
  })
  const answeredSoFar = answered?.messages ?? []

  let turn = request.turn
  let citations: readonly Citation[] = []
  let source: ProviderReply | undefined
  let isFinished = false

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
    await books.reserve(
      turn,
      candidates.map(({ model }) => model),
    )
    return callProvider({
      candidates,
      context: {
        signal,
        replyId,
        idempotencyKey: key,
        visitorId,
        addUsage: books.add,
      },
      fetch,
      limits: settings.limits,
      retry: { ...settings.retry, attempts: moreTries },
      log,
      onAttempt: books.countAttempt,
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
    const keepsHistory = provider.kind === 'http' && provider.sessions === 'conversation'
    const key = { visitorId, conversationId, provider: provider.name }
    return {
      provider,
      model,
      async toTurn(context) {
        return tellTurn(turn, {
          provider,
          model,
          context,
          sessionId: keepsHistory ? await conversations.sessionOf(key, turn.messages) : undefined,
          hasNews: citations.length > 0 || Object.keys(request.context).length > 0,
        })
      },
    }
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

  function finish(error?: ChatError): void {
    if (isFinished) return
    isFinished = true
    run.close(source !== undefined)
    books.close({ candidate: source?.candidate, turn, error })
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
    throw books.attempts === 0 ? error : toBrowserError(error, replyId)
  }
  const opened = source
  const onAbort = () => {
    opened.cancel()
    // Nobody reads the end any more, so it is booked here.
    if (run.ending === 'disconnected' || run.ending === 'slow-reader') finish()
  }
  if (signal.aborted) onAbort()
  else signal.addEventListener('abort', onAbort, { once: true })
  return toReply(opened.read)

  function toReply(read: Reply['read']): Reply {
    const shaper = createReplyShaper({
      citations,
      price: source?.candidate.model.price,
      elapsedMs: books.elapsedMs,
      toLastEvents,
    })
    const keep = (event: ChatEvent) => {
      if (event.type !== 'session' || !source) return
      const provider = source.candidate.provider.name
      const key = { visitorId, conversationId, provider }
      conversations.keep(key, event.sessionId, turn.messages)
    }
    function shape(events: readonly ChatEvent[]): readonly ChatEvent[] {
      try {
        books.observe(events)
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
    let take: TakeEvents = () => {}
    const takeEvents: TakeEvents = (events) => {
      // Booked meanwhile, it has no reader any more.
      take(events && !isFinished ? shape(events) : null)
    }
    return {
      read(reader) {
        if (isFinished) return reader(null)
        take = reader
        read(takeEvents)
      },
    }
  }
}
