import type { TurnMessage } from '@parlance/core'

const maxSessions = 10_000

/** Sessions that providers keep, under our own ids of conversations. A browser never learns or names one. */
export interface Conversations {
  /**
   * The provider's session of a visitor's conversation. Undefined also when the messages do not go on from what the
   * session holds, as after a question was edited: the provider would answer from another history than the visitor sees.
   */
  sessionOf(key: ConversationKey, messages: readonly TurnMessage[]): string | undefined
  /** `messages` are those of the turn the session came with. */
  keep(key: ConversationKey, sessionId: string, messages: readonly TurnMessage[]): void
}

/** All three together, so that nobody reaches another visitor's session by naming its conversation. */
export interface ConversationKey {
  readonly visitorId: string
  readonly conversationId: string
  readonly provider: string
}

interface Session {
  readonly id: string
  /** Stands for the newest question it holds. */
  readonly question: string
}

/** Keeps the 10,000 sessions used last, in this process's memory. */
export function createConversations(): Conversations {
  const sessions = new Map<string, Session>()
  const toKey = ({ visitorId, conversationId, provider }: ConversationKey) =>
    `${visitorId} ${conversationId} ${provider}`
  const set = (key: string, session: Session) => {
    sessions.delete(key)
    sessions.set(key, session)
    if (sessions.size <= maxSessions) return
    const [oldest] = sessions.keys()
    sessions.delete(oldest!)
  }
  return {
    sessionOf(key, messages) {
      const session = sessions.get(toKey(key))
      if (!session || session.question !== toMark(questionsOf(messages).at(-2))) return undefined
      set(toKey(key), session)
      return session.id
    },
    keep(key, sessionId, messages) {
      set(toKey(key), { id: sessionId, question: toMark(questionsOf(messages).at(-1)) })
    },
  }
}

function questionsOf(messages: readonly TurnMessage[]): string[] {
  return messages.filter(({ role }) => role === 'user').map(({ content }) => content)
}

/** A text's length and a sum over it: enough to tell two questions of one conversation apart, and not the text. */
function toMark(text = ''): string {
  let sum = 0
  for (let at = 0; at < text.length; at++) sum = (Math.imul(sum, 31) + text.charCodeAt(at)) | 0
  return `${text.length} ${sum}`
}
