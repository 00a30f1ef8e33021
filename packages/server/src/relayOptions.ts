import type { RetryOptions } from '@parlance/core'
import type { BudgetStore } from './budget.ts'
import type { LedgerStore } from './ledger.ts'
import type { Provider } from './provider.ts'
import type { RateLimiter } from './rateLimits.ts'
import type { RunStore } from './runStore.ts'
import type { SessionStore } from './sessionStore.ts'
import type { RoundStore } from './tools/openRounds.ts'
import type { ClientToolDeclaration, ServerTool } from './tools/serverTool.ts'

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

/** A sampling parameter a browser may set, where the owner allows it. */
export type AllowedParameter =
  | 'temperature'
  | 'topP'
  | 'stop'
  | 'presencePenalty'
  | 'frequencyPenalty'

/** Most the relay may spend in one day (UTC), in tokens or in millionths of a currency. */
export type DailyBudget =
  | { readonly tokens: number }
  | { readonly micros: number; readonly currency: string }

/** What a reader thought of a reply. */
export interface Feedback {
  readonly replyId: string
  readonly visitorId: string
  readonly rating: 'up' | 'down'
  /** The reader's own words, at most 1,000 characters. */
  readonly reason?: string | undefined
}

export interface RelayOptions {
  /** Answers; the ones after the first are asked in order when one fails before its first byte. */
  readonly provider: Provider | readonly Provider[]
  /** Signs client tokens: at least 32 bytes; the first signs, all are accepted. One that is undefined is refused. */
  readonly secret: string | readonly string[] | undefined
  /** Exact origins a browser may come from, such as `https://shop.example`. */
  readonly origins: readonly string[]
  /** Whether clients without an `Origin` header are served too, such as another server of yours. Default false. */
  readonly allowMissingOrigin?: boolean | undefined
  /** Path the relay is mounted at. Default `/api/chat`. */
  readonly basePath?: string | undefined
  /** The owner's instruction to the model. A browser cannot see or change it. */
  readonly system?: string | undefined
  /** Finds passages of your pages for each question: the model answers from them and cites them. */
  readonly grounding?: Grounding | undefined
  /** Tools the model may call, by name; they run here. Only for providers that take tools. */
  readonly tools?: Readonly<Record<string, ServerTool>> | undefined
  /**
   * Tools the model may call that run in the visitor's page, by name; the page has `run` of each. A page can neither add
   * one nor change what the model is told of it. Only for providers that take tools.
   */
  readonly clientTools?: Readonly<Record<string, ClientToolDeclaration>> | undefined
  /** Most rounds of tool calls in one reply, here and in the page together; then the model has to answer. Default 4. */
  readonly maxToolRounds?: number | undefined
  /** Sampling parameters a browser may set. Default none: they have no effect. */
  readonly allow?: readonly AllowedParameter[] | undefined
  /** Those left out keep their default. */
  readonly limits?: Partial<RelayLimits> | undefined
  /**
   * Names of facts that a page may tell the model beside a question, as `context`: `['page', 'product']`. They come from
   * the visitor's browser, so the model is told that they are neither instructions nor proof. Default none.
   */
  readonly pageContext?: readonly string[] | undefined
  /**
   * Lets a browser whose connection was lost go on with its reply. Until it comes back the run goes on, and so does its
   * bill, for the grace time. Default false: a lost connection ends the run at once.
   */
  readonly resume?: false | ResumeOptions | undefined
  /** New tries of one provider, only before the first byte of an answer. Default 2, with waits from 500 ms. */
  readonly retry?: false | RetryOptions | undefined
  /** Reserved before a provider is asked and settled after, so that parallel requests cannot pass it. Default: none. */
  readonly dailyBudget?: DailyBudget | undefined
  /** Where the day's total is kept. Default: this process's memory. */
  readonly budgetStore?: BudgetStore | undefined
  /** Where calls wait for a page's answer, ten minutes at most. Default: this process's memory. */
  readonly roundStore?: RoundStore | undefined
  /** Where the sessions are kept that some providers have, such as Chipp. Default: the 10,000 used last, in this process's memory. */
  readonly sessionStore?: SessionStore | undefined
  /** Where replies are recorded. Default: the last 10,000, in this process's memory. */
  readonly ledgerStore?: LedgerStore | undefined
  /** Counts requests in place of this process's memory, such as a `RateLimiterRedis` of rate-limiter-flexible. */
  readonly rateLimiters?: { visitor?: RateLimiter; address?: RateLimiter } | undefined
  /**
   * Tells who asks for a client token, by what you signed: a cookie, or the token a page gave to the chat, which comes as
   * `Authorization: Bearer`. Null refuses. Every message sent with the client token is then that visitor's. Default: an
   * anonymous visitor per browser.
   */
  readonly identify?:
    | ((request: Request) => Promise<{ id: string } | 'anonymous' | null>)
    | undefined
  /** How many trusted proxies stand before the relay and append to `X-Forwarded-For`. Default 0: the header is ignored. */
  readonly trustedProxies?: number | undefined
  /** Called with each valid rating; without it there is no feedback route. */
  readonly onFeedback?: ((feedback: Feedback) => void | Promise<void>) | undefined
  /** Told what the relay does, an event for each reply and each fault. Default: warnings and errors go to the console. */
  readonly log?: ((event: LogEvent) => void) | undefined
  /** Asks providers in place of the runtime's own, such as through a proxy. */
  readonly fetch?: typeof fetch | undefined
  /** Milliseconds since 1970, for tests. Default `Date.now`. */
  readonly now?: (() => number) | undefined
}

