import { ChatError, type TurnMessage } from '@parlance/core'
import { randomId } from '../randomId.ts'

/** A round of tool calls that waits for what the visitor's page returns. */
export interface OpenRound {
  readonly visitorId: string
  readonly conversationId: string
  /** All told since the question: the calls, and what tools of the server returned. */
  readonly messages: readonly TurnMessage[]
  /** The provider's ids of the calls that wait, in the order of ours. */
  readonly callIds: readonly string[]
  /** Which round of the reply this was, from 1. */
  readonly round: number
}

/** Where open rounds are kept. All processes that answer one page must see the same. */
export interface RoundStore {
  set(id: string, round: OpenRound, lifetimeMs: number): Promise<void> | void
  /** Undefined for a round that is unknown or older than its lifetime. */
  get(id: string): Promise<OpenRound | undefined> | OpenRound | undefined
}

/** What the page returned for one call. */
export interface CallAnswer {
  /** Our id of the call. */
  readonly callId: string
  /** JSON text. */
  readonly content: string
}

/** A visitor may have to decide something in the page first. */
const lifetimeMs = 10 * 60 * 1000
const maxChars = 16_000_000

/** Rounds in this process's memory: the newest, of 16,000,000 characters together. */
export function createMemoryRounds(now: () => number): RoundStore {
  const kept = new Map<string, { round: OpenRound; endsAtMs: number; chars: number }>()
  let chars = 0

  function drop(id: string) {
    chars -= kept.get(id)?.chars ?? 0
    kept.delete(id)
  }

  return {
    set(id, round, lasting) {
      const entry = { round, endsAtMs: now() + lasting, chars: JSON.stringify(round).length }
      kept.set(id, entry)
      chars += entry.chars
      for (const [oldId, { endsAtMs }] of kept) {
        if (chars <= maxChars && endsAtMs > now()) break
        drop(oldId)
      }
    },
    get(id) {
      const entry = kept.get(id)
      return entry && entry.endsAtMs > now() ? entry.round : undefined
    },
  }
}

/** Keeps a round; returns our ids of its calls. A page learns no id of the provider, and can make up none of ours. */
export async function keepRound(store: RoundStore, round: OpenRound): Promise<string[]> {
  const id = randomId('call')
  await store.set(id, round, lifetimeMs)
  return round.callIds.map((_, at) => `${id}_${at}`)
}

/**
 * The round these answers belong to, with the answers as its last messages. What the browser says the model called is
 * not looked at. Throws `ChatError` `invalid_request` unless it is a round of this visitor and conversation, and each of
 * its calls is answered once. A page may answer again, as after a lost connection.
 */
export async function answerRound(
  store: RoundStore,
  answers: readonly CallAnswer[],
  { visitorId, conversationId }: { visitorId: string; conversationId: string | undefined },
): Promise<OpenRound> {
  const ids = answers.map(({ callId }) => /^(call_[\w-]{1,64})_(\d{1,3})$/.exec(callId))
  const id = ids[0]?.[1]
  const round = id === undefined ? undefined : await store.get(id)
  const isTheirs =
    round?.visitorId === visitorId &&
    (conversationId ?? round.conversationId) === round.conversationId &&
    ids.every((match) => match?.[1] === id)
  if (!round || !isTheirs) {
    throw invalid('No such tool call waits for an answer here. Ask the question again.')
  }
  const places = new Map(ids.map((match, at) => [Number(match![2]), answers[at]!]))
  const isWhole =
    answers.length === round.callIds.length && round.callIds.every((_, at) => places.has(at))
  if (!isWhole) throw invalid('Each tool call of a round must be answered once, all together.')
  const messages = round.callIds.map((callId, at): TurnMessage => ({
    role: 'tool',
    callId,
    content: places.get(at)!.content,
  }))
  return { ...round, messages: [...round.messages, ...messages] }
}

function invalid(message: string): ChatError {
  return new ChatError('invalid_request', message, { status: 400 })
}
