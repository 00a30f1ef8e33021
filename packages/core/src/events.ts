import type { ChatError } from './errors.ts'

/** Why the provider ended a choice, normalised. The provider's own word travels beside it. */
export type FinishReason = 'stop' | 'length' | 'content-filter' | 'tool-calls' | 'error' | 'other'

/** Token counts of one reply. Fields are absent when the provider did not report them. */
export interface Usage {
  /** Tokens read: system prompt, history and question. */
  readonly inputTokens?: number | undefined
  /** Tokens written, reasoning included. */
  readonly outputTokens?: number | undefined
  readonly totalTokens?: number | undefined
  /** Part of `inputTokens` that the provider served from its prompt cache. */
  readonly cachedTokens?: number | undefined
  /** Part of `outputTokens` that was reasoning. */
  readonly reasoningTokens?: number | undefined
}

/** Price of one reply. */
export interface Cost {
  /** Millionths of one unit of `currency`: 1,500 micros of USD are $0.0015. */
  readonly micros: number
  /** ISO 4217 code or token symbol, such as `USD`. */
  readonly currency: string
  /** `reported` by the provider, or `estimated` by us from usage and a price table. */
  readonly source: 'reported' | 'estimated'
}

/** A source the reply rests on. */
export interface Citation {
  /** Number shown to the reader, from 1; equal numbers are the same source. */
  readonly number: number
  readonly url?: string | undefined
  readonly title?: string | undefined
  /** Words of the source that support the answer, plain text. */
  readonly quote?: string | undefined
}

/**
 * One thing a reply did, whichever provider sent it. The only vocabulary between a dialect and a conversation.
 *
 * A reply ends in exactly one terminal event: `reply-end`, or `reply-error` (a cut body is the error `truncated`).
 * `choice` counts alternatives of one reply from 0 and is 0 for nearly all.
 */
export type ChatEvent =
  | {
      readonly type: 'reply-start'
      /** The server's id of this reply; the relay's also resumes and stops it. */
      readonly replyId?: string | undefined
      readonly model?: string | undefined
      /** Who answered, where the service names it. */
      readonly provider?: string | undefined
      /** The relay's id of a server-kept conversation; send it back with the next turn. */
      readonly conversationId?: string | undefined
    }
  | { readonly type: 'text-delta'; readonly choice: number; readonly delta: string }
  | { readonly type: 'reasoning-delta'; readonly choice: number; readonly delta: string }
  | { readonly type: 'refusal-delta'; readonly choice: number; readonly delta: string }
  | {
      readonly type: 'tool-call-start'
      readonly choice: number
      /** Position among the calls of this choice; later deltas name it. */
      readonly index: number
      readonly callId: string
      readonly name: string
    }
  | {
      readonly type: 'tool-call-delta'
      readonly choice: number
      readonly index: number
      /** Next piece of the JSON text of the arguments. */
      readonly delta: string
    }
  | {
      readonly type: 'tool-result'
      readonly choice: number
      readonly callId: string
      /** What the tool returned, as JSON text. */
      readonly output: string
      readonly outcome: 'ok' | 'failed'
    }
  | { readonly type: 'citation'; readonly choice: number; readonly citation: Citation }
  | { readonly type: 'usage'; readonly usage: Usage; readonly cost?: Cost | undefined }
  /** The provider's own session, for the relay alone: it never travels to a browser. */
  | { readonly type: 'session'; readonly sessionId: string }
  /** How long the reply took, in milliseconds: by the provider, or by the relay where it does not say. */
  | { readonly type: 'latency'; readonly latencyMs: number }
  /** An SSE event with a name of its own, such as `payment-receipt`; `data` is parsed JSON, or the text where it is none. */
  | { readonly type: 'named-event'; readonly name: string; readonly data: unknown }
  | {
      readonly type: 'choice-end'
      readonly choice: number
      readonly reason: FinishReason
      /** The provider's own word. */
      readonly providerReason: string
    }
  /** An event nobody could read. It was skipped; the reply goes on. */
  | { readonly type: 'malformed'; readonly data: string }
  | { readonly type: 'reply-end' }
  | { readonly type: 'reply-error'; readonly error: ChatError }
