import type { Message } from '@parlance/core'
import { progress, toPlainMessage } from './conversationRecord.ts'

type Messages = ReadonlyMap<string, Message>

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
  const [ranks, otherRanks] = [one, other].map(toRanks)
  const first = ranks!.findIndex((rank, index) => rank !== otherRanks![index])
  return first >= 0 && ranks![first]! > otherRanks![first]!
}

function toRanks(message: Message): readonly (number | string)[] {
  const text = JSON.stringify(toPlainMessage(message))
  // First its beginning: a reply that is tried again in its place begins anew, later.
  return [message.createdAtMs, progress.indexOf(message.status), text.length, text]
}

/** Oldest first, parents before their children. A message whose parent has not come yet waits, unseen. */
export function toOrdered(messages: Messages): readonly Message[] {
  const sorted = [...messages.values()].sort(
    (one, other) => one.createdAtMs - other.createdAtMs || (one.id < other.id ? -1 : 1),
  )
  const ordered = new Set<Message>()
  for (const message of sorted) {
    // Clocks of two tabs may differ: a child can be dated before its parent, which then comes with it.
    const path = new Set<Message>()
    let next: Message | null | undefined = message
    while (next && !ordered.has(next) && !path.has(next)) {
      path.add(next)
      next = next.parentId === null ? null : messages.get(next.parentId)
    }
    if (next === null || (next && ordered.has(next))) {
      for (const each of [...path].toReversed()) ordered.add(each)
    }
  }
  return [...ordered]
}
