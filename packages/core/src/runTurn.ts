import { type ChatOptions, readLate } from './chatOptions.ts'
import { type ClientToken, toRelayUrl } from './clientToken.ts'
import { type Conversation, type ConversationAction, messageOf, pathTo } from './conversation.ts'
import { openai } from './dialects/openai.ts'
import { ChatError } from './errors.ts'
import type { ChatEvent } from './events.ts'
import type { Pacer } from './pacer.ts'
import { reportThrown } from './reportThrown.ts'
import { runTool } from './runTool.ts'
import type { Store } from './store.ts'
import { toTurnMessages } from './toTurnMessages.ts'
import { requestReply } from './transport.ts'
import { trimHistory } from './trimHistory.ts'

/** One turn while it runs. */
export interface Run {
  readonly questionId: string
  readonly replyId: string
  /** As they were when the turn began. */
  readonly options: ChatOptions
  /** Aborted when the turn is over for the visitor: nothing is changed after that. */
  readonly signal: AbortSignal
  readonly pacer: Pacer
  readonly store: Store<Conversation, ConversationAction>
  readonly getSessionToken: (url: string) => ClientToken
  readonly newId: () => string
}

/**
 * Gets the whole reply to a question: asks, runs the tools that are called, and asks again until none is. Returns the
 * error it failed with, or null when it is complete or was given up. Never rejects.
 */
export async function runTurn(run: Run): Promise<ChatError | null> {
  const { options, signal, store, replyId } = run
  const { maxToolRounds = 8 } = options
  try {
    const place = await readPlace(options)
    for (let round = 0; !signal.aborted; round++) {
      const error = await requestRound(run, place, round === 0 ? run.questionId : replyId)
      if (error || signal.aborted) return error
      if (round >= maxToolRounds || !(await runTools(run))) return null
      if (!signal.aborted) store.dispatch({ type: 'round-started', replyId })
    }
    return null
  } catch (cause) {
    // A function among the options threw: a fault of the page's own.
    return cause instanceof ChatError ? cause : new ChatError('internal', undefined, { cause })
  }
}

type Place = Awaited<ReturnType<typeof readPlace>>

async function readPlace(options: ChatOptions) {
  const [url, headers, body] = await Promise.all([
    readLate(options.url ?? '/api/chat'),
    readLate(options.headers),
    readLate(options.body),
  ])
  return { url, headers, body }
}

async function requestRound(run: Run, { url, headers, body }: Place, lastId: string) {
  const { options, signal, store, pacer } = run
  const { tools = [], token, retry = {} } = options
  const { attempts = 2, baseMs = 500, maxMs = 8_000, maxRetryAfterMs = 60_000 } = retry || {}
  const conversation = store.getSnapshot()

  function tellEach(events: readonly ChatEvent[]) {
    for (const event of events) if (!signal.aborted) reportThrown(() => options.onEvent?.(event))
  }

  const terminal = await requestReply({
    url: `${toRelayUrl(url)}/v1`,
    dialect: options.dialect ?? openai,
    turn: {
      messages: trimHistory(
        toTurnMessages(pathTo(conversation, lastId), new Set(tools.map(({ name }) => name))),
        options.maxHistoryBytes ?? 48_000,
      ),
      stream: true,
      tools: tools.length > 0 ? tools : undefined,
      conversationId: conversation.serverConversationId ?? undefined,
      extra: body,
    },
    headers,
    fetch: options.fetch ?? fetch,
    token: token === false ? undefined : (token ?? run.getSessionToken(url)),
    idempotencyKey: token === false ? undefined : run.newId(),
    firstByteMs: options.firstByteMs ?? 60_000,
    stallNoticeMs: options.stallNoticeMs ?? 15_000,
    stallMs: options.stallMs ?? 60_000,
    totalMs: options.totalMs ?? 600_000,
    maxAnswerChars: options.maxAnswerChars ?? 1_000_000,
    retry: { attempts: retry === false ? 0 : attempts, baseMs, maxMs, maxRetryAfterMs },
    signal,
    onEvents(events) {
      if (signal.aborted) return
      // Before the callbacks: one of them may stop the reply, which keeps all that has come.
      pacer.push(events)
      tellEach(events)
    },
    onNotice(notice, retryAtMs) {
      if (!signal.aborted) store.dispatch({ type: 'notice-changed', notice, retryAtMs })
    },
  })
  if (terminal) tellEach([terminal])
  return terminal?.type === 'reply-error' ? terminal.error : null
}

/** Runs the calls of the last round, if all of them are ours. Returns whether the reply goes on. */
async function runTools({ options, signal, store, pacer, replyId }: Run): Promise<boolean> {
  const { tools = [] } = options
  store.dispatch({ type: 'events-read', replyId, events: pacer.take() })
  const reply = messageOf(store.getSnapshot(), replyId)
  // Some services end with `stop` though they call.
  if (reply?.finishReason !== 'tool-calls' && reply?.finishReason !== 'stop') return false
  const calls = reply.parts.filter((part) => part.type === 'tool-call')
  const open = calls.filter(({ state }) => state === 'calling')
  const ours = open.flatMap((call) => {
    const tool = tools.find(({ name }) => name === call.name)
    return tool ? [{ call, tool }] : []
  })
  if (ours.length === 0 || ours.length < open.length) return false
  store.dispatch(
    ...ours.map(({ call: { callId } }) => ({
      type: 'tool-changed' as const,
      replyId,
      callId,
      state: 'running' as const,
    })),
  )
  await Promise.all(
    ours.map(async ({ call, tool }) => {
      const { callId } = call
      const outcome = await runTool(tool, call, signal)
      if (!signal.aborted) store.dispatch({ type: 'tool-changed', replyId, callId, ...outcome })
    }),
  )
  return true
}
