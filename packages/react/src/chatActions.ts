import type { Chat } from '@parlance/core'

/** All that can be done to a chat, safe to pass on by itself. The same object for one chat for ever. */
export type ChatActions = Pick<
  Chat,
  'send' | 'stop' | 'regenerate' | 'edit' | 'retry' | 'selectSibling' | 'clear'
>

const known = new WeakMap<Chat, ChatActions>()

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
