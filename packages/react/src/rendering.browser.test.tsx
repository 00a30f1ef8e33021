import { type Chat, createChat, textOf } from '@parlance/core'
import { memo, Profiler, version } from 'react'
import { afterEach, expect, test, vi } from 'vitest'
import { ChatProvider } from './ChatProvider.tsx'
import { exchanges } from './fixtures/exchanges.ts'
import { mount } from './fixtures/mount.ts'
import { createTokenSource } from './fixtures/tokenSource.ts'
import { useMessage } from './useMessage.ts'
import { useMessageIds } from './useMessageIds.ts'

/** Renders of the list, of each row by its id, and commits of all. */
const renders = new Map<string, number>()
const rendersOf = (name: string) => renders.get(name) ?? 0
const countRender = (name: string) => void renders.set(name, rendersOf(name) + 1)

const Row = memo(function Row({ id }: { id: string }) {
  const message = useMessage(id)
  countRender(id)
  return <li data-id={id}>{message && textOf(message)}</li>
})

function Transcript() {
  countRender('list')
  return (
    <ul>
      {useMessageIds().map((id) => (
        <Row key={id} id={id} />
      ))}
    </ul>
  )
}

function drawTranscript(messageCount: number) {
  const source = createTokenSource()
  const chat = createChat({
    token: false,
    fetch: source.fetch,
    initialMessages: exchanges(messageCount),
  })
  const { container, unmount } = mount(
    <Profiler id="all" onRender={() => countRender('commit')}>
      <ChatProvider chat={chat}>
        <Transcript />
      </ChatProvider>
    </Profiler>,
  )
  leave = unmount
  return { chat, source, container }
}

const frame = () => new Promise((resolve) => requestAnimationFrame(resolve))
const word = (index: number) => `word${index} `
const lastText = (chat: Chat) => textOf(chat.getSnapshot().tree.messages.get(lastId(chat))!)
const lastId = (chat: Chat) => chat.getSnapshot().messageIds.at(-1)!

let leave = () => {}
afterEach(() => {
  leave()
  renders.clear()
})

test(`React ${version}: 500 tokens after 200 messages render no finished message, and the list three times at most`, async () => {
  const { chat, source, container } = drawTranscript(200)
  await expect.poll(() => container.querySelectorAll('li')).toHaveLength(200)
  const reply = chat.send('One more?')
  await expect.poll(() => container.querySelectorAll('li')).toHaveLength(202)
  for (let index = 0; index < 500; index += 5) {
    source.push(Array.from({ length: 5 }, (_, offset) => word(index + offset)))
    await frame()
  }
  source.end()
  await reply
  await expect.poll(() => container.textContent).toContain('word499')

  const finished = [...renders].filter(([id]) => id.startsWith('old-'))
  expect(finished).toHaveLength(200)
  expect(finished.filter(([, count]) => count > 1)).toEqual([])
  expect(rendersOf('list')).toBeLessThanOrEqual(3)
  // 100 frames of text, and no more than a commit for each, besides those of the turn itself.
  expect(rendersOf(lastId(chat))).toBeGreaterThan(20)
  expect(rendersOf('commit')).toBeLessThanOrEqual(100 + 6)
})

test(`React ${version}: a reply of 16,000 chunks renders once a frame, at its end as at its beginning`, async () => {
  const { chat, source, container } = drawTranscript(2)
  const reply = chat.send('Say much')
  await expect.poll(() => container.querySelectorAll('li')).toHaveLength(4)
  const perTenth: number[] = []
  for (let index = 0; index < 16_000; index += 100) {
    if (index % 1_600 === 0) perTenth.push(rendersOf(lastId(chat)))
    source.push(Array.from({ length: 100 }, (_, offset) => word(index + offset)))
    await frame()
  }
  source.end()
  await reply
  expect(lastText(chat)).toBe(Array.from({ length: 16_000 }, (_, index) => word(index)).join(''))
  await expect.poll(() => container.textContent).toContain('word15999 ')
  // 160 pieces of the network: as many renders at most, ten to fifteen in each tenth and not more in the last.
  const steps = perTenth.slice(1).map((count, index) => count - perTenth[index]!)
  expect(rendersOf(lastId(chat))).toBeLessThanOrEqual(160 + 4)
  expect(Math.max(...steps)).toBeLessThanOrEqual(17 + 4)
  expect(rendersOf('list')).toBeLessThanOrEqual(3)
})

test(`React ${version}: a hidden page reads at full speed, without a frame and without a timer a token`, async () => {
  const { chat, source, container } = drawTranscript(2)
  const hidden = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden')
  const frames = vi.spyOn(window, 'requestAnimationFrame').mockReturnValue(0)
  const timers = vi.spyOn(window, 'setTimeout')
  const reply = chat.send('Go on without me')
  for (let index = 0; index < 2_000; index++) source.push([word(index)])
  source.end()
  await reply
  const timersOfTheReply = timers.mock.calls.length
  expect(lastText(chat)).toContain('word1999')
  expect(timersOfTheReply).toBeLessThan(40)
  expect(frames).not.toHaveBeenCalled()
  for (const spy of [hidden, frames, timers]) spy.mockRestore()
  await expect.poll(() => container.textContent).toContain('word1999')
})
