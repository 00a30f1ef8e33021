import { routed as dialect } from '@parlance/core/dialects/routed'
import type { PayingFetch } from '../payments/createPayingFetch.ts'
import type { HttpProvider, Payment } from '../provider.ts'
import { checkTurn, openaiRanges } from './checkTurn.ts'
import {
  type ApiKey,
  createBearer,
  type Models,
  readBaseUrl,
  readModels,
} from './providerOptions.ts'

export interface RoutedOptions {
  /** Address of the platform; its API lies at `/v1` by custom. */
  readonly baseUrl: string
  /** Pays by account. Absent where `fetch` pays per request, as `createPayingFetch` does. */
  readonly apiKey?: ApiKey | undefined
  readonly models: Models
  /** Default `balanced`. */
  readonly routingStrategy?: 'cheapest' | 'fastest' | 'balanced' | undefined
  /** Whether OpenRouter may be chosen. Default: yes, except for `cheapest`. */
  readonly allowExternal?: boolean | undefined
  /** Highest price of a million tokens read, in cents. Only together with the other one. */
  readonly maxInputCentsPerMillion?: number | undefined
  /** Highest price of a million tokens written, in cents. */
  readonly maxOutputCentsPerMillion?: number | undefined
  /** How long the platform may work on one answer, in milliseconds, at most 30,000. Default 30,000. */
  readonly timeoutMs?: number | undefined
  /** Replaces `fetch`; one of `createPayingFetch` pays for each request. */
  readonly fetch?: typeof fetch | PayingFetch | undefined
  readonly name?: string | undefined
}

const strategies = new Set(['cheapest', 'fastest', 'balanced'])

/**
 * A platform that routes each request to the best provider, within the owner's strategy and price ceilings; a browser
 * can set none of them. Throws a `TypeError` for options that cannot work.
 */
export function routed(options: RoutedOptions): HttpProvider {
  const { apiKey, name = 'routed' } = options
  const extra = readRouting(name, options)
  if (apiKey === undefined && !options.fetch) {
    throw new TypeError(`${name}: pass an \`apiKey\`, or a \`fetch\` that pays per request.`)
  }
  const bearer = apiKey === undefined ? async () => ({}) : createBearer(name, apiKey)
  return {
    kind: 'http',
    name,
    dialect,
    baseUrl: readBaseUrl(name, options.baseUrl),
    models: readModels(name, options.models, apiKey),
    credentials: bearer,
    fetch: options.fetch,
    paidFor: options.fetch && 'paidFor' in options.fetch ? toPaidFor(options.fetch) : undefined,
    browserEvents: ['payment-receipt'],
    prepareTurn(turn) {
      checkTurn(name, turn, { ...openaiRanges, stops: Infinity, choices: false, tools: false })
      return { ...turn, extra: { ...turn.extra, ...extra } }
    },
  }
}

function toPaidFor({ paidFor }: PayingFetch) {
  return async (idempotencyKey: string): Promise<Payment | undefined> => {
    const paid = await paidFor(idempotencyKey)
    // The token's smallest unit is a millionth, as a micro is.
    const micros = paid?.amount === undefined ? undefined : Number(paid.amount)
    const cost =
      micros === undefined ? undefined : ({ micros, currency: 'USD', source: 'reported' } as const)
    return paid && { receipt: paid.receipt, cost }
  }
}

function readRouting(name: string, options: RoutedOptions): Readonly<Record<string, unknown>> {
  const { routingStrategy = 'balanced', timeoutMs = 30_000 } = options
  const { maxInputCentsPerMillion: input, maxOutputCentsPerMillion: output } = options
  const refuse = (text: string): never => {
    throw new TypeError(`${name}: ${text}`)
  }
  if (!strategies.has(routingStrategy)) {
    refuse('`routingStrategy` must be `cheapest`, `fastest` or `balanced`.')
  }
  if (!(Number.isInteger(timeoutMs) && timeoutMs >= 1 && timeoutMs <= 30_000)) {
    refuse('`timeoutMs` must be a whole number of milliseconds from 1 to 30,000.')
  }
  if ((input === undefined) !== (output === undefined)) {
    refuse(
      'set both `maxInputCentsPerMillion` and `maxOutputCentsPerMillion`, or none: one alone has no effect.',
    )
  }
  for (const cents of [input, output]) {
    if (cents === undefined || (Number.isInteger(cents) && cents >= 0)) continue
    refuse('a price ceiling must be a whole number of cents.')
  }
  return {
    routing_strategy: routingStrategy,
    allow_external: options.allowExternal ?? routingStrategy !== 'cheapest',
    max_input_price_per_million: input,
    max_output_price_per_million: output,
    timeout_ms: timeoutMs,
  }
}
