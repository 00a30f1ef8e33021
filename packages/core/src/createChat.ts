import type { ChatOptions } from './chatOptions.ts'
import { type Chat, createChatWith } from './createChatWith.ts'
import { createTurnRunner } from './createTurnRunner.ts'

/**
 * Joins transport, pacer, conversation and store. Makes nothing up and asks for nothing before the first turn, so that a
 * server can render with it. Throws `RangeError` for an option that makes no sense.
 */
export function createChat(options: ChatOptions = {}): Chat {
  return createChatWith(createTurnRunner(), options)
}
