import { type Chat, createChat, messageOf, textOf } from '@parlance/core'
import { startTransition, useEffect, useState, useSyncExternalStore, version } from 'react'
import { expect, test } from 'vitest'
import { ChatProvider } from './ChatProvider.tsx'
import { mount } from './fixtures/mount.ts'
import { createTokenSource } from './fixtures/tokenSource.ts'
import { useChat } from './useChat.ts'
import { useConversation } from './useConversation.ts'

const lineCount = 200
const lineMs = 2

function work() {
  const until = performance.now() + lineMs
  while (performance.now() < until);
}

/** Text of the last message, by our binding. */
function useOurs() {
  return useConversation(lastText)
}

/** The same by the binding everybody else takes. */
function useExternalStore() {
  const chat = useChat()
  return useSyncExternalStore(chat.subscribe, () => lastText(chat.getSnapshot()))
}

function lastText(conversation: ReturnType<Chat['getSnapshot']>): string {
  const message = messageOf(conversation, conversation.messageIds.at(-1) ?? '')
  return message ? textOf(message) : ''
}

/** Navigates to a page of 400 ms under `startTransition` while a reply streams, and counts what it took. */
async function navigateWhileStreaming(useText: () => string) {
  const source = createTokenSource()
  const chat = createChat({ token: false, fetch: source.fetch })
  const renderedLines: number[] = []
  let changes = 0
  const links: (() => void)[] = []

  function Line({ index }: { index: number }) {
    renderedLines.push(index)
    work()
    return <li>{index}</li>
  }
  function Page() {
    return Array.from({ length: lineCount }, (_, index) => <Line key={index} index={index} />)
  }
  function Reply() {
    return <output>{useText()}</output>
  }
  function Site() {
    const [page, setPage] = useState<'home' | 'heavy'>('home')
    useEffect(() => void links.push(() => startTransition(() => setPage('heavy'))), [])
    return (
      <>
        <Reply />
        <ul>{page === 'heavy' && <Page />}</ul>
      </>
    )
  }

  const { container, unmount } = mount(
    <ChatProvider chat={chat}>
      <Site />
    </ChatProvider>,
  )
  await expect.poll(() => container.querySelector('output')).not.toBeNull()
  void chat.send('Talk')
  let token = 0
  const timer = setInterval(() => source.push([`word${token++} `]), 5)
  await expect.poll(() => container.textContent).toContain('word5 ')
  const unsubscribe = chat.subscribe(() => void (changes += 1))
  links[0]!()
  await expect.poll(() => container.querySelectorAll('li'), { interval: 5 }).toHaveLength(lineCount)
  unsubscribe()
  const lines = renderedLines.length
  const seenBefore = container.querySelector('output')!.textContent!.length
  await expect
    .poll(() => container.querySelector('output')!.textContent!.length)
    .toBeGreaterThan(seenBefore)
  clearInterval(timer)
  chat.dispose()
  unmount()
  return { lines, changes }
}

test(`React ${version}: a navigation renders its page once while a reply streams`, async () => {
  const { lines, changes } = await navigateWhileStreaming(useOurs)
  // The reply did change while the page was rendered, and yet no line of the page was rendered again.
  expect(changes).toBeGreaterThan(5)
  expect(lines).toBe(lineCount)
})

test(`React ${version}: this measure finds the fault, by which useSyncExternalStore starts the page over and over`, async () => {
  const { lines } = await navigateWhileStreaming(useExternalStore)
  expect(lines).toBeGreaterThan(3 * lineCount)
})
