import type { ChatEvent, Cost, Dialect, Turn, Usage } from '@parlance/core'

/** What a model costs, in millionths of one unit of `currency` per million tokens. */
export interface Price {
  readonly inputMicrosPerMillion: number
  readonly outputMicrosPerMillion: number
  /** Of input the provider had kept from before. Default: as all input. */
  readonly cachedInputMicrosPerMillion?: number | undefined
  /** ISO 4217 code, such as `USD`. */
  readonly currency: string
}

/** A model the owner offers, under the name a browser may ask for. */
export interface Model {
  /** The provider's name of it. */
  readonly model: string
  /** Most tokens of one answer. */
  readonly maxTokens?: number | undefined
  /** Most alternatives (`n`) of one answer. Default 1. */
  readonly maxChoices?: number | undefined
  /** Whether it takes pictures: `data:` URLs alone, so that nobody makes the provider fetch an address. Default false. */
  readonly images?: boolean | undefined
  /** Tells the ledger and a `dailyBudget` of money what a reply costs, where the provider does not. */
  readonly price?: Price | undefined
}

/** What a provider is told about the call besides the turn. */
export interface ProviderContext {
  /** Aborted when the visitor stops or leaves, or a limit is reached. */
  readonly signal: AbortSignal
  /** Our id of this reply, for `X-Correlation-ID` and logs. */
  readonly replyId: string
  /** Stable for one turn of one visitor, over all retries. */
  readonly idempotencyKey: string
  /** Who asks: opaque, never a name. */
  readonly visitorId: string
  readonly fetch: typeof fetch
  /** Books what was used besides the answer itself, such as by a summary made for it. */
  readonly addUsage?: ((usage: Usage, cost?: Cost) => void) | undefined
}

/** A payment by machine, as it was receipted. */
export interface Payment {
  readonly receipt: unknown
  /** Undefined when no receipt told what was spent. */
  readonly cost: Cost | undefined
}

/** A provider that is reached over HTTP: a dialect bound to a place, a credential and its limits. */
export interface HttpProvider {
  readonly kind: 'http'
  readonly name: string
  readonly dialect: Dialect
  /** Base URL without a slash at its end; `dialect.path` follows it. */
  readonly baseUrl: string
  /** Headers that carry the credential, asked for once per request. */
  credentials(
    context: ProviderContext,
  ): Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>
  /** Models on offer by the name a browser may use; the first is the default. */
  readonly models: Readonly<Record<string, Model>>
  /** Last changes to a turn before it is sent, and the place where the provider's own ranges are checked. Throws `ChatError` `invalid_request`. */
  readonly prepareTurn?:
    | ((turn: Turn, context: ProviderContext) => Turn | Promise<Turn>)
    | undefined
  /**
   * Asks this provider in the place of `fetch`, as for machine payments. `ask` is what would have asked: whoever passes
   * its answer on keeps what the host spares by it.
   */
  readonly fetch?:
    | ((
        input: RequestInfo | URL,
        init: RequestInit | undefined,
        ask: typeof fetch,
      ) => Promise<Response>)
    | undefined
  /**
   * What was paid for a request, for a reply that ended before it told: by its idempotency key. Undefined when nothing
   * was.
   */
  readonly paidFor?: ((idempotencyKey: string) => Promise<Payment | undefined>) | undefined
  /** `conversation`: history lives upstream, only the newest turn is sent once a session is known. Default `stateless`. */
  readonly sessions?: 'stateless' | 'conversation' | undefined
  /** Names of SSE events that may pass to a browser, such as `payment-receipt`. Default none. */
  readonly browserEvents?: readonly string[] | undefined
}

/** A provider that answers in this process, such as the site's own pages. */
export interface LocalProvider {
  readonly kind: 'local'
  readonly name: string
  readonly models: Readonly<Record<string, Model>>
  /** Chat events of one reply, the terminal one included. */
  answer(turn: Turn, context: ProviderContext): AsyncIterable<ChatEvent>
}

export type Provider = HttpProvider | LocalProvider
