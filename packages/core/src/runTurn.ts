import { type ChatOptions, type ClientTool, readLate, readLimits } from './chatOptions.ts'
import { type ClientToken, toRelayUrl } from './clientToken.ts'
import { type Conversation, type ConversationAction, messageOf, pathTo } from './conversation.ts'
import type { ToolDeclaration } from './dialects/dialect.ts'
import { openaiChat } from './dialects/openaiChat.ts'
import { ChatError } from './errors.ts'
import type { ChatEvent } from './events.ts'
import type { ToolCallPart } from './messages.ts'
import { newId } from './newId.ts'
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
}

/**
 * Gets the whole reply to a question: asks, runs the tools that are called, and asks again until none is. Returns the
 * error it failed with, or null when it is complete or was given up. Never rejects.
 */
export async function runTurn(run: Run): Promise<ChatError | null> {
  const { options, signal, store, pacer, questionId, replyId } = run
  const { tools = [], maxToolRounds = 8, token, retry = {} } = options
  const {
    attempts = 2,
    baseMs = 500,
    maxMs = 8_000,
    maxRetryAfterMs = 60_000,
  } = retry || { attempts: 0 }
  const toolNames = new Set(tools.map(({ name }) => name))
  const declared = tools.filter((tool): tool is ClientTool & ToolDeclaration => !!tool.parameters)

  function tell(events: readonly ChatEvent[]) {
    const { onEvent } = options
    if (!onEvent) return
    for (const event of events) if (!signal.aborted) reportThrown(() => onEvent(event))
  }

  try {
    const limits = readLimits(options)
    const [url, headers, extra] = await Promise.all([
      readLate(options.url ?? '/api/chat'),
      readLate(options.headers),
      readLate(options.body),
    ])
    for (let round = 0; !signal.aborted; round++) {
      const conversation = store.getSnapshot()
      const path = pathTo(conversation, round === 0 ? questionId : replyId)
      const terminal = await requestReply({
        ...limits,
        url: `${toRelayUrl(url)}/v1`,
        dialect: options.dialect ?? openaiChat,
        turn: {
          messages: trimHistory(toTurnMessages(path, toolNames), limits.maxHistoryBytes),
          stream: true,
          tools: declared.length > 0 ? declared : undefined,
          conversationId: conversation.serverConversationId ?? undefined,
          extra,
        },
        headers,
        fetch: options.fetch ?? fetch,
        token: token === false ? undefined : (token ?? run.getSessionToken(url)),
        idempotencyKey: token === false ? undefined : newId(),
        retry: { attempts, baseMs, maxMs, maxRetryAfterMs },
        signal,
        onEvents(events) {
          if (signal.aborted) return
          // Before the callbacks: one of them may stop the reply, which keeps all that has come.
          pacer.push(events)
          tell(events)
        },
        onNotice(notice, retryAtMs) {
          if (!signal.aborted) store.dispatch({ type: 'notice-changed', notice, retryAtMs })
        },
      })
      if (terminal) tell([terminal])
      if (terminal?.type === 'reply-error') return terminal.error
      if (signal.aborted || round >= maxToolRounds || !(await runTools(run))) break
    }
    return null
  } catch (cause) {
    // A function among the options threw: a fault of the page's own.
    return cause instanceof ChatError ? cause : new ChatError('internal', undefined, { cause })
  }
}

/** Runs the calls of the last round, if all of them are ours. Returns whether the reply goes on. */
async function runTools({ options, signal, store, pacer, replyId }: Run): Promise<boolean> {
  const read = (...events: readonly ChatEvent[]) =>
    store.dispatch({ type: 'events-read', replyId, events })
  read(...pacer.take())
  const { finishReason, parts } = messageOf(store.getSnapshot(), replyId)!
  // Some services end with `stop` though they call.
  if (finishReason !== 'tool-calls' && finishReason !== 'stop') return false
  const calls = parts.filter(
    (part): part is ToolCallPart => part.type === 'tool-call' && part.state === 'calling',
  )
  const tools = calls.map((call) => options.tools?.find(({ name }) => name === call.name))
  if (calls.length === 0 || tools.includes(undefined)) return false
  store.dispatch({ type: 'round-ended', replyId })
  await Promise.all(
    calls.map(async (call, at) => {
      const outcome = await runTool(tools[at]!, call, signal)
      if (signal.aborted) return
      read({ type: 'tool-result', choice: 0, callId: call.callId, ...outcome })
    }),
  )
  return true
}
