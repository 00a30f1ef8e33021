import { messagesOf, textOf } from '@parlance/core'
import { createFakeChat } from '@parlance/testing'
import { act, render } from '@testing-library/react'
import { renderToString } from 'react-dom/server'
import { expect, test, vi } from 'vitest'
import { ChatProvider } from './ChatProvider.tsx'
import { useChatStream } from './useChatStream.ts'
import { useComposer } from './useComposer.ts'

const initialMessages = messagesOf(
  createFakeChat({ history: [{ question: 'Hello?', reply: 'Hi.' }] }).getSnapshot(),
)

function Page() {
  const { messages, status } = useChatStream()
  const { textareaProps, canSend } = useComposer()
  return (
    <main data-status={status}>
      {messages.map((message) => (
        <p key={message.id}>{textOf(message)}</p>
      ))}
      <textarea {...textareaProps} />
      <button disabled={!canSend}>Send</button>
    </main>
  )
}

test('hydrates what a server rendered without a difference', async () => {
  const complaints = vi.spyOn(console, 'error')
  const app = (
    <ChatProvider options={{ id: 'hydrated', initialMessages }}>
      <Page />
    </ChatProvider>
  )
  const container = document.createElement('div')
  vi.stubGlobal('window', undefined)
  container.innerHTML = renderToString(app)
  vi.unstubAllGlobals()
  const html = container.innerHTML
  document.body.append(container)
  const onRecoverableError = vi.fn<(error: unknown) => void>()
  await act(async () => void render(app, { container, hydrate: true, onRecoverableError }))
  expect(container.innerHTML).toBe(html)
  expect(onRecoverableError).not.toHaveBeenCalled()
  expect(complaints).not.toHaveBeenCalled()
})
