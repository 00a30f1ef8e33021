import type { Chat } from '@parlance/core'

/** What can be done to a chat. Each may be passed on by itself. */
export type ChatActions = Pick<
  Chat,
  'send' | 'stop' | 'regenerate' | 'edit' | 'retry' | 'selectSibling' | 'clear'
>

const known = new WeakMap<Chat, ChatActions>()

/** The same object for the same chat, for ever. */
export function actionsOf(chat: Chat): ChatActions {
  let actions = known.get(chat)
  if (!actions) {
    actions = {
      send: (input) => chat.send(input),
      stop: () => chat.stop(),
      regenerate: (messageId) => chat.regenerate(messageId),
      edit: (messageId, input) => chat.edit(messageId, input),
      retry: (messageId) => chat.retry(messageId),
      selectSibling: (messageId, index) => chat.selectSibling(messageId, index),
      clear: () => chat.clear(),
    }
    known.set(chat, actions)
  }
  return actions
}
