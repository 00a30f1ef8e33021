import {
  type Chat,
  ChatError,
  type ChatErrorCode,
  type ChatEvent,
  type ChatNotice,
  type ChatOptions,
  type ConversationAction,
  createConversation,
  type Message,
  messageOf,
  messagesOf,
  type MessageStatus,
  reduceConversation,
  type TurnInput,
} from '@parlance/core'
import { type ReplyScript, toChatEvents } from './replyScript.ts'

export interface FakeChatOptions {
  /** Default `fake`. */
  readonly id?: string | undefined
  /** Exchanges that are over before the test begins, oldest first. */
  readonly history?:
    | readonly { readonly question: string; readonly reply: string | ReplyScript }[]
    | undefined
  /** Answers to the next turns, whole and at once. The turns after them are answered by hand. */
  readonly replies?: readonly (string | ReplyScript)[] | undefined
  /** When it begins, in milliseconds since 1970; each message is a second later. Default a fixed day in 2025. */
  readonly startsAtMs?: number | undefined
}

/** One thing that was asked of a fake chat. */
export interface FakeTurn {
  readonly by: 'send' | 'edit' | 'regenerate' | 'retry'
  readonly input: TurnInput
}

/**
 * A `Chat` without a network, a clock or a frame: core's own reducer, driven by a script or by hand. What is done to
 * it is there at once, so a test needs no waiting. Ids are `m1`, `m2` and so on.
 */
export interface FakeChat extends Chat {
  /** All turns so far, oldest first. */
  readonly turns: readonly FakeTurn[]
  /** The options `setOptions` was last given. */
  readonly options: ChatOptions
  /** Adds to the running reply's text. */
  write(text: string): void
  /** Adds to the running reply's reasoning. */
  reason(text: string): void
  /** Lets the running reply do anything. A terminal event ends it. */
  emit(...events: readonly ChatEvent[]): void
  /** Shows or takes away a notice; `retryAtMs` says when it is tried again. */
  notice(notice: ChatNotice | null, retryAtMs?: number): void
  /** Ends the running reply well. */
  finish(): void
  /** Ends the running reply with an error; `truncated` keeps the text as a truncated reply. */
  fail(code: ChatErrorCode, options?: { readonly retryAfterMs?: number | undefined }): void
}

type Settled = Exclude<MessageStatus, 'submitted' | 'streaming'>

interface Running {
  readonly replyId: string
  readonly resolve: (message: Message | null) => void
}

/** A question that was asked while a reply ran. */
interface Waiting {
  readonly questionId: string
  readonly begin: () => void
  readonly drop: () => void
}

