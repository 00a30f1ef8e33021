import { type Dialect, openai, readProviderError, type Turn } from '@parlance/core'
import type { HttpProvider } from '../provider.ts'
import { checkTurn, openaiRanges } from './checkTurn.ts'
import { createSummaries } from './createSummaries.ts'
import { createBearer, type KeyedOptions, readBaseUrl, readModels } from './providerOptions.ts'
import { type TruncateOptions, truncateTurn } from './truncateTurn.ts'

export interface AiapiOptions extends KeyedOptions {
  /** What is kept of a long conversation. Default: the system message and the last 20 turns. */
  readonly keep?: TruncateOptions | undefined
  /**
   * Whether the part that is not kept is summarised, by the same model at the cost of one more request each time more is
   * left out. Default false: it is left out. A summary that fails is left out too.
   */
  readonly summarize?: boolean | undefined
  /** Asks for token counts at the end of a stream, by a field that the documentation does not name. Default false. */
  readonly streamUsage?: boolean | undefined
  /** Tells the service our opaque id of the visitor. Default false. */
  readonly sendUser?: boolean | undefined
}

const dialect: Dialect = { ...openai, name: 'aiapi', readError: readProviderError }

/**
 * aiapi.services: Claude, Gemini and others behind OpenAI's format, with function calling. The relay tries 429, 500 and
 * 503 again, after growing waits with jitter. Throws a `TypeError` for options that cannot work.
 */
export function aiapi(options: AiapiOptions): HttpProvider {
  const { apiKey, keep, name = 'aiapi', baseUrl = 'https://aiapi.services/v1' } = options
  const { summarize = false, streamUsage = false, sendUser = false } = options
  const bearer = createBearer(name, apiKey)
  const address = readBaseUrl(name, baseUrl)
  const summaries = createSummaries({ dialect, baseUrl: address, credentials: bearer })

  const toWire = (turn: Turn): Turn => ({
    ...turn,
    user: sendUser ? turn.user : undefined,
    extra: streamUsage ? turn.extra : { stream_options: undefined, ...turn.extra },
  })

  return {
    kind: 'http',
    name,
    dialect,
    baseUrl: address,
    models: readModels(name, options.models, apiKey),
    credentials: bearer,
    async prepareTurn(turn, context) {
      checkTurn(name, turn, { ...openaiRanges, stops: Infinity, choices: false })
      const { turn: kept, left } = truncateTurn(turn, keep)
      if (!summarize || left.length === 0) return toWire(kept)
      return toWire(await summaries.prepend(kept, left, context))
    },
  }
}
