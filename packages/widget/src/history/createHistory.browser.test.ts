import { ChatError, type Message } from '@parlance/core'
import { createStore, promisifyRequest } from 'idb-keyval'
import { afterEach, expect, test, vi } from 'vitest'
import type { ConversationEntry } from './conversationRecord.ts'
import { createHistory, type History, type HistoryOptions } from './createHistory.ts'

let count = 0
const opened: History[] = []

function open(options: Partial<HistoryOptions> = {}): History {
  const history = createHistory({ name: `test-${count++}`, ...options })
  opened.push(history)
  return history
}

afterEach(async () => {
  vi.restoreAllMocks()
  for (const history of opened.splice(0)) await history.clear()
})

const message = (id: string, fields: Partial<Message> = {}): Message => ({
  id,
  parentId: null,
  role: 'user',
  parts: [{ type: 'text', text: id }],
  status: 'complete',
  createdAtMs: 1,
  ...fields,
})
const entry = (id: string, updatedAtMs = 1): ConversationEntry => ({
  id,
  title: id,
  createdAtMs: 1,
  updatedAtMs,
  headId: null,
  serverConversationId: null,
})
const write = (history: History, id: string, messages = [message('a')], updatedAtMs = 1) =>
  history.write(entry(id, updatedAtMs), messages)

const openRaw = (name: string, version: number) =>
  promisifyRequest(indexedDB.open(`parlance:${name}`, version))

const quota = () => new DOMException('The disk is full.', 'QuotaExceededError')

test('keeps nothing on the device before it is used', async () => {
  const { name } = open()
  const names = (await indexedDB.databases()).map((database) => database.name)
  expect(names).not.toContain(`parlance:${name}`)
})

test('what one history wrote another reads, errors with their codes', async () => {
  const error = new ChatError('rate_limited', undefined, { retryable: true })
  const history = open()
  await write(history, 'c', [message('a'), message('b', { status: 'failed', error })])
  const again = open({ name: history.name })
  const record = await again.read('c')
  expect(record?.messages.map(({ id }) => id)).toEqual(['a', 'b'])
  expect(record?.messages[1]?.error).toBeInstanceOf(ChatError)
  expect(record?.messages[1]?.error).toMatchObject({ code: 'rate_limited', retryable: true })
})

test('keeps the newest conversations alone', async () => {
  const history = open({ maxConversations: 3 })
  for (let index = 0; index < 6; index++) await write(history, `c${index}`, [message('a')], index)
  expect((await history.list()).map(({ id }) => id)).toEqual(['c5', 'c4', 'c3'])
  expect(await history.read('c0')).toBeNull()
})

test('clear leaves no database', async () => {
  const history = open()
  await write(history, 'c')
  await history.clear()
  const names = (await indexedDB.databases()).map((database) => database.name)
  expect(names).not.toContain(`parlance:${history.name}`)
})

test('a full disk gives up the oldest conversation, and keeps the one in front', async () => {
  const history = open()
  await write(history, 'old', [message('a')], 1)
  await write(history, 'older', [message('a')], 0)
  const put = IDBObjectStore.prototype.put
  let failures = 1
  vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (
    this: IDBObjectStore,
    ...values
  ) {
    if (failures-- > 0) throw quota()
    return put.apply(this, values)
  })
  await write(history, 'new', [message('a')], 2)
  expect((await history.list()).map(({ id }) => id)).toEqual(['new', 'old'])
  expect(history.place).toBe('device')
})

const failures: Readonly<Record<string, (name: string) => Promise<void> | void>> = {
  'refuses to open': () => {
    vi.spyOn(indexedDB, 'open').mockImplementation(() => {
      throw new DOMException('Denied', 'SecurityError')
    })
  },
  'is full however much is given up': () => {
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw quota()
    })
  },
  'was left by a newer version': async (name) => {
    const newer = await openRaw(name, 99)
    newer.close()
  },
  'has lost its stores': async (name) => {
    const broken = await openRaw(name, 1)
    broken.close()
  },
}

for (const [what, fail] of Object.entries(failures)) {
  test(`serves from memory, with one warning, where storage ${what}`, async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    const history = open()
    await fail(history.name)
    await write(history, 'c')
    await history.writeNote('draft:c', 'And')
    expect((await history.read('c'))?.messages).toHaveLength(1)
    expect(await history.readNote('draft:c')).toBe('And')
    expect(history.place).toBe('memory')
    expect(warn).toHaveBeenCalledTimes(1)
    vi.restoreAllMocks()
    await promisifyRequest(indexedDB.deleteDatabase(`parlance:${history.name}`))
  })
}

test('leaves out what it cannot read of a kept conversation', async () => {
  const history = open()
  await write(history, 'c')
  const use = createStore(`parlance:${history.name}`, 'kept')
  await use('readwrite', async (store) => {
    for (const [id, value] of Object.entries({
      none: null,
      text: 'x',
      role: { ...message('role'), role: 'system' },
      parts: { ...message('parts'), parts: [{ type: 'html', html: '<b>' }] },
      status: { ...message('status'), status: '__proto__' },
      newer: { ...message('newer'), parts: [{ type: 'hologram' }] },
    })) {
      store.put(value, ['message', 'c', id])
    }
    store.put({ id: 7 }, ['entry', 'broken'])
    await promisifyRequest(store.transaction)
    store.transaction.db.close()
  })
  expect((await history.read('c'))?.messages.map(({ id }) => id)).toEqual(['a'])
  expect((await history.list()).map(({ id }) => id)).toEqual(['c'])
})
