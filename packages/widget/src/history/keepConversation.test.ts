import { messagesOf, textOf } from '@parlance/core'
import { createFakeChat, createSeededRandom, type FakeChat } from '@parlance/testing'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createHistory, type History } from './createHistory.ts'
import type { createTabs } from './createTabs.ts'
import { type Keeper, keepConversation } from './keepConversation.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** Lets promises run, and the timers of `ms` milliseconds. */
const pass = (ms = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(ms)

const memory = (): History => createHistory({ name: 'test', place: 'memory' })
const textsOf = (chat: FakeChat): string[] => messagesOf(chat.getSnapshot()).map(textOf)

test('brings back question, answer and draft to a new chat', async () => {
  const history = memory()
  const first = createFakeChat()
  const keeper = keepConversation(first, history)
  void first.send('A question')
  first.write('An answer')
  first.finish()
  keeper.setDraft('And')
  keeper.dispose()
  await pass()
  const second = createFakeChat()
  const again = keepConversation(second, history)
  await again.restored
  expect(textsOf(second)).toEqual(['A question', 'An answer'])
  expect(again.draft).toBe('And')
})

test('beside the pages of a server it joins no tabs and asks for no storage', async () => {
  const warn = vi.spyOn(console, 'warn')
  const history = createHistory({ name: 'test', place: 'device' })
  expect(history.place).toBe('memory')
  const keeper = keepConversation(createFakeChat(), history)
  await keeper.restored
  keeper.dispose()
  expect(warn).not.toHaveBeenCalled()
})

test('a reply that grew when its page was left comes back as truncated', async () => {
  const history = memory()
  const first = createFakeChat()
  const keeper = keepConversation(first, history)
  void first.send('A question')
  first.write('The beginning')
  keeper.dispose()
  await pass()
  const second = createFakeChat()
  await keepConversation(second, history).restored
  expect(messagesOf(second.getSnapshot()).at(-1)).toMatchObject({ status: 'truncated' })
  expect(textsOf(second).at(-1)).toBe('The beginning')
})

test('writes once a second while a reply grows', async () => {
  const history = memory()
  const write = vi.spyOn(history, 'write')
  const chat = createFakeChat()
  keepConversation(chat, history)
  void chat.send('A question')
  chat.write('0')
  const before = write.mock.calls.length
  for (let index = 0; index < 300; index++) {
    chat.write('word ')
    await pass(10)
  }
  expect(write.mock.calls.length - before).toBeLessThanOrEqual(3)
})

test('a new conversation leaves the one before in the list, to be resumed', async () => {
  const history = memory()
  const chat = createFakeChat({ replies: ['One', 'Two'] })
  const keeper = keepConversation(chat, history)
  await chat.send('First')
  chat.clear()
  await pass(1)
  await chat.send('Second')
  await pass(1)
  const [newest, oldest] = await keeper.list()
  expect([newest?.title, oldest?.title]).toEqual(['Second', 'First'])
  await keeper.resume(oldest!.id)
  expect(textsOf(chat)).toEqual(['First', 'One'])
  await keeper.rename(oldest!.id, 'Renamed')
  expect((await keeper.list()).map(({ title }) => title)).toContain('Renamed')
  await keeper.remove(oldest!.id)
  expect(textsOf(chat)).toEqual([])
  expect((await keeper.list()).map(({ title }) => title)).toEqual(['Second'])
})

test('the shown sibling is the one that comes back', async () => {
  const history = memory()
  const chat = createFakeChat({ replies: ['One', 'Two'] })
  const keeper = keepConversation(chat, history)
  await chat.send('A question')
  await chat.regenerate()
  chat.selectSibling(chat.getSnapshot().messageIds.at(-1)!, 0)
  keeper.dispose()
  await pass()
  const again = createFakeChat()
  await keepConversation(again, history).restored
  expect(textsOf(again)).toEqual(['A question', 'One'])
  expect(again.getSnapshot().tree.messages.size).toBe(3)
})

/** Two tabs whose news come late, in order, and whose leases are honoured. */
function createBrowser() {
  const queues: { readonly to: (message: unknown) => void; readonly waiting: unknown[] }[] = []
  const leases = new Map<string, (() => void)[]>()
  const held = new Set<string>()
  const makeTabs: typeof createTabs = (_, onMessage) => {
    const own = { to: onMessage, waiting: [] as unknown[] }
    queues.push(own)
    return {
      post: (message) => {
        for (const queue of queues) if (queue !== own) queue.waiting.push(structuredClone(message))
      },
      lease: (name) =>
        new Promise((resolve) => {
          const take = () => {
            held.add(name)
            resolve(() => {
              held.delete(name)
              leases.get(name)?.shift()?.()
            })
          }
          if (held.has(name)) leases.set(name, [...(leases.get(name) ?? []), take])
          else take()
        }),
      isLeased: async (name) => held.has(name),
      close: () => undefined,
    }
  }
  const deliver = (index: number) => {
    const queue = queues[index]!
    const message = queue.waiting.shift()
    if (message !== undefined) queue.to(message)
  }
  /** Every lease is given back, as when the tabs that hold them die. */
  const crash = () => {
    held.clear()
    for (const waiting of leases.values()) for (const take of waiting.splice(0)) take()
  }
  const isQuiet = () => queues.every(({ waiting }) => waiting.length === 0)
  return { makeTabs, deliver, crash, isQuiet }
}

test('a reply of another tab is shown as growing, can be stopped from here, and is cut off when that tab dies', async () => {
  const browser = createBrowser()
  const history: History = { ...memory(), place: 'device', name: 'mirror' }
  const chats = [createFakeChat({ id: 'a', idPrefix: 'a-' }), createFakeChat({ id: 'b' })]
  const options = { createTabs: browser.makeTabs }
  const keepers = [keepConversation(chats[0]!, history, options)]
  const [own, other] = chats as [FakeChat, FakeChat]
  const statusIn = (chat: FakeChat) => messagesOf(chat.getSnapshot()).at(-1)?.status
  void own.send('first')
  own.finish()
  await pass()
  keepers.push(keepConversation(other, history, options))
  await keepers[1]!.restored

  void own.send('second')
  await keepers[0]!.beginTurn()
  own.write('grows')
  await pass(1_000)
  while (!browser.isQuiet()) browser.deliver(1)
  expect(statusIn(other)).toBe('streaming')
  expect(other.getSnapshot().status).toBe('ready')
  keepers[1]!.stopElsewhere()
  browser.deliver(0)
  expect(statusIn(own)).toBe('stopped')
  while (!browser.isQuiet()) browser.deliver(1)
  expect(statusIn(other)).toBe('stopped')

  void own.send('third')
  await keepers[0]!.beginTurn()
  own.write('dies')
  await pass(1_000)
  while (!browser.isQuiet()) browser.deliver(1)
  expect(statusIn(other)).toBe('streaming')
  browser.crash()
  await pass(5_000)
  expect(statusIn(other)).toBe('truncated')
  for (const keeper of keepers) keeper.dispose()
})

test('1,000 random interleavings of two tabs lose and double no message', async () => {
  const random = createSeededRandom(11)
  for (let round = 0; round < 1_000; round++) {
    const browser = createBrowser()
    // The device, as both tabs see it: one memory under a name of its own.
    const shared = memory()
    const history: History = { ...shared, place: 'device', name: `round ${round}` }
    const chats: FakeChat[] = []
    const keepers: Keeper[] = []
    const open = async (index: number) => {
      const chat = createFakeChat({ id: `tab${index}`, idPrefix: `tab${index}-` })
      chats.push(chat)
      keepers.push(keepConversation(chat, history, { createTabs: browser.makeTabs }))
      await keepers[index]!.restored
    }
    await open(0)
    void chats[0]!.send('start')
    chats[0]!.finish()
    await pass()
    await open(1)
    const asked = ['start']
    const running = () => chats.findIndex((chat) => chat.getSnapshot().status !== 'ready')
    for (let step = 0; step < 24; step++) {
      const index = random() < 0.5 ? 0 : 1
      const chat = chats[index]!
      const kind = random()
      if (kind < 0.25 && running() === -1) {
        const text = `q${round}.${step}`
        asked.push(text)
        void chat.send(text)
        chat.write('a')
      } else if (kind < 0.45) {
        if (chat.getSnapshot().status === 'streaming') chat.write('b')
      } else if (kind < 0.6) {
        chat.finish()
      } else {
        browser.deliver(index)
      }
      if (random() < 0.2) await pass(random() < 0.3 ? 1_000 : 0)
    }
    for (const chat of chats) chat.finish()
    await pass(1_000)
    while (!browser.isQuiet()) {
      browser.deliver(0)
      browser.deliver(1)
      await pass(0)
    }
    await pass(5_000)
    const contents = chats.map((chat) =>
      [...chat.getSnapshot().tree.messages.values()]
        .map((message) => `${message.id}:${message.status}:${textOf(message)}`)
        .sort(),
    )
    expect(contents[0]).toEqual(contents[1])
    const questions = [...chats[0]!.getSnapshot().tree.messages.values()]
      .filter(({ role }) => role === 'user')
      .map(textOf)
    expect(questions.sort()).toEqual(asked.sort())
    const record = await shared.read(keepers[0]!.currentId)
    expect(record?.messages.length).toBe(contents[0]!.length)
    for (const keeper of keepers) keeper.dispose()
  }
}, 120_000)
