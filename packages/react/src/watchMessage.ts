import type { Chat, Conversation } from '@parlance/core'

/** One subscription to a chat for all its rows, and who looks at which message. */
interface Watch {
  readonly watchers: Map<string, Set<() => void>>
  last: Conversation
  readonly leave: () => void
}

const watches = new WeakMap<Chat, Watch>()

/**
 * Calls back when this message may have changed. While a reply grows only those who look at it are called, so that a
 * frame costs the same beside 5 rows and beside 5,000. Returns the way to stop.
 */
export function watchMessage(chat: Chat, listener: () => void, id: string): () => void {
  const watch = watches.get(chat) ?? startWatch(chat)
  const { watchers } = watch
  const listeners = watchers.get(id) ?? new Set()
  watchers.set(id, listeners.add(listener))
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0 && watchers.get(id) === listeners) watchers.delete(id)
    if (watchers.size > 0 || watches.get(chat) !== watch) return
    watches.delete(chat)
    watch.leave()
  }
}

function startWatch(chat: Chat): Watch {
  const watchers: Watch['watchers'] = new Map()
  const watch = { watchers, last: chat.getSnapshot(), leave: chat.subscribe(onChange) }
  watches.set(chat, watch)
  return watch

  function onChange() {
    const before = watch.last.tree
    const { tree } = (watch.last = chat.getSnapshot())
    const isGrowthAlone = before.messages === tree.messages && before.branches === tree.branches
    const ids = isGrowthAlone ? [...before.live.keys(), ...tree.live.keys()] : watchers.keys()
    for (const id of new Set(ids)) {
      for (const listener of [...(watchers.get(id) ?? [])]) listener()
    }
  }
}
