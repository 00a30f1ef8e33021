import type { Dialect, ToolDeclaration } from './dialects/dialect.ts'
import type { ChatError } from './errors.ts'
import type { ChatEvent } from './events.ts'
import type { ImagePart, Message } from './messages.ts'

/** A value, or a function asked for it each time a turn is sent. */
export type Late<Value> = Value | (() => Value | Promise<Value>)

/** A tool that runs where the chat runs. */
export interface ClientTool extends Pick<ToolDeclaration, 'name' | 'description'> {
  /** JSON Schema of the arguments. Left out where the server tells the model of this tool itself, as the relay does. */
  readonly parameters?: ToolDeclaration['parameters'] | undefined
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
  /** Address of the relay, or of an OpenAI-compatible server, with or without `/v1`. Default `/api/chat`. */
  readonly url?: Late<string> | undefined
  /** Names this conversation. Default: made at the first turn. */
  readonly id?: string | undefined
  /** Wire format. Default: OpenAI Chat Completions, which the relay speaks. */
  readonly dialect?: Dialect | undefined
  /**
   * Where the client token comes from. Default: `POST {url}/session` of the relay, kept until shortly before it ends.
   * A function gives a token of your own, and is given the one that was refused when it is asked again, once, after a
   * 401; `createSessionToken` makes one that several chats can share. `false` sends none, and no `Idempotency-Key`
   * either: for a plain OpenAI-compatible server, which may refuse headers it does not know.
   */
  readonly token?: ((previous?: string) => Promise<string>) | false | undefined
  /** Further headers of each request. */
  readonly headers?: Late<HeadersInit> | undefined
  /** Further fields of the request body, such as `model` or `temperature` where the server allows them. */
  readonly body?: Late<Readonly<Record<string, unknown>>> | undefined
  /** Asks in place of the browser's own, such as `replayStream` of `@parlance/testing`. */
  readonly fetch?: typeof fetch | undefined
  /** Tools the model may call here. They run by themselves, and the reply goes on with what they return. */
  readonly tools?: readonly ClientTool[] | undefined
  /** Most rounds of tool calls in one turn. Default 8. */
  readonly maxToolRounds?: number | undefined
  /** What was said before, parents before their children. */
  readonly initialMessages?: readonly Message[] | undefined
  /** Tries after the first. Default: two, after about 0.5 and 1 s. */
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
  /** Most bytes of earlier messages sent with a question; the oldest are left out beyond it. Default 48,000. */
  readonly maxHistoryBytes?: number | undefined
  /** Every chat event, as it is read. */
  readonly onEvent?: ((event: ChatEvent) => void) | undefined
  /** A reply ended, however. */
  readonly onFinish?: ((message: Message) => void) | undefined
  /** A reply failed, after all tries. Stopping one is no error. */
  readonly onError?: ((error: ChatError) => void) | undefined
}

const defaultLimits = {
  firstByteMs: 60_000,
  stallNoticeMs: 15_000,
  stallMs: 60_000,
  totalMs: 600_000,
  maxAnswerChars: 1_000_000,
  maxHistoryBytes: 48_000,
}

/** What a reply may take, each more than 0. */
export type ChatLimits = Readonly<typeof defaultLimits>

/** The limits among the options. Refuses nonsense: throws `RangeError`. */
export function readLimits(options: ChatOptions): ChatLimits {
  const limits = { ...defaultLimits }
  for (const name of Object.keys(limits) as (keyof ChatLimits)[]) {
    limits[name] = options[name] ?? limits[name]
    // Written so that NaN is refused, too.
    if (limits[name] > 0) continue
    throw new RangeError(`The chat option \`${name}\` must be more than 0, not ${limits[name]}.`)
  }
  return limits
}

export function readLate<Value>(value: Late<Value>): Value | Promise<Value> {
  return typeof value === 'function' ? (value as () => Value | Promise<Value>)() : value
}
