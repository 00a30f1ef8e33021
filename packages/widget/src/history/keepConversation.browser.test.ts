import { createFakeChat } from '@parlance/testing'
import { afterEach, expect, test } from 'vitest'
import { createHistory, type History } from './createHistory.ts'
import { keepConversation } from './keepConversation.ts'

let count = 0
const opened: History[] = []

afterEach(async () => {
  for (const history of opened.splice(0)) await history.clear()
  sessionStorage.clear()
})

/** The database of a page that is being left: from then on what it is told to write is dropped. */
function historyThatIsLeft(name: string): {
  readonly history: History
  readonly leave: () => void
} {
  const history = createHistory({ name })
  opened.push(history)
  let isLeft = false
  const drop = async () => undefined
  return {
    history: {
      ...history,
      place: 'device',
      write: (...args) => (isLeft ? drop() : history.write(...args)),
      writeNote: (...args) => (isLeft ? drop() : history.writeNote(...args)),
    },
    leave: () => {
      isLeft = true
      window.dispatchEvent(new PageTransitionEvent('pagehide'))
    },
  }
}

test('a draft that the database drops as the page is left is back in the next page', async () => {
  const name = `left-${count++}`
  const { history, leave } = historyThatIsLeft(name)
  const first = keepConversation(createFakeChat(), history)
  await first.restored
  first.setDraft('Where is my order')
  leave()
  const next = keepConversation(createFakeChat(), createHistory({ name }))
  await next.restored
  expect(next.draft).toBe('Where is my order')
  first.dispose()
  next.dispose()
})

test('it is left to its conversation alone, and gone once something else was written', async () => {
  const name = `left-${count++}`
  const { history, leave } = historyThatIsLeft(name)
  const first = keepConversation(createFakeChat(), history)
  await first.restored
  first.setDraft('Where is')
  leave()
  first.dispose()
  const chat = createFakeChat({ replies: ['In the post.'] })
  const next = keepConversation(chat, createHistory({ name }))
  await next.restored
  await chat.send('Where is it?')
  next.setDraft('')
  next.dispose()
  expect(sessionStorage).toHaveLength(0)
})

test('nothing is left where nothing was typed, nor after everything was forgotten', async () => {
  const name = `left-${count++}`
  const keeper = keepConversation(createFakeChat(), createHistory({ name }))
  await keeper.restored
  window.dispatchEvent(new PageTransitionEvent('pagehide'))
  expect(sessionStorage).toHaveLength(0)
  keeper.setDraft('Secret')
  window.dispatchEvent(new PageTransitionEvent('pagehide'))
  expect(sessionStorage).toHaveLength(1)
  await keeper.forget()
  expect(sessionStorage).toHaveLength(0)
  keeper.dispose()
})