/** Makes a fake chat. Nothing happens in it by itself but the scripted replies. */
export function createFakeChat(options: FakeChatOptions = {}): FakeChat {
  const { id = 'fake', history = [], startsAtMs = 1_763_000_000_000 } = options
  const replies = [...(options.replies ?? [])]
  const listeners = new Set<{ readonly listener: () => void }>()
  const turns: FakeTurn[] = []
  const waiting: Waiting[] = []
  let conversation = createConversation(id)
  let chatOptions: ChatOptions = {}
  let running: Running | null = null
  let count = 0

  const nowMs = () => startsAtMs + count * 1000
  const nextId = () => `m${++count}`
  const lastReply = () => messagesOf(conversation).findLast(({ role }) => role === 'assistant')

  function dispatch(action: ConversationAction) {
    const before = conversation
    conversation = reduceConversation(before, action)
    if (conversation === before) return
    for (const { listener } of [...listeners]) listener()
  }

  function ask(by: 'send' | 'edit', input: string | TurnInput, parentId: string | null) {
    const turn = typeof input === 'string' ? { text: input } : input
    if (turn.text.trim() === '' && !turn.images?.length) return Promise.resolve(null)
    turns.push({ by, input: turn })
    const question: Message = {
      id: nextId(),
      parentId,
      role: 'user',
      parts: [...(turn.images ?? []), { type: 'text', text: turn.text }],
      status: running ? 'submitted' : 'complete',
      createdAtMs: nowMs(),
    }
    dispatch({ type: 'question-asked', question, conversationId: id })
    if (!running) return begin(question.id)
    return new Promise<Message | null>((resolve) => {
      waiting.push({
        questionId: question.id,
        begin: () => void begin(question.id).then(resolve),
        drop: () => resolve(null),
      })
    })
  }

  function begin(parentId: string, replyId = nextId()): Promise<Message | null> {
    const ended = new Promise<Message | null>((resolve) => {
      running = { replyId, resolve }
    })
    dispatch({ type: 'reply-started', replyId, parentId, nowMs: nowMs() })
    const scripted = replies.shift()
    if (scripted !== undefined) emit(...toChatEvents(scripted))
    return ended
  }

  function again(by: 'regenerate' | 'retry', messageId: string | undefined) {
    const reply = messageId === undefined ? lastReply() : messageOf(conversation, messageId)
    if (reply?.role !== 'assistant' || reply.parentId === null) return Promise.resolve(null)
    stop()
    const question = messageOf(conversation, reply.parentId)
    const text = question?.parts.find((part) => part.type === 'text')?.text ?? ''
    turns.push({ by, input: { text } })
    return begin(reply.parentId, by === 'retry' ? reply.id : nextId())
  }

  function emit(...events: readonly ChatEvent[]) {
    for (const event of events) {
      if (!running) return
      chatOptions.onEvent?.(event)
      if (event.type === 'reply-end') settle('complete')
      else if (event.type === 'reply-error') fail(event.error)
      else dispatch({ type: 'events-read', replyId: running.replyId, events: [event] })
    }
  }

  function fail(error: ChatError) {
    if (!running) return
    settle(error.code === 'truncated' ? 'truncated' : 'failed', error)
    chatOptions.onError?.(error)
  }

  function settle(status: Settled, error?: ChatError) {
    if (!running) return
    const { replyId, resolve } = running
    running = null
    dispatch({ type: 'reply-settled', status, error, nowMs: nowMs() })
    const reply = messageOf(conversation, replyId) ?? null
    resolve(reply)
    if (reply) chatOptions.onFinish?.(reply)
    if (status === 'complete') waiting.shift()?.begin()
  }

  function stop() {
    const dropped = waiting.splice(0)
    if (dropped.length > 0) {
      dispatch({ type: 'questions-dropped', ids: dropped.map(({ questionId }) => questionId) })
    }
    settle('stopped')
    for (const { drop } of dropped) drop()
  }

  function setMessages(messages: readonly Message[]) {
    stop()
    dispatch({ type: 'messages-set', conversationId: id, messages })
  }

  const chat: FakeChat = {
    id,
    turns,
    get options() {
      return chatOptions
    },
    getSnapshot: () => conversation,
    subscribe(listener) {
      const entry = { listener }
      listeners.add(entry)
      return () => void listeners.delete(entry)
    },
    send: (input) => ask('send', input, conversation.messageIds.at(-1) ?? null),
    edit(messageId, input) {
      stop()
      return ask('edit', input, messageOf(conversation, messageId)?.parentId ?? null)
    },
    regenerate: (messageId) => again('regenerate', messageId),
    retry: (messageId) => again('retry', messageId),
    stop,
    selectSibling: (messageId, index) => dispatch({ type: 'sibling-selected', messageId, index }),
    clear: () => setMessages([]),
    setMessages,
    setOptions(next) {
      chatOptions = next
    },
    dispose() {
      stop()
      listeners.clear()
    },
    write: (text) => emit({ type: 'text-delta', choice: 0, delta: text }),
    reason: (text) => emit({ type: 'reasoning-delta', choice: 0, delta: text }),
    emit,
    notice: (notice, retryAtMs) =>
      dispatch({ type: 'notice-changed', notice, retryAtMs: retryAtMs ?? null }),
    finish: () =>
      emit(
        { type: 'choice-end', choice: 0, reason: 'stop', providerReason: 'stop' },
        { type: 'reply-end' },
      ),
    fail: (code, { retryAfterMs } = {}) =>
      fail(new ChatError(code, undefined, { retryable: true, retryAfterMs })),
  }

  replies.unshift(...history.map(({ reply }) => reply))
  for (const { question } of history) void chat.send(question)
  turns.length = 0
  return chat
}
