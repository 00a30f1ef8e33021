import { allMessagesOf, type Chat, type Conversation } from '@parlance/core'
import { hashKey, type QueryClient } from '@tanstack/react-query'
import { conversationKey, type KeptConversation, keptQueries } from './chatHistory.ts'

/**
 * Writes a chat into the query cache at its checkpoints: a turn is accepted, a reply has ended, another branch is
 * shown. Never while text comes. A chat that is still empty takes what the cache holds, now or once it is there.
 *
 * Returns the way to end it. What a reply says after that is not written.
 */
export function keepConversation(client: QueryClient, chat: Chat): () => void {
  client.setQueryDefaults(conversationKey('').slice(0, 2), keptQueries)
  let last = chat.getSnapshot()

  function restore() {
    const { id, messageIds, status } = chat.getSnapshot()
    const kept = client.getQueryData<KeptConversation>(conversationKey(id))
    if (id === '' || messageIds.length > 0 || status !== 'ready' || !kept?.messages.length) return
    chat.setMessages(kept.messages, kept)
  }

  function onChange() {
    const now = chat.getSnapshot()
    const hasEnded = now.status !== last.status && now.status !== 'streaming'
    const isCheckpoint = hasEnded || now.messageIds !== last.messageIds
    last = now
    if (isCheckpoint && now.id !== '') client.setQueryData(conversationKey(now.id), toKept(now))
  }

  restore()
  const endChat = chat.subscribe(onChange)
  const endCache = client.getQueryCache().subscribe(({ type, query }) => {
    if (type === 'updated' && query.queryHash === hashKey(conversationKey(chat.id))) restore()
  })
  return () => {
    endChat()
    endCache()
  }
}

function toKept(conversation: Conversation): KeptConversation {
  return {
    messages: allMessagesOf(conversation),
    headId: conversation.messageIds.at(-1) ?? null,
    serverConversationId: conversation.serverConversationId,
  }
}
