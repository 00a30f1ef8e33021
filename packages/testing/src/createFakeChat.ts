import {
  type Chat,
  ChatError,
  type ChatErrorCode,
  type ChatEvent,
  type ChatNotice,
  type ChatOptions,
  type ConversationAction,
  createConversation,
  type KeptPlace,
  type Message,
  messageOf,
  messagesOf,
  type MessageStatus,
  reduceConversation,
  textOf,
  type TurnInput,
} from '@parlance/core'
import { type ReplyScript, toChatEvents } from './replyScript.ts'

export interface FakeChatOptions {
  /** Default `fake`. */
  readonly id?: string | undefined
  /** What the ids of messages begin with, for tests of several chats. Default `m`. */
  readonly idPrefix?: string | undefined
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

/** A reply that runs or waits. */
interface Job {
  readonly questionId: string
  readonly replyId: string
  readonly resolve: (message: Message | null) => void
}

/** What a reply ended as that may be tried again. */
const unfinished: readonly MessageStatus[] = ['failed', 'stopped', 'truncated']

/** Makes a fake chat. Nothing happens in it by itself but the scripted replies. */
export function createFakeChat(options: FakeChatOptions = {}): FakeChat {
  const { id = 'fake', idPrefix = 'm', history = [], startsAtMs = 1_763_000_000_000 } = options
  const replies = [...(options.replies ?? [])]
  const listeners = new Set<{ readonly listener: () => void }>()
  const turns: FakeTurn[] = []
  const waiting: Job[] = []
  let conversation = createConversation(id)
  let chatOptions: ChatOptions = {}
  let running: Job | null = null
  let count = 0

  const nowMs = () => startsAtMs + count * 1000
  const nextId = () => `${idPrefix}${++count}`

  function dispatch(...actions: readonly ConversationAction[]) {
    const before = conversation
    conversation = actions.reduce(reduceConversation, before)
    if (conversation === before) return
    for (const { listener } of [...listeners]) listener()
  }

  function ask(by: 'send' | 'edit', turn: TurnInput, parentId: string | null) {
    const { text, images = [] } = turn
    turns.push({ by, input: turn })
    const question: Message = {
      id: nextId(),
      parentId,
      role: 'user',
      parts: text === '' ? images : [...images, { type: 'text', text }],
      status: running ? 'submitted' : 'complete',
      createdAtMs: nowMs(),
    }
    const asked = { type: 'question-asked', question, conversationId: id } as const
    return enqueue(question.id, undefined, asked)
  }

  function enqueue(
    questionId: string,
    replyId: string = nextId(),
    ...asked: readonly ConversationAction[]
  ): Promise<Message | null> {
    return new Promise((resolve) => {
      waiting.push({ questionId, replyId, resolve })
      if (running) dispatch(...asked)
      else startNext(...asked)
    })
  }

  function startNext(...asked: readonly ConversationAction[]) {
    const job = running ? undefined : waiting.shift()
    if (!job) return
    running = job
    const { questionId: parentId, replyId } = job
    dispatch(...asked, { type: 'reply-started', replyId, parentId, nowMs: nowMs() })
    const scripted = replies.shift()
    if (scripted !== undefined) emit(...toChatEvents(scripted))
  }

  /** The named message, or the last one that does not wait for its turn. */
  function find(messageId: string | undefined): Message | undefined {
    if (messageId !== undefined) return messageOf(conversation, messageId)
    return messagesOf(conversation).findLast(
      ({ role, status }) => role === 'assistant' || status !== 'submitted',
    )
  }

  function questionOf(message: Message | undefined): Message | undefined {
    if (message?.role !== 'assistant') return message
    return messageOf(conversation, message.parentId ?? '')
  }

  function again(by: 'regenerate' | 'retry', question: Message, replyId?: string) {
    turns.push({ by, input: { text: textOf(question) } })
    return enqueue(question.id, replyId)
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
  }

  function settle(status: Settled, error?: ChatError) {
    if (!running) return
    const { replyId, resolve } = running
    running = null
    dispatch({ type: 'reply-settled', status, error, nowMs: nowMs() })
    const reply = messageOf(conversation, replyId) ?? null
    resolve(reply)
    if (error) chatOptions.onError?.(error)
    if (reply) chatOptions.onFinish?.(reply)
    startNext()
  }

  const stop = () => settle('stopped')

  function dropWaiting() {
    const dropped = waiting.splice(0)
    if (dropped.length === 0) return
    dispatch({ type: 'questions-dropped', ids: dropped.map(({ questionId }) => questionId) })
    for (const { resolve } of dropped) resolve(null)
  }

  function setMessages(messages: readonly Message[], place?: KeptPlace) {
    dropWaiting()
    stop()
    dispatch({ type: 'messages-set', conversationId: id, messages, place })
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
    send(input) {
      const turn = toTurnInput(input)
      if (isBlank(turn)) return Promise.resolve(null)
      return ask('send', turn, conversation.messageIds.at(-1) ?? null)
    },
    edit(messageId, input) {
      const question = messageOf(conversation, messageId)
      const images = question?.parts.filter((part) => part.type === 'image')
      const turn = { images, ...toTurnInput(input) }
      if (question?.role !== 'user' || isBlank(turn)) return Promise.resolve(null)
      stop()
      return ask('edit', turn, question.parentId)
    },
    regenerate(messageId) {
      const question = questionOf(find(messageId))
      if (!question) return Promise.resolve(null)
      stop()
      return again('regenerate', question)
    },
    retry(messageId) {
      const message = find(messageId)
      const question = questionOf(message)
      const isOver = message?.role === 'user' || (message && unfinished.includes(message.status))
      const isAsked = waiting.some(({ questionId }) => questionId === question?.id)
      if (!message || !question || !isOver || isAsked) return Promise.resolve(null)
      const isEmpty = message.role === 'assistant' && message.parts.length === 0
      return again('retry', question, isEmpty ? message.id : undefined)
    },
    stop,
    selectSibling: (messageId, index) => dispatch({ type: 'sibling-selected', messageId, index }),
    clear: () => setMessages([]),
    setMessages,
    setOptions(next) {
      chatOptions = next
    },
    dispose() {
      dropWaiting()
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

function toTurnInput(input: string | TurnInput): TurnInput {
  return typeof input === 'string' ? { text: input } : input
}

function isBlank({ text, images = [] }: TurnInput): boolean {
  return text.trim() === '' && images.length === 0
}