/** What is kept of runs, so that a browser can go on with them. */
export interface ResumeOptions {
  /** How long a run goes on while nobody reads it, in milliseconds. Default 15,000. */
  readonly graceMs?: number | undefined
  /** How long a finished run can still be read, in milliseconds. Default 120,000. */
  readonly ttlMs?: number | undefined
  /**
   * Characters kept of one run, the newest: a connection may lose all that lies in its sockets. A run waits once it is
   * half of that ahead of a reader who is away. Default 1,048,576, some 4,500 tokens as they are streamed.
   */
  readonly runChars?: number | undefined
  /** Characters kept of all runs together; the oldest finished ones are forgotten first. Default 67,108,864. */
  readonly totalChars?: number | undefined
  /** Runs kept at once, open and finished. Default 1,000. */
  readonly maxRuns?: number | undefined
  /** Where other processes find them, such as `createRedisRunStore` of `/redis`. Default: nowhere. */
  readonly store?: RunStore | undefined
}

/** Every cap of the relay. Times in milliseconds. */
export interface RelayLimits {
  /** Default 600,000: ten minutes, the most there is. */
  readonly tokenLifetimeMs: number
  /** Counted while reading. Default 65,536; 8,388,608 where a model takes images. */
  readonly bodyBytes: number
  /** To send a request's body. Default 10,000. */
  readonly bodyMs: number
  /** Newest messages passed on; older ones are left out. Default 40. */
  readonly messages: number
  /** Characters of one message. A longer question is refused, a longer answer of the history is cut. Default 8,000. */
  readonly messageChars: number
  /** Tokens of one answer, where the model sets no lower number. Default 1,024. */
  readonly maxTokens: number
  /** Default 20. */
  readonly requestsPerMinutePerVisitor: number
  /** Default 60. */
  readonly requestsPerMinutePerAddress: number
  /** Open replies of one visitor. Default 2. */
  readonly concurrentReplies: number
  /** For the headers of a provider's streamed answer. Default 15,000. */
  readonly connectMs: number
  /** For the first event of a provider's streamed answer. Default 60,000. */
  readonly firstByteMs: number
  /** Silence between two pieces; comments count as life. Default 45,000. */
  readonly idleMs: number
  /** One reply, retries included. Default 300,000. */
  readonly totalMs: number
  /** How long a stream is held back so that an early failure keeps its HTTP status. Default 5,000. */
  readonly holdMs: number
  /** Default 15,000. */
  readonly heartbeatMs: number
  /** A client that reads nothing for so long is cut off. Default 60,000. */
  readonly slowReaderMs: number
  /** Bytes of one answer of a provider. Default 8,388,608. */
  readonly answerBytes: number
}
