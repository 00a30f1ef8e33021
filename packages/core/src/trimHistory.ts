import type { TurnMessage } from './dialects/dialect.ts'

/**
 * The newest messages that fit in `maxBytes` of JSON, beginning with a question; the last one is always there. A relay
 * refuses a body that is too large, and a long conversation must not end at that. Older pictures go before older words.
 */
export function trimHistory(messages: readonly TurnMessage[], maxBytes: number): TurnMessage[] {
  const encoder = new TextEncoder()
  const bytesOf = (message: TurnMessage) => encoder.encode(JSON.stringify(message)).byteLength
  const kept: TurnMessage[] = []
  let left = maxBytes
  for (const message of messages.toReversed()) {
    const { images: _, ...words } = message
    const fitting = [message, words].find((candidate) => bytesOf(candidate) <= left)
    if (!fitting && kept.length > 0) break
    kept.unshift(fitting ?? message)
    left -= bytesOf(fitting ?? message)
  }
  const first = kept.findIndex(({ role }) => role === 'user')
  return first < 0 ? kept : kept.slice(first)
}
