'use client'

import { createChat } from '@parlance/core'
import {
  type ChatStream,
  type UseChatStreamOptions,
  useChatStreamWith,
} from './useChatStreamWith.ts'

/**
 * A chat in one hook. Inside a `ChatProvider` and without options it is the provider's.
 *
 * Options are read when a turn is sent and may be new in each render; `initialMessages` counts once.
 */
export function useChatStream(options?: UseChatStreamOptions): ChatStream {
  return useChatStreamWith(createChat, options)
}
