import type { TurnMessage } from '@parlance/core'
import { type Log, toDetail } from './log.ts'
import type { KeptSession, SessionStore } from './sessionStore.ts'

/** Two weeks without a word: then the visitor's own history begins the session anew. */
const lifetimeMs = 14 * 24 * 60 * 60 * 1000

/** Sessions that providers keep, under our own ids of conversations. A browser never learns or names one. */
export interface Conversations {
  /**
   * The provider's session of a visitor's conversation. Undefined also when the messages do not go on from what the
   * session holds, as after a question was edited: the provider would answer from another history than the visitor sees.
   */
  sessionOf(key: ConversationKey, messages: readonly TurnMessage[]): Promise<string | undefined>
  /** `messages` are those of the turn the session came with. */
  keep(key: ConversationKey, sessionId: string, messages: readonly TurnMessage[]): void
}

/** All three together, so that nobody reaches another visitor's session by naming its conversation. */
export interface ConversationKey {
  readonly visitorId: string
  readonly conversationId: string
  readonly provider: string
}

export function createConversations(store: SessionStore, log: Log): Conversations {
  const toKey = ({ visitorId, conversationId, provider }: ConversationKey) =>
    `${visitorId} ${conversationId} ${provider}`

  /** Without its session a conversation goes on: its whole history is told again. */
  async function asking<Answer>(question: () => Promise<Answer> | Answer) {
    try {
      return await question()
    } catch (cause) {
      log.write({ level: 'error', event: 'session-store-failed', detail: toDetail(cause) })
      return undefined
    }
  }

  return {
    async sessionOf(key, messages) {
      const session = await asking(() => store.get(toKey(key)))
      const isTheirs = session?.question === toMark(questionsOf(messages).at(-2))
      return isTheirs ? session?.id : undefined
    },
    keep(key, sessionId, messages) {
      const session: KeptSession = { id: sessionId, question: toMark(questionsOf(messages).at(-1)) }
      void asking(() => store.set(toKey(key), session, lifetimeMs))
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
