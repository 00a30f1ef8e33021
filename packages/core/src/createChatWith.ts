import { type ChatOptions, readLimits, type TurnInput } from './chatOptions.ts'
import {
  type Conversation,
  type ConversationAction,
  createConversation,
  type KeptPlace,
  messageOf,
  messagesOf,
  reduceConversation,
} from './conversation.ts'
import type { ChatError } from './errors.ts'
import type { Message, MessageStatus } from './messages.ts'
import { newId } from './newId.ts'
import { createPacer, type Pacer } from './pacer.ts'
import { reportThrown } from './reportThrown.ts'
import type { Run } from './runTurn.ts'
import { createStore } from './store.ts'

/** A conversation and all that can be done to it, without any framework. */
export interface Chat {
  /** Empty until the first turn, unless one was given. */
  readonly id: string
  /** The conversation now: immutable; same identity until something changed. */
  getSnapshot(): Conversation
  /** Calls back after each change, at most once a frame while a reply streams. Returns the way to stop. */
  subscribe(listener: () => void): () => void
  /** Adds the visitor's message and asks for a reply. Resolves when the reply ended, however; never rejects. Blank text is refused; while a reply runs, the turn waits for its end. */
  send(input: string | TurnInput): Promise<Message | null>
  /** Ends the running reply at once and keeps what has come. Turns that wait then have theirs. */
  stop(): void
  /** Asks again for a reply to the same question; it becomes a sibling. Default: the last reply. Stops a running reply. */
  regenerate(messageId?: string): Promise<Message | null>
  /** Sends a changed question; it becomes a sibling of the old one, and keeps its pictures unless others are given. Stops a running reply. */
  edit(messageId: string, input: string | TurnInput): Promise<Message | null>
  /** Tries the failed, stopped or truncated reply again: as a sibling, or in its place when it holds nothing. Default: the last reply. */
  retry(messageId?: string): Promise<Message | null>
  /** Shows another sibling and what follows it. `index` counts from 0. */
  selectSibling(messageId: string, index: number): void
  /** Stops, and forgets all messages. */
  clear(): void
  /** Replaces the messages, as when a kept conversation is opened, parents before their children. Stops a running reply. */
  setMessages(messages: readonly Message[], place?: KeptPlace): void
  /** New options; they hold from the next turn on. */
  setOptions(options: ChatOptions): void
  /** Stops, forgets the turns that wait, and drops listeners and timers. */
  dispose(): void
}

/** A turn that waits: for the reply `replyId` to the message `questionId`. */
interface Job {
  readonly questionId: string
  readonly replyId: string
  readonly end: (reply: Message | null) => void
}

interface RunningJob extends Job {
  readonly options: ChatOptions
  readonly controller: AbortController
  readonly pacer: Pacer
}

/** What a reply ended as that may be tried again. */
const unfinished: readonly MessageStatus[] = ['failed', 'stopped', 'truncated']

/** Gets the whole reply of one turn. Resolves to the error it failed with, or null; never rejects. */
export type TurnRunner = (turn: Omit<Run, 'getSessionToken'>) => Promise<ChatError | null>

