import type { Message, MessageStatus } from '@parlance/core'
import { toPlainMessage } from './conversationRecord.ts'

type Messages = ReadonlyMap<string, Message>

/** How far a message has come. A whole reply beats the guess of another tab that it was cut off. */
const progress: Readonly<Record<MessageStatus, number>> = {
  submitted: 0,
  streaming: 1,
  truncated: 2,
  stopped: 3,
  failed: 4,
  complete: 5,
}

/**
 * Joins what several tabs know of one conversation. The order and number of merges do not matter: of two versions of
 * a message the same one always wins, and none is lost. The same map when there was nothing new.
 */
export function mergeMessages(known: Messages, others: Iterable<Message>): Messages {
  let merged: Map<string, Message> | undefined
  for (const other of others) {
    const own = (merged ?? known).get(other.id)
    if (own && !isLater(other, own)) continue
    merged ??= new Map(known)
    merged.set(other.id, other)
  }
  return merged ?? known
}

/** A total order of versions, so that all tabs choose alike. */
function isLater(one: Message, other: Message): boolean {
  if (one === other) return false
  // A reply that is tried again in its place begins anew, later.
  if (one.createdAtMs !== other.createdAtMs) return one.createdAtMs > other.createdAtMs
  const ahead = progress[one.status] - progress[other.status]
  if (ahead !== 0) return ahead > 0
  const [text, otherText] = [one, other].map((version) => JSON.stringify(toPlainMessage(version)))
  if (text!.length !== otherText!.length) return text!.length > otherText!.length
  return text! > otherText!
}

/** Oldest first, parents before their children. A message whose parent has not come yet waits, unseen. */
export function toOrdered(messages: Messages): readonly Message[] {
  const sorted = [...messages.values()].sort(
    (one, other) => one.createdAtMs - other.createdAtMs || (one.id < other.id ? -1 : 1),
  )
  const ordered: Message[] = []
  const placed = new Set<string>()
  const waiting = new Map<string, Message[]>()
  for (const message of sorted) {
    const { parentId } = message
    if (parentId !== null && !placed.has(parentId)) {
      waiting.set(parentId, [...(waiting.get(parentId) ?? []), message])
      continue
    }
    // Clocks of two tabs may differ: a child can be dated before its parent.
    const next = [message]
    for (let one = next.shift(); one; one = next.shift()) {
      ordered.push(one)
      placed.add(one.id)
      next.push(...(waiting.get(one.id) ?? []))
    }
  }
  return ordered
}
