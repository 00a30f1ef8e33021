import type { Conversation } from './conversation.ts'
import type { Dialect, ToolDeclaration } from './dialects/dialect.ts'
import type { ChatError } from './errors.ts'
import type { ChatEvent } from './events.ts'
import type { ImagePart, Message } from './messages.ts'

/** A value, or a function asked for it each time a turn is sent. */
export type Late<Value> = Value | (() => Value | Promise<Value>)

/** A tool that runs where the chat runs. */
export interface ClientTool extends ToolDeclaration {
  /** Called once per call with parsed arguments; what it returns is sent back to the model as JSON. */
  run(input: unknown, context: { readonly signal: AbortSignal }): unknown
}

/** What the visitor sends. */
export interface TurnInput {
  readonly text: string
  readonly images?: readonly ImagePart[] | undefined
}

export interface RetryOptions {
  /** Tries after the first, only before the first byte of an answer. Default 2. */
  readonly attempts?: number | undefined
  /** First wait in milliseconds; it doubles, with up to 25 % taken off at random. Default 500. */
  readonly baseMs?: number | undefined
  /** Longest wait of our own, in milliseconds. Default 8,000. */
  readonly maxMs?: number | undefined
  /** Longest wait a server may ask for before we give up and show it, in milliseconds. Default 60,000. */
  readonly maxRetryAfterMs?: number | undefined
}

export interface ChatOptions {
  /** Address of the relay or of an OpenAI-compatible server's base, such as `/api/chat`. Default `/api/chat`. */
  readonly url?: Late<string> | undefined
  /** Names this conversation. Default: made at the first turn. */
  readonly id?: string | undefined
  /** Wire format. Default: OpenAI Chat Completions, which the relay speaks. */
  readonly dialect?: Dialect | undefined
  /**
   * Where the client token comes from. Default: `POST {url}/session` of the relay, kept until shortly before it ends.
   * A function gives a token of your own; `false` sends none. Asked again once after a 401.
   */
  readonly token?: ((previous?: string) => Promise<string>) | false | undefined
  readonly headers?: Late<HeadersInit> | undefined
  /** Further fields of the request body, such as `model` or `temperature` where the server allows them. */
  readonly body?: Late<Readonly<Record<string, unknown>>> | undefined
  readonly fetch?: typeof fetch | undefined
  readonly tools?: readonly ClientTool[] | undefined
  /** Most rounds of tool calls in one turn. Default 8. */
  readonly maxToolRounds?: number | undefined
  readonly initialMessages?: readonly Message[] | undefined
  readonly retry?: false | RetryOptions | undefined
  /** Longest wait for the first byte of the answer, in milliseconds. Default 60,000. */
  readonly firstByteMs?: number | undefined
  /** Silence after which the reply is shown as stalled, in milliseconds. Default 15,000. */
  readonly stallNoticeMs?: number | undefined
  /** Silence after which the reply fails with `stalled`, in milliseconds; comments count as life. Default 60,000. */
  readonly stallMs?: number | undefined
  /** Longest time one reply may take, in milliseconds. Default 600,000. */
  readonly totalMs?: number | undefined
  /** Most characters of one answer; then it ends as `length`. Default 1,000,000. */
  readonly maxAnswerChars?: number | undefined
  /** Every chat event, as it is read. */
  readonly onEvent?: ((event: ChatEvent) => void) | undefined
  /** A reply ended, however. */
  readonly onFinish?: ((message: Message) => void) | undefined
  readonly onError?: ((error: ChatError) => void) | undefined
}

/** A conversation and all that can be done to it, without any framework. */
export interface Chat {
  readonly id: string
  /** The conversation now: immutable; same identity until something changed. */
  getSnapshot(): Conversation
  /** Calls back after each change, at most once a frame while a reply streams. Returns the way to stop. */
  subscribe(listener: () => void): () => void
  /** Adds the visitor's message and asks for a reply. Resolves when the reply ended, however; never rejects. Blank text is refused; while a reply runs, the turn waits for its end. */
  send(input: string | TurnInput): Promise<Message | null>
  /** Ends the running reply at once and keeps what has come. */
  stop(): void
  /** Asks again for a reply to the same question; it becomes a sibling. Default: the last reply. */
  regenerate(messageId?: string): Promise<Message | null>
  /** Sends a changed question; it becomes a sibling of the old one. */
  edit(messageId: string, input: string | TurnInput): Promise<Message | null>
  /** Tries the failed, stopped or truncated reply again. Default: the last reply. */
  retry(messageId?: string): Promise<Message | null>
  /** Shows another sibling and what follows it. `index` counts from 0. */
  selectSibling(messageId: string, index: number): void
  /** Stops, and forgets all messages. */
  clear(): void
  /** Replaces the messages, as when a kept conversation is opened. Stops a running reply. */
  setMessages(messages: readonly Message[]): void
  /** New options; they hold from the next turn on. */
  setOptions(options: ChatOptions): void
  /** Stops, and drops listeners and timers. */
  dispose(): void
}