/** A chat whose turns are run by `runTurn`: all of a chat but what talks to a server. */
export function createChatWith(runTurn: TurnRunner, options: ChatOptions): Chat {
  // Refuses nonsense at once, and not when the first visitor sends.
  readLimits(options)
  const store = createStore(
    reduceConversation,
    createConversation(options.id ?? '', options.initialMessages),
  )
  let latest = options
  let waiting: Job[] = []
  let running: RunningJob | null = null

  function ask(turn: TurnInput, parentId: string | null) {
    if (isBlank(turn)) return enqueue()
    const { text, images = [] } = turn
    const id = newId()
    const question: Message = {
      id,
      parentId,
      role: 'user',
      parts: text === '' ? images : [...images, { type: 'text', text }],
      status: running ? 'submitted' : 'complete',
      createdAtMs: Date.now(),
    }
    const conversationId = store.getSnapshot().id || newId()
    return enqueue(id, newId(), { type: 'question-asked', question, conversationId })
  }

  /** Without a question there is nothing to ask. */
  function enqueue(
    questionId?: string,
    replyId: string = newId(),
    ...asked: ConversationAction[]
  ): Promise<Message | null> {
    if (questionId === undefined) return Promise.resolve(null)
    return new Promise((end) => {
      waiting.push({ questionId, replyId, end })
      if (running) store.dispatch(...asked)
      else startNext(...asked)
    })
  }

  /** `asked` is told together with the begin of the reply. */
  function startNext(...asked: ConversationAction[]) {
    const job = running ? undefined : waiting.shift()
    if (!job) return
    const { questionId, replyId } = job
    const controller = new AbortController()
    const pacer = createPacer({
      onBatch: (events) => store.dispatch({ type: 'events-read', replyId, events }),
    })
    const run = { ...job, options: latest, controller, pacer }
    running = run
    const nowMs = Date.now()
    store.dispatch(...asked, { type: 'reply-started', replyId, parentId: questionId, nowMs })
    const { signal } = controller
    void runTurn({ ...run, signal, store }).then((error) =>
      settle(
        run,
        error ? (error.code === 'truncated' ? 'truncated' : 'failed') : 'complete',
        error,
      ),
    )
  }

  function settle(
    run: RunningJob,
    status: 'complete' | 'stopped' | 'truncated' | 'failed',
    error: ChatError | null = null,
  ) {
    if (running !== run) return
    running = null
    const { replyId, options: asked, controller, pacer, end } = run
    // The relay ends the provider's answer when the request is gone; a route to say so would come too late.
    controller.abort()
    // In one step: nobody sees `ready` beside text that is not yet there.
    store.dispatch(
      { type: 'events-read', replyId, events: pacer.take() },
      { type: 'reply-settled', status, error, nowMs: Date.now() },
    )
    const reply = messageOf(store.getSnapshot(), replyId)
    end(reply ?? null)
    if (error) reportThrown(() => asked.onError?.(error))
    if (reply) reportThrown(() => asked.onFinish?.(reply))
    startNext()
  }

  function stop() {
    if (running) settle(running, 'stopped')
  }

  function dropWaiting() {
    const dropped = waiting
    waiting = []
    if (dropped.length === 0) return
    store.dispatch({ type: 'questions-dropped', ids: dropped.map(({ questionId }) => questionId) })
    for (const { end } of dropped) end(null)
  }

  function setMessages(messages: readonly Message[], place?: KeptPlace) {
    dropWaiting()
    stop()
    const conversationId = latest.id ?? ''
    store.dispatch({ type: 'messages-set', conversationId, messages, place })
  }

  /** The named message, or the last one that does not wait for its turn. */
  function find(messageId: string | undefined): Message | undefined {
    const conversation = store.getSnapshot()
    if (messageId !== undefined) return messageOf(conversation, messageId)
    return messagesOf(conversation).findLast(
      ({ role, status }) => role === 'assistant' || status !== 'submitted',
    )
  }

  function questionOf(message: Message | undefined): Message | undefined {
    if (message?.role !== 'assistant') return message
    const question = messageOf(store.getSnapshot(), message.parentId ?? '')
    return question?.role === 'user' ? question : undefined
  }

  return {
    get id() {
      return store.getSnapshot().id
    },
    getSnapshot: store.getSnapshot,
    subscribe: store.subscribe,
    send(input) {
      return ask(toTurnInput(input), store.getSnapshot().messageIds.at(-1) ?? null)
    },
    stop,
    regenerate(messageId) {
      const question = questionOf(find(messageId))
      if (question) stop()
      return enqueue(question?.id)
    },
    edit(messageId, input) {
      const question = messageOf(store.getSnapshot(), messageId)
      if (question?.role !== 'user') return enqueue()
      const images = question.parts.filter((part) => part.type === 'image')
      const turn = { images, ...toTurnInput(input) }
      if (!isBlank(turn)) stop()
      // Read anew: the turn that now begins may have moved it below its reply.
      return ask(turn, messageOf(store.getSnapshot(), messageId)!.parentId)
    },
    retry(messageId) {
      const message = find(messageId)
      const question = questionOf(message)
      const isOver = message?.role === 'user' || (message && unfinished.includes(message.status))
      const isAsked = waiting.some(({ questionId }) => questionId === question?.id)
      // A reply that holds nothing is not worth a place beside the next one.
      const isEmpty = message?.role === 'assistant' && message.parts.length === 0
      return enqueue(
        isOver && !isAsked ? question?.id : undefined,
        isEmpty ? message.id : undefined,
      )
    },
    selectSibling: (messageId, index) =>
      store.dispatch({ type: 'sibling-selected', messageId, index }),
    clear: () => setMessages([]),
    setMessages,
    setOptions(next) {
      readLimits(next)
      latest = next
    },
    dispose() {
      dropWaiting()
      stop()
      store.dispose()
    },
  }
}

function toTurnInput(input: string | TurnInput): TurnInput {
  return typeof input === 'string' ? { text: input } : input
}

function isBlank({ text, images }: TurnInput): boolean {
  return text.trim() === '' && !images?.length
}
