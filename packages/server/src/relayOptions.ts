import type { Provider } from './provider.ts'

/** What the relay says of its work. Holds no key, token or message text. */
export interface LogEvent {
  readonly level: 'info' | 'warn' | 'error'
  /** A noun and what happened, such as `reply-end`. */
  readonly event: string
  readonly replyId?: string | undefined
  readonly visitorId?: string | undefined
  readonly provider?: string | undefined
  readonly model?: string | undefined
  readonly status?: number | undefined
  readonly code?: string | undefined
  readonly durationMs?: number | undefined
  readonly firstTokenMs?: number | undefined
  readonly inputTokens?: number | undefined
  readonly outputTokens?: number | undefined
  /** The provider's words on an error, secrets cut out; server side only. */
  readonly detail?: string | undefined
}

/** Passages found for a question, given to the model and cited to the reader. */
export interface Passage {
  readonly title: string
  readonly url: string
  /** Plain text or Markdown. */
  readonly text: string
}

/** Finds passages of the owner's pages. */
export interface Grounding {
  retrieve(question: string): Promise<readonly Passage[]> | readonly Passage[]
}

export interface RelayOptions {
  /** Answers; the ones after the first are asked in order when one fails before its first byte. */
  readonly provider: Provider | readonly Provider[]
  /** Signs client tokens: at least 32 bytes; the first signs, all are accepted. */
  readonly secret: string | readonly string[]
  /** Exact origins a browser may come from, such as `https://shop.example`. */
  readonly origins: readonly string[]
  /** Path the relay is mounted at. Default `/api/chat`. */
  readonly basePath?: string | undefined
  /** The owner's instruction to the model. A browser cannot see or change it. */
  readonly system?: string | undefined
  readonly grounding?: Grounding | undefined
  readonly limits?: Partial<RelayLimits> | undefined
  /** Tells who asks, by a signed id of the host; null refuses. Default: an anonymous visitor per browser. */
  readonly identify?: ((request: Request) => Promise<{ id: string } | null>) | undefined
  /** How many trusted proxies stand before the relay and append to `X-Forwarded-For`. Default 0: the header is ignored. */
  readonly trustedProxies?: number | undefined
  readonly log?: ((event: LogEvent) => void) | undefined
  readonly fetch?: typeof fetch | undefined
  readonly now?: (() => number) | undefined
}

/** Every cap of the relay. Times in milliseconds. */
export interface RelayLimits {
  /** Default 600,000: ten minutes. */
  readonly tokenLifetimeMs: number
  /** Counted while reading. Default 65,536. */
  readonly bodyBytes: number
  /** Default 40. */
  readonly messages: number
  /** Characters of one message. Default 8,000. */
  readonly messageChars: number
  /** Default 1,024. */
  readonly maxTokens: number
  /** Default 20 a minute. */
  readonly requestsPerMinutePerVisitor: number
  /** Default 60 a minute. */
  readonly requestsPerMinutePerAddress: number
  /** Open replies of one visitor. Default 2. */
  readonly concurrentReplies: number
  /** For the provider's headers. Default 15,000. */
  readonly connectMs: number
  /** Default 60,000. */
  readonly firstByteMs: number
  /** Silence between two pieces. Default 45,000. */
  readonly idleMs: number
  /** Default 300,000. */
  readonly totalMs: number
  /** Default 15,000. */
  readonly heartbeatMs: number
}
