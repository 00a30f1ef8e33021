import type { TurnMessage } from './dialects/dialect.ts'

/**
 * The last message, and as many before it as fit in `maxBytes` of JSON, beginning with a question. A relay
 * refuses a body that is too large, and a long conversation must not end at that. Older pictures go before older words.
 */
export function trimHistory(messages: readonly TurnMessage[], maxBytes: number): TurnMessage[] {
  const encoder = new TextEncoder()
  const bytesOf = (message: TurnMessage) => encoder.encode(JSON.stringify(message)).byteLength
  const kept = messages.slice(-1)
  let left = maxBytes
  for (const message of messages.slice(0, -1).toReversed()) {
    const { images: _, ...words } = message
    const fitting = [message, words].find((candidate) => bytesOf(candidate) <= left)
    if (!fitting) break
    kept.unshift(fitting)
    left -= bytesOf(fitting)
  }
  const first = kept.findIndex(({ role }) => role === 'user')
  return first < 0 ? kept : kept.slice(first)
}
