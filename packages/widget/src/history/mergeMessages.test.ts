import type { Message } from '@parlance/core'
import { createSeededRandom } from '@parlance/testing'
import { expect, test } from 'vitest'
import { mergeMessages, toOrdered } from './mergeMessages.ts'

const message = (id: string, parentId: string | null, fields: Partial<Message> = {}): Message => ({
  id,
  parentId,
  role: 'user',
  parts: [{ type: 'text', text: id }],
  status: 'complete',
  createdAtMs: 1,
  ...fields,
})

test('gives the same map when there is nothing new', () => {
  const known = new Map([['a', message('a', null)]])
  expect(mergeMessages(known, [message('a', null)])).toBe(known)
})

test('takes the longer text of a growing reply and its end over both, in any order', () => {
  const text = (words: string) => [{ type: 'text' as const, text: words }]
  const short = message('r', null, { status: 'streaming', parts: text('One') })
  const long = message('r', null, { status: 'streaming', parts: text('One two') })
  const guess = message('r', null, { status: 'truncated', parts: text('One two') })
  const whole = message('r', null, { status: 'complete', parts: text('One two three') })
  const versions = [short, long, guess, whole]
  for (let count = 1; count <= versions.length; count++) {
    const some = versions.slice(0, count)
    for (const order of [some, some.toReversed()]) {
      expect(mergeMessages(new Map(), order).get('r')).toBe(some.at(-1))
    }
  }
})

test('a reply tried again in its place wins over the one before', () => {
  const failed = message('r', null, { status: 'failed', createdAtMs: 1 })
  const again = message('r', null, { status: 'submitted', createdAtMs: 2 })
  expect(mergeMessages(new Map([['r', again]]), [failed]).get('r')).toBe(again)
})

test('puts parents before their children, whatever the clocks say, and leaves orphans out', () => {
  const messages = [
    message('answer', 'question', { createdAtMs: 1 }),
    message('orphan', 'unknown'),
    message('question', null, { createdAtMs: 5 }),
  ]
  const ordered = toOrdered(mergeMessages(new Map(), messages))
  expect(ordered.map(({ id }) => id)).toEqual(['question', 'answer'])
})

test('1,000 random orders, cuts and repeats of what two tabs say end in the same messages', () => {
  const random = createSeededRandom(7)
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!
  for (let round = 0; round < 1_000; round++) {
    const versions: Message[] = []
    const ids: string[] = []
    for (let index = 0; index < 12; index++) {
      const id = `${round % 2}-${index}`
      const parentId = ids.length === 0 || random() < 0.1 ? null : pick(ids)
      ids.push(id)
      const final = message(id, parentId, {
        createdAtMs: Math.floor(random() * 5),
        role: 'assistant',
      })
      versions.push(
        { ...final, status: 'submitted', parts: [] },
        { ...final, status: 'streaming', parts: [{ type: 'text', text: 'x'.repeat(index) }] },
        final,
      )
    }
    const deliver = () => {
      let known: ReadonlyMap<string, Message> = new Map()
      const order = [...versions, pick(versions), pick(versions)]
        .map((version) => ({ version, at: random() }))
        .sort((one, other) => one.at - other.at)
      while (order.length > 0) {
        const some = order.splice(0, 1 + Math.floor(random() * 4))
        known = mergeMessages(
          known,
          some.map(({ version }) => version),
        )
      }
      return toOrdered(known)
    }
    const [one, other] = [deliver(), deliver()]
    expect(one).toEqual(other)
    expect(one.map(({ id }) => id).sort()).toEqual(ids.sort())
    expect(one.every(({ status }) => status === 'complete')).toBe(true)
  }
})
