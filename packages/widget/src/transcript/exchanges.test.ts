import type { Message } from '@parlance/core'
import { expect, test } from 'vitest'
import { type Exchange, toExchanges, toStretches } from './exchanges.ts'

const hourMs = 3_600_000
const noon = new Date(2026, 4, 1, 12).getTime()

function group(...messages: readonly [role: Message['role'], atMs: number][]) {
  const all = messages.map(([role, createdAtMs], index): Message => ({
    id: `m${index}`,
    parentId: null,
    role,
    parts: [],
    status: 'complete',
    createdAtMs,
  }))
  return toExchanges(
    all.map(({ id }) => id),
    (id) => all.find((message) => message.id === id),
  )
}

test('a question and its replies stay together', () => {
  const exchanges = group(['user', noon], ['assistant', noon], ['user', noon], ['assistant', noon])
  expect(exchanges.map(({ messageIds }) => messageIds)).toEqual([
    ['m0', 'm1'],
    ['m2', 'm3'],
  ])
})

test('a reply without a question opens an exchange', () => {
  expect(group(['assistant', noon])).toEqual([{ id: 'm0', messageIds: ['m0'], dayMs: noon }])
})

test('only the first exchange of a day names it', () => {
  const exchanges = group(['user', noon], ['user', noon + hourMs], ['user', noon + 24 * hourMs])
  expect(exchanges.map(({ dayMs }) => dayMs)).toEqual([noon, null, noon + 24 * hourMs])
})

test('a stretch stays as it is while exchanges come after it', () => {
  const exchanges = Array.from({ length: 40 }, (_, index): Exchange => ({
    id: `q${index}`,
    messageIds: [`q${index}`],
    dayMs: null,
  }))
  const before = toStretches(exchanges.slice(0, 33))
  const after = toStretches(exchanges)
  expect(before.flat()).toEqual(exchanges.slice(0, 33))
  expect(after.flat()).toEqual(exchanges)
  expect(after.slice(0, 2)).toEqual(before.slice(0, 2))
  expect(toStretches([])).toEqual([])
})
