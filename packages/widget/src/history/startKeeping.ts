import type { Chat } from '@parlance/core'
import { createHistory, type History, type HistoryOptions } from './createHistory.ts'
import { type Keeper, keepConversation } from './keepConversation.ts'

/** A history and the keeper that writes a chat's conversations to it. */
export interface Keeping {
  readonly history: History
  readonly keeper: Keeper
}

/** Keeps from now on what a chat says. Where nothing was kept before, it is told of what has been said already. */
export function startKeeping(chat: Chat, options: HistoryOptions): Keeping {
  const history = createHistory(options)
  return { history, keeper: keepConversation(chat, history) }
}
