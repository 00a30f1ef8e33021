import type { Message } from '@parlance/core'
import { queryOptions, skipToken, type UseQueryOptions } from '@tanstack/react-query'

/** A conversation as it lies in the cache. */
export interface KeptConversation {
  /** Parents before their children; branches that are not shown too. */
  readonly messages: readonly Message[]
  /** Last message of the shown branch; null when there is none. Default: the newest message. */
  readonly headId?: string | null | undefined
  /** The relay's id of the conversation. */
  readonly serverConversationId?: string | null | undefined
}

type ConversationKey = readonly ['parlance', 'conversation', string]

export function conversationKey(id: string): ConversationKey {
  return ['parlance', 'conversation', id]
}

/** A refetch on focus must not put yesterday's text over a reply of now; only `keepConversation` writes. */
export const keptQueries: {
  readonly staleTime: number
  readonly gcTime: number
  readonly structuralSharing: false
} = {
  staleTime: Number.POSITIVE_INFINITY,
  gcTime: Number.POSITIVE_INFINITY,
  // Every message is immutable already: comparing them all again finds nothing.
  structuralSharing: false,
}

/**
 * Query options of a kept conversation. `load` brings it from a server the first time; without it the query waits for
 * `keepConversation`, or for a persister, to fill the cache.
 */
export function chatHistoryOptions(
  id: string,
  load?: () => Promise<KeptConversation>,
): UseQueryOptions<KeptConversation, Error, KeptConversation, ConversationKey> & {
  readonly queryKey: ConversationKey
} {
  return queryOptions({ ...keptQueries, queryKey: conversationKey(id), queryFn: load ?? skipToken })
}
