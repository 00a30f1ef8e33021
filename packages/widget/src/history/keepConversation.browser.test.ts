import { messagesOf, textOf } from '@parlance/core'
import { createFakeChat } from '@parlance/testing'
import { afterEach, expect, test } from 'vitest'
import { createHistory, type History } from './createHistory.ts'
import { type Keeper, keepConversation } from './keepConversation.ts'

let count = 0
const opened: History[] = []
const keepers: Keeper[] = []

const keep = (...args: Parameters<typeof keepConversation>): Keeper => {
  const keeper = keepConversation(...args)
  keepers.push(keeper)
  return keeper
}

afterEach(async () => {
  for (const keeper of keepers.splice(0)) keeper.dispose()
  for (const history of opened.splice(0)) await history.clear()
  sessionStorage.clear()
})

/** The database of a page that is being left: from then on what it is told to write is dropped, without a word. */
function historyThatIsLeft(name: string): {
  readonly history: History
  readonly leave: () => void
} {
  const history = createHistory({ name })
  opened.push(history)
  let isLeft = false
  const drop = () => new Promise<void>(() => {})
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
  const first = keep(createFakeChat(), history)
  await first.restored
  first.setDraft('Where is my order')
  leave()
  const next = keep(createFakeChat(), createHistory({ name }))
  await next.restored
  expect(next.draft).toBe('Where is my order')
})

test('it is left to its conversation alone, and gone once something else was written', async () => {
  const name = `left-${count++}`
  const { history, leave } = historyThatIsLeft(name)
  const first = keep(createFakeChat(), history)
  await first.restored
  first.setDraft('Where is')
  leave()
  first.dispose()
  const chat = createFakeChat({ replies: ['In the post.'] })
  const next = keep(chat, createHistory({ name }))
  await next.restored
  await chat.send('Where is it?')
  next.setDraft('')
  next.dispose()
  expect(sessionStorage).toHaveLength(0)
})

test('nothing is left where nothing was typed, nor after everything was forgotten', async () => {
  const name = `left-${count++}`
  const keeper = keep(createFakeChat(), createHistory({ name }))
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

/** A page that was left in the middle of an answer, of which the database has the beginning. */
async function leaveWhileAnswering(name: string, tail = ' And the tail.') {
  const { history, leave } = historyThatIsLeft(name)
  const chat = createFakeChat({ idPrefix: `${name}-` })
  const keeper = keep(chat, history)
  await keeper.restored
  void chat.send('A question')
  chat.write('The beginning.')
  await expect.poll(async () => (await history.read(keeper.currentId))?.messages.length).toBe(2)
  chat.write(tail)
  keeper.setDraft('A draft')
  leave()
  return { history, keeper }
}

async function comeBack(name: string) {
  const chat = createFakeChat()
  const keeper = keep(chat, createHistory({ name }))
  await keeper.restored
  const messages = messagesOf(chat.getSnapshot())
  return { keeper, texts: messages.map(textOf), status: messages.at(-1)?.status }
}

test('the tail of an answer that the database drops as the page is left is back in the next page', async () => {
  const name = `left-${count++}`
  await leaveWhileAnswering(name)
  const next = await comeBack(name)
  expect(next.texts).toEqual(['A question', 'The beginning. And the tail.'])
  expect(next.status).toBe('truncated')
  expect(next.keeper.draft).toBe('A draft')
  expect(sessionStorage).toHaveLength(0)
  next.keeper.dispose()
  // Now the database has it, for every other tab.
  expect((await comeBack(name)).texts).toEqual(['A question', 'The beginning. And the tail.'])
})

test('a question of which the database has nothing is back as well', async () => {
  const name = `left-${count++}`
  const { history, leave } = historyThatIsLeft(name)
  const chat = createFakeChat()
  await keep(chat, history).restored
  leave()
  void chat.send('A question')
  chat.write('Some words')
  window.dispatchEvent(new PageTransitionEvent('pagehide'))
  expect((await comeBack(name)).texts).toEqual(['A question', 'Some words'])
})

test('a conversation that another tab has removed since does not come back', async () => {
  const name = `left-${count++}`
  const { history, keeper } = await leaveWhileAnswering(name)
  await history.remove(keeper.currentId)
  const next = await comeBack(name)
  expect(next.texts).toEqual([])
  expect(next.keeper.draft).toBe('')
  expect(await next.keeper.list()).toEqual([])
  expect(sessionStorage).toHaveLength(0)
})

test('what the database has later is not overwritten by what was left', async () => {
  const name = `left-${count++}`
  const { history, keeper } = await leaveWhileAnswering(name)
  const record = (await history.read(keeper.currentId))!
  const whole = { ...record.messages[1]!, status: 'complete' as const }
  await createHistory({ name }).write(record, [whole])
  expect(await comeBack(name)).toMatchObject({
    texts: ['A question', 'The beginning.'],
    status: 'complete',
  })
})

test('a page that lives on takes back what it left, as soon as the database has it', async () => {
  const chat = createFakeChat()
  const history = createHistory({ name: `left-${count++}` })
  opened.push(history)
  const keeper = keep(chat, history)
  await keeper.restored
  void chat.send('A question')
  chat.write('Some words')
  document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
  expect(sessionStorage).toHaveLength(1)
  await expect.poll(() => sessionStorage.length).toBe(0)
  keeper.dispose()
})

test('more than the storage of a tab should hold is left to the database', async () => {
  await leaveWhileAnswering(`left-${count++}`, 'x'.repeat(600_000))
  expect(sessionStorage).toHaveLength(0)
})

test('nothing is left where nothing may be stored', async () => {
  const chat = createFakeChat()
  const history = createHistory({ name: `left-${count++}`, place: 'memory' })
  const keeper = keep(chat, history)
  await keeper.restored
  void chat.send('A question')
  chat.write('Some words')
  keeper.setDraft('A draft')
  window.dispatchEvent(new PageTransitionEvent('pagehide'))
  expect(sessionStorage).toHaveLength(0)
  keeper.dispose()
})
