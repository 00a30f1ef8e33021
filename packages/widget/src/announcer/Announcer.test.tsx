import { answers, createFakeChat, type FakeChat, toChatEvents } from '@parlance/testing'
import { act, render } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { PartFrame } from '../fixtures/PartFrame.tsx'
import { createReplyReader } from './createReplyReader.ts'
import { maxPieceChars, pieceEveryMs } from './createSpeaker.ts'

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

/** Everything a live region said, with the time of each line, in milliseconds since the test began. */
function listenTo(container: HTMLElement, name: string): { text: string; atMs: number }[] {
  const region = container.querySelector(`[data-announcer="${name}"]`)!
  const said: { text: string; atMs: number }[] = []
  const startMs = Date.now()
  new MutationObserver((records) => {
    for (const { addedNodes } of records)
      for (const node of addedNodes)
        said.push({ text: node.textContent ?? '', atMs: Date.now() - startMs })
  }).observe(region, { childList: true })
  return said
}

/** In steps, because React draws once at the end of each `act`. */
async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 500)
    await act(() => vi.advanceTimersByTimeAsync(Math.min(left, 500)))
}

function renderChat(chat: FakeChat): HTMLElement {
  return render(<PartFrame chat={chat}>.</PartFrame>).container
}

describe.each(Object.entries(answers))('the answer %s', (_, answer) => {
  test('is said whole, in order, no piece twice, at most one a second', async () => {
    const chat = createFakeChat()
    const said = listenTo(renderChat(chat), 'answer')
    act(() => void chat.send('Hello'))
    for (const event of toChatEvents(answer)) {
      act(() => chat.emit(event))
      await pass(30)
    }
    await pass(120_000)
    const reader = createReplyReader('A block of code.')
    expect(said.map(({ text }) => text).join('')).toBe(reader.read(answer.text ?? '', true))
    expect(said.every(({ text }) => text.length <= maxPieceChars)).toBe(true)
    const gaps = said.slice(1).map(({ atMs }, index) => atMs - said[index]!.atMs)
    expect(gaps.filter((gap) => gap < pieceEveryMs)).toEqual([])
  })
})

test('what was sent, that a reply comes, and its end are said apart from it', async () => {
  const chat = createFakeChat()
  const said = listenTo(renderChat(chat), 'status')
  act(() => void chat.send('Hello'))
  act(() => chat.write('Hi.'))
  act(() => chat.finish())
  await pass(20_000)
  expect(said.map(({ text }) => text)).toEqual([
    'Message sent.',
    'The assistant is replying.',
    'Answer complete.',
  ])
})

test('a failure is an alert, and its answer is not called complete', async () => {
  const chat = createFakeChat()
  const container = renderChat(chat)
  const alerts = listenTo(container, 'alert')
  const status = listenTo(container, 'status')
  act(() => void chat.send('Hello'))
  act(() => chat.fail('network'))
  await pass(20_000)
  expect(alerts.map(({ text }) => text)).toEqual([
    'The connection failed. Check your network and try again.',
  ])
  expect(status.map(({ text }) => text)).not.toContain('Answer complete.')
})

test('stopping silences what was still to be said', async () => {
  const chat = createFakeChat()
  const container = renderChat(chat)
  const answer = listenTo(container, 'answer')
  act(() => void chat.send('Hello'))
  act(() => chat.write('A sentence of the answer.\n\n'.repeat(60)))
  await pass(1500)
  act(() => chat.stop())
  const count = answer.length
  await pass(20_000)
  expect(answer).toHaveLength(count)
})

test('a line leaves the page, so that it is not found twice when browsing', async () => {
  const chat = createFakeChat({ replies: ['Hello there.'] })
  const container = renderChat(chat)
  await act(() => chat.send('Hello'))
  await pass(60_000)
  expect(container.querySelectorAll('[data-announcer] > *')).toHaveLength(0)
})

test('says nothing of a conversation that was there before', async () => {
  const chat = createFakeChat({ history: [{ question: 'Q', reply: 'A.' }] })
  const container = renderChat(chat)
  await pass(5000)
  expect(container.querySelectorAll('[data-announcer] > *')).toHaveLength(0)
})

test('leaves no timer behind', async () => {
  const chat = createFakeChat()
  const { unmount } = render(<PartFrame chat={chat}>.</PartFrame>)
  act(() => void chat.send('Hello'))
  act(() => chat.write('One.\n\nTwo.\n\n'.repeat(100)))
  await pass(3000)
  unmount()
  expect(vi.getTimerCount()).toBe(0)
})
