import type { Chat, ChatOptions } from '@parlance/core'

/** Most chats kept though no component uses them: the ones somebody may come back to. */
const maxUnused = 20

/** Chats by id, the one left longest ago first. */
const chats = new Map<string, Chat>()
const userCounts = new WeakMap<Chat, number>()

/**
 * The chat of this id, made if there is none. Safe to call in a render that is thrown away: nothing happens in a chat
 * until a turn is sent.
 */
export function namedChat(
  id: string,
  create: (options: ChatOptions) => Chat,
  options: ChatOptions,
): Chat {
  const known = chats.get(id)
  if (known) return known
  const chat = create(options)
  chats.set(id, chat)
  dropUnused(chat)
  return chat
}

/**
 * Counts one more user of a chat; returns the way to count it off. A chat without users keeps its reply running and its
 * messages, for whoever comes back, until there are too many of them.
 */
export function retainChat(chat: Chat, id: string | undefined): () => void {
  userCounts.set(chat, userCountOf(chat) + 1)
  return () => {
    userCounts.set(chat, userCountOf(chat) - 1)
    if (id === undefined || chats.get(id) !== chat) return
    chats.delete(id)
    chats.set(id, chat)
    dropUnused()
  }
}

export function userCountOf(chat: Chat): number {
  return userCounts.get(chat) ?? 0
}

export function isRunning(chat: Chat): boolean {
  const { status } = chat.getSnapshot()
  return status === 'submitted' || status === 'streaming'
}

function dropUnused(newest?: Chat) {
  const unused = [...chats].filter(
    ([, chat]) => chat !== newest && userCountOf(chat) === 0 && !isRunning(chat),
  )
  for (const [id, chat] of unused.slice(0, Math.max(0, unused.length - maxUnused))) {
    chats.delete(id)
    chat.dispose()
  }
}
