import type { Message } from '@parlance/core'
import {
  type ConversationEntry,
  readConversationEntry,
  readMessages,
  toPlainMessage,
} from './conversationRecord.ts'
import type { History } from './createHistory.ts'
import { mergeMessages } from './mergeMessages.ts'

/** What a page had not seen written when it was left. */
export interface LeftPage {
  /** The conversation in front of the visitor; its id is empty before the first message. */
  readonly entry: ConversationEntry
  readonly draft: string
  readonly messages: readonly Message[]
}

/** More is a picture, most likely. The storage has room for ten times as much, and the site may want it. */
const maxChars = 500_000

const toKey = (name: string): string => `parlance:${name}:left`

/**
 * Leaves to the next page of this tab what may not be written, or takes it back. The database alone would not do: a
 * browser drops a write that has not begun when its page is gone, and this storage writes before it returns.
 */
export function leavePage(name: string, left: LeftPage | undefined): void {
  const text = JSON.stringify(left && { ...left, messages: left.messages.map(toPlainMessage) })
  try {
    if (left && text.length < maxChars) sessionStorage.setItem(toKey(name), text)
    else sessionStorage.removeItem(toKey(name))
  } catch {
    // Storage that is refused or full: the database has its chance.
  }
}

/** Writes what the page before has left in this tab, unless it was written after all, or removed elsewhere since. */
export async function takeUpLeftPage(history: History): Promise<void> {
  const left = readLeftPage(history.name)
  const entry = readConversationEntry(left['entry'])
  if (!entry) return
  const { id } = entry
  const messages = readMessages(left['messages'])
  const kept = mergeMessages(new Map(), (await history.read(id))?.messages ?? [])
  const known = mergeMessages(kept, messages)
  // Without its first message, a conversation was removed in another tab.
  if (id === '' || known.has(id)) {
    const later = messages.filter((message) => known.get(message.id) === message)
    if (later.length > 0) await history.write(entry, later)
    await history.writeNote('current', id)
    await history.writeNote(`draft:${id}`, String(left['draft']))
  }
  leavePage(history.name, undefined)
}

function readLeftPage(name: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(sessionStorage.getItem(toKey(name)) ?? '')) as Record<string, unknown>
  } catch {
    return {}
  }
}
