import type { ChatError } from '../errors.ts'
import type { ChatEvent } from '../events.ts'
import type { SseEvent } from '../sse.ts'

/** One message as a provider is told it. */
export interface TurnMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool'
  readonly content: string
  /** Pictures of a user message, for providers that take them. */
  readonly images?: readonly { readonly url: string }[] | undefined
  /** Calls an assistant message made. */
  readonly toolCalls?:
    | readonly { readonly callId: string; readonly name: string; readonly argumentsText: string }[]
    | undefined
  /** On a `tool` message: the call it answers. */
  readonly callId?: string | undefined
}

/** A tool the model may call. */
export interface ToolDeclaration {
  readonly name: string
  readonly description?: string | undefined
  /** JSON Schema of the arguments. */
  readonly parameters: Readonly<Record<string, unknown>>
}

/** What is sent to get one reply, before a dialect gives it a provider's shape. */
export interface Turn {
  /** Absent from a browser: the relay owns the choice. */
  readonly model?: string | undefined
  readonly messages: readonly TurnMessage[]
  readonly stream: boolean
  readonly maxTokens?: number | undefined
  readonly temperature?: number | undefined
  readonly topP?: number | undefined
  readonly stop?: string | readonly string[] | undefined
  readonly presencePenalty?: number | undefined
  readonly frequencyPenalty?: number | undefined
  /** How many alternatives; they become siblings. */
  readonly choices?: number | undefined
  /** Opaque id of the end user, for the provider's abuse reports. */
  readonly user?: string | undefined
  readonly tools?: readonly ToolDeclaration[] | undefined
  /** Server-kept conversation: the relay's id from a browser, the provider's own session id from the relay. */
  readonly conversationId?: string | undefined
  /** Further body fields of this provider alone, set by the server's owner. */
  readonly extra?: Readonly<Record<string, unknown>> | undefined
}

/** Turns one reply's SSE events into chat events. Its closure holds what one reply must remember, never its text. */
export interface Decoder {
  /** Chat events of one SSE event; none after a terminal one. */
  push(event: SseEvent): ChatEvent[]
  /** Call once when the body ends. Gives the terminal event if none came: `reply-end` after a finish reason, else the error `truncated`. */
  end(): ChatEvent[]
}

/** An HTTP answer that is an error, or may hold one. */
export interface ErrorAnswer {
  readonly status: number
  readonly headers: Headers
  /** The body as text, at most 64 kB of it. */
  readonly body: string
}

/** A wire format: how a turn is asked and how an answer is read. Knows no address and no credential. */
export interface Dialect {
  /** Name in logs, such as `openai`. */
  readonly name: string
  /** Path of the request below the provider's base URL, with its leading slash. */
  path(turn: Turn): string
  /** JSON body of the request. */
  toRequestBody(turn: Turn): Record<string, unknown>
  /** Headers this wire wants besides body and credential, such as one that names a session. */
  readonly toRequestHeaders?: ((turn: Turn) => Readonly<Record<string, string>>) | undefined
  /** Chat events that the headers of a good answer tell, such as a `session`; they come before those of the body. */
  readonly readHeaders?: ((headers: Headers) => ChatEvent[]) | undefined
  createDecoder(): Decoder
  /** Chat events of a whole JSON answer (not streamed), terminal event included. */
  readAnswer(body: unknown): ChatEvent[]
  /** The error an answer holds; null when a 2xx answer is none. */
  readError(answer: ErrorAnswer): ChatError | null
}
