import type { Cost, Turn, Usage } from '@parlance/core'
import type { Price } from './provider.ts'

/** Most tokens any of today's models counts for one picture, rounded up. */
const imageTokens = 4_000
/** What a provider adds around each message. */
const messageTokens = 16

const encoder = new TextEncoder()

/** Tokens of a text, at four bytes a token: about right for prose in any script. */
export function estimateTokens(text: string): number {
  let byteCount = text.length
  // Not by an encoder, whose buffers cost more than all else that is done for a token of a stream.
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code > 0x7f) byteCount += code > 0x7ff && (code < 0xd800 || code > 0xdfff) ? 2 : 1
  }
  return Math.ceil(byteCount / 4)
}

/** Tokens a turn is likely to be counted as, without its answer. */
export function estimateInputTokens(turn: Turn): number {
  return turn.messages.reduce((sum, { content }) => sum + estimateTokens(content), 0)
}

/** More tokens than a turn can be counted as, without its answer: no tokenizer makes two tokens of one byte. */
export function maxInputTokens(turn: Turn): number {
  return turn.messages.reduce(
    (sum, { content, images = [] }) =>
      sum + encoder.encode(content).byteLength + messageTokens + images.length * imageTokens,
    0,
  )
}

/** What tokens cost by a price table, in micros, rounded up. */
export function toMicros(usage: Usage, price: Price): number {
  const { inputTokens = 0, outputTokens = 0, cachedTokens = 0 } = usage
  const cachedPrice = price.cachedInputMicrosPerMillion ?? price.inputMicrosPerMillion
  const micros =
    (inputTokens - cachedTokens) * price.inputMicrosPerMillion +
    cachedTokens * cachedPrice +
    outputTokens * price.outputMicrosPerMillion
  return Math.ceil(micros / 1_000_000)
}

export function toCost(usage: Usage, price: Price | undefined): Cost | undefined {
  return price && { micros: toMicros(usage, price), currency: price.currency, source: 'estimated' }
}
