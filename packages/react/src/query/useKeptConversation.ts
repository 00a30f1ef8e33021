'use client'

import type { Chat } from '@parlance/core'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { keepConversation } from './keepConversation.ts'

/** Keeps a chat in the query cache while this component is mounted, and restores it from there. Never renders. */
export function useKeptConversation(chat: Chat): void {
  const client = useQueryClient()
  useEffect(() => keepConversation(client, chat), [client, chat])
}
