import type { ChatError } from './errors.ts'
import type { Citation, Cost, FinishReason, Usage } from './events.ts'

export interface TextPart {
  readonly type: 'text'
  readonly text: string
}

/** What the model thought aloud; never part of the answer, not sent back with the next turn. */
export interface ReasoningPart {
  readonly type: 'reasoning'
  readonly text: string
}

/** The model's words for declining. */
export interface RefusalPart {
  readonly type: 'refusal'
  readonly text: string
}

/** A picture the visitor attached. */
export interface ImagePart {
  readonly type: 'image'
  /** `data:` or `https:` URL. */
  readonly url: string
  /** MIME type, such as `image/png`. */
  readonly mediaType: string
  readonly name?: string | undefined
}

export interface ToolCallPart {
  readonly type: 'tool-call'
  readonly callId: string
  readonly name: string
  /** JSON text of the arguments, as far as it has arrived. */
  readonly argumentsText: string
  /** JSON text the tool returned; absent until it has. */
  readonly output?: string | undefined
  readonly state: 'calling' | 'running' | 'done' | 'failed'
}

export interface CitationsPart {
  readonly type: 'citations'
  readonly citations: readonly Citation[]
}

/** One piece of a message, in the order it began. Parts that did not change keep their identity. */
export type MessagePart =
  | TextPart
  | ReasoningPart
  | RefusalPart
  | ImagePart
  | ToolCallPart
  | CitationsPart

/**
 * `complete`: all there. `submitted`: waiting for the first byte. `streaming`: growing. `stopped`: ended by the visitor.
 * `truncated`: the answer broke off. `failed`: an error, with `error`; text that came before it is kept.
 */
export type MessageStatus =
  | 'complete'
  | 'submitted'
  | 'streaming'
  | 'stopped'
  | 'truncated'
  | 'failed'

/** One turn of the visitor or one reply. Immutable; a message that did not change keeps its identity. */
export interface Message {
  /** Made on this side, stable for ever. */
  readonly id: string
  /** The message this one answers or follows; null at the start. Messages with one parent are siblings. */
  readonly parentId: string | null
  readonly role: 'user' | 'assistant'
  readonly parts: readonly MessagePart[]
  readonly status: MessageStatus
  /** When it was sent or began, in milliseconds since 1970. */
  readonly createdAtMs: number
  /** The server's id of the reply. */
  readonly replyId?: string | undefined
  readonly model?: string | undefined
  readonly provider?: string | undefined
  readonly finishReason?: FinishReason | undefined
  readonly usage?: Usage | undefined
  readonly cost?: Cost | undefined
  /** How long the answer took, in milliseconds: by the provider, or by the relay where it does not say. */
  readonly latencyMs?: number | undefined
  /** Payment summary the relay passed on, as it came. */
  readonly receipt?: unknown
  /** How many events of the reply nobody could read. They were skipped. */
  readonly malformedEvents?: number | undefined
  readonly error?: ChatError | undefined
}

/** All text of the answer, without reasoning, tools or citations. */
export function textOf(message: Message): string {
  let text = ''
  for (const part of message.parts) if (part.type === 'text') text += part.text
  return text
}
