import type { Cost, Usage } from '../events.ts'
import { type JsonObject, readNumber, readObject, readText } from '../readField.ts'

/** Token counts of an OpenAI `usage` object, and of those that imitate it; undefined when it has none. */
export function readUsage(value: unknown): Usage | undefined {
  const usage = readObject(value)
  if (!usage) return undefined
  const counts = {
    inputTokens: readNumber(usage.prompt_tokens),
    outputTokens: readNumber(usage.completion_tokens),
    totalTokens: readNumber(usage.total_tokens),
    cachedTokens:
      readNumber(readObject(usage.prompt_tokens_details)?.cached_tokens) ??
      readNumber(usage.prompt_cache_hit_tokens) ??
      readNumber(usage.cached_tokens),
    reasoningTokens:
      readNumber(readObject(usage.completion_tokens_details)?.reasoning_tokens) ??
      readNumber(usage.reasoning_tokens),
  }
  return Object.values(counts).some((count) => count !== undefined) ? counts : undefined
}

/**
 * The price a chunk or an answer names, inside `usage` or beside it; undefined when it names none. US dollars, unless
 * a `currency` says otherwise.
 */
export function readCost(chunk: JsonObject): Cost | undefined {
  const usage = readObject(chunk.usage) ?? {}
  const ticks = readNumber(usage.cost_in_usd_ticks)
  const amount =
    readNumber(usage.cost) ??
    readNumber(readObject(usage.cost)?.total_cost) ??
    // https://docs.x.ai/developers/cost-tracking: ten thousand million to the dollar.
    (ticks === undefined ? undefined : ticks / 1e10) ??
    readNumber(chunk.cost) ??
    readNumber(readObject(chunk.cost)?.usd)
  if (amount === undefined) return undefined
  return {
    micros: Math.round(amount * 1e6),
    currency: readText(usage.currency) ?? 'USD',
    source: usage.cost_source === 'estimated' ? 'estimated' : 'reported',
  }
}
