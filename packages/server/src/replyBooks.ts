import type { ChatError, ChatEvent, Cost, Turn, Usage } from '@parlance/core'
import type { Candidate } from './callProvider.ts'
import { toCost } from './costs.ts'
import type { LedgerEntry, LedgerStore, ReplyOutcome } from './ledger.ts'
import { type Log, toDetail } from './log.ts'
import type { Model, Provider } from './provider.ts'
import type { TurnRequest } from './readTurn.ts'
import { createReplyMeter } from './replyMeter.ts'
import type { Run } from './runs.ts'
import type { Reservation, Spending } from './spending.ts'

export interface ReplyBooksOptions {
  readonly run: Run
  readonly request: TurnRequest
  readonly conversationId: string
  readonly idempotencyKey: string
  readonly providers: readonly Provider[]
  readonly spending: Spending
  readonly ledgerStore: LedgerStore
  readonly log: Log
  readonly now: () => number
}

/** What one reply takes: reserved before it, counted as it passes, and booked once when it has ended. */
export interface ReplyBooks {
  /** Since the reply was asked for, in milliseconds. */
  elapsedMs(): number
  /** Requests made to providers, retries included. */
  readonly attempts: number
  countAttempt(): void
  /** Takes the most that the next request can cost. Throws `ChatError` `budget_exceeded`. */
  reserve(turn: TurnRequest['turn'], models: readonly Model[]): Promise<void>
  /** Adds what was used besides the answer, such as by a summary. */
  add(usage: Usage, cost?: Cost): void
  observe(events: readonly ChatEvent[]): void
  /** Settles budget and ledger, and tells the log. Never throws. */
  close(ending: ReplyEnding): void
}

export interface ReplyEnding {
  /** Who answered; undefined when nobody did. */
  readonly candidate: Candidate | undefined
  /** The turn as it was asked last. */
  readonly turn: Turn
  /** Why the reply did not end well. */
  readonly error: ChatError | undefined
}

export function createReplyBooks(options: ReplyBooksOptions): ReplyBooks {
  const { run, request, conversationId, idempotencyKey, spending, log, now } = options
  const { replyId, visitorId } = run
  const startedAtMs = now()
  const meter = createReplyMeter(now)
  const reservations: Reservation[] = []
  let attempts = 0
  let receipt: unknown

  function toOutcome(error: ChatError | undefined): ReplyOutcome {
    if (run.ending === 'stopped') return 'stopped'
    if (run.ending === 'disconnected' || run.ending === 'slow-reader') return 'disconnected'
    if (!error) return 'complete'
    return error.code === 'truncated' ? 'truncated' : 'failed'
  }

  function toEntry({ candidate, turn, error }: ReplyEnding): LedgerEntry {
    const outcome = toOutcome(error)
    // A provider cut off at its work charges for what it has read, one that failed before its first piece does not.
    const wasRead = candidate !== undefined || (run.ending !== undefined && attempts > 0)
    const { usage, usageSource, cost } = meter.read(wasRead ? turn : undefined)
    return {
      replyId,
      visitorId,
      conversationId,
      provider: candidate?.provider.name,
      model: request.publicModel,
      startedAtMs,
      durationMs: now() - startedAtMs,
      firstTokenMs: meter.firstAnswerAtMs && meter.firstAnswerAtMs - startedAtMs,
      attempts,
      outcome,
      code: outcome === 'failed' || outcome === 'truncated' ? error?.code : undefined,
      usage,
      usageSource,
      cost: cost ?? toCost(usage, candidate?.model.price),
      receipt,
    }
  }

  function tell(entry: LedgerEntry, error: ChatError | undefined): void {
    const { provider, model, outcome, code, durationMs, firstTokenMs, usage } = entry
    const { inputTokens, outputTokens } = usage
    log.write(
      {
        level: code ? 'warn' : 'info',
        event: `reply-${outcome}`,
        replyId,
        visitorId,
        provider,
        model,
        code,
        durationMs,
        firstTokenMs,
        inputTokens,
        outputTokens,
        detail: code && error?.cause !== undefined ? toDetail(error.cause) : undefined,
      },
      request.turn.messages.map(({ content }) => content),
    )
  }

  /** The payment of a reply that ended before its own receipt came. */
  async function findPayment(): Promise<Pick<LedgerEntry, 'cost' | 'receipt'>> {
    if (receipt !== undefined) return {}
    for (const provider of options.providers) {
      const payment =
        provider.kind === 'http' ? await provider.paidFor?.(idempotencyKey) : undefined
      if (payment) return payment.cost ? { ...payment } : { receipt: payment.receipt }
    }
    return {}
  }

  async function book(closed: LedgerEntry): Promise<void> {
    try {
      const entry = { ...closed, ...(await findPayment()) }
      const [first, ...others] = reservations
      await first?.settle(entry.usage, entry.cost)
      // One for each further round of tools; all that was used is counted once.
      for (const reservation of others) await reservation.settle({}, undefined)
      await options.ledgerStore.add(entry)
    } catch (cause) {
      // The reply is fine; its owner must know that the books are not.
      const event = { level: 'error', event: 'booking-failed', replyId } as const
      log.write({ ...event, detail: toDetail(cause) })
    }
  }

  return {
    elapsedMs: () => now() - startedAtMs,
    get attempts() {
      return attempts
    },
    countAttempt() {
      attempts++
      run.countTry()
    },
    async reserve(turn, models) {
      reservations.push(await spending.reserve(turn, models))
    },
    add: (usage, cost) => meter.add(usage, cost),
    observe(events) {
      meter.observe(events)
      for (const event of events) {
        if (event.type === 'named-event' && event.name === 'payment-receipt') receipt = event.data
      }
    },
    close(ending) {
      const entry = toEntry(ending)
      tell(entry, ending.error)
      void book(entry)
    },
  }
}
