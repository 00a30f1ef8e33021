const maxSessions = 10_000

/** Sessions that providers keep, under our own ids of conversations. A browser never learns or names one. */
export interface Conversations {
  /** The provider's session of a visitor's conversation. */
  sessionOf(key: ConversationKey): string | undefined
  keep(key: ConversationKey, sessionId: string): void
}

/** All three together, so that nobody reaches another visitor's session by naming its conversation. */
export interface ConversationKey {
  readonly visitorId: string
  readonly conversationId: string
  readonly provider: string
}

/** Keeps the 10,000 sessions used last, in this process's memory. */
export function createConversations(): Conversations {
  const sessions = new Map<string, string>()
  const toKey = ({ visitorId, conversationId, provider }: ConversationKey) =>
    `${visitorId} ${conversationId} ${provider}`
  const set = (key: string, sessionId: string) => {
    sessions.delete(key)
    sessions.set(key, sessionId)
    if (sessions.size <= maxSessions) return
    const [oldest] = sessions.keys()
    sessions.delete(oldest!)
  }
  return {
    sessionOf(key) {
      const sessionId = sessions.get(toKey(key))
      if (sessionId !== undefined) set(toKey(key), sessionId)
      return sessionId
    },
    keep: (key, sessionId) => set(toKey(key), sessionId),
  }
}
