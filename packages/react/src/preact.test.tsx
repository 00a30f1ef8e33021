import { textOf } from '@parlance/core'
import { createFakeChat } from '@parlance/testing'
import { act as actLater } from 'preact/test-utils'
import { render } from 'preact/compat'
import { memo } from 'react'
import { afterEach, expect, test, vi } from 'vitest'
import { ChatProvider } from './ChatProvider.tsx'
import { useChatStream } from './useChatStream.ts'
import { useComposer } from './useComposer.ts'
import { useMessage } from './useMessage.ts'
import { useStickToBottom } from './useStickToBottom.ts'

// As a bundler's alias does it: the script tag of the widget runs these hooks on Preact.
vi.mock('react', () => import('preact/compat'))
vi.mock('react/jsx-runtime', () => import('preact/jsx-runtime'))
vi.mock('react/jsx-dev-runtime', () => import('preact/jsx-dev-runtime'))

const rendered: string[] = []

/** Of a callback that waits for nothing Preact's `act` is synchronous as well. */
const act = (callback: () => unknown) => void actLater(() => void callback())

const Row = memo(function Row({ id }: { id: string }) {
  const message = useMessage(id)
  rendered.push(id)
  return <li>{message && textOf(message)}</li>
})

function Page() {
  const { messageIds, status } = useChatStream()
  const { scrollRef, contentRef, position } = useStickToBottom()
  const { textareaProps, formProps, canSend } = useComposer()
  rendered.push('page')
  return (
    <main ref={scrollRef} data-status={status} data-position={position}>
      <ul ref={contentRef}>
        {messageIds.map((id) => (
          <Row key={id} id={id} />
        ))}
      </ul>
      <form {...formProps}>
        <textarea {...textareaProps} />
        <button disabled={!canSend}>Send</button>
      </form>
    </main>
  )
}

const container = document.createElement('div')
afterEach(() => {
  act(() => render(null, container))
  rendered.length = 0
})

function draw() {
  const chat = createFakeChat({ history: [{ question: 'One?', reply: 'One.' }] })
  document.body.append(container)
  act(() =>
    render(
      <ChatProvider chat={chat}>
        <Page />
      </ChatProvider>,
      container,
    ),
  )
  return chat
}

test('Preact: a growing reply renders its own row alone', () => {
  const chat = draw()
  act(() => chat.send('Two?'))
  act(() => chat.write('T'))
  rendered.length = 0
  act(() => chat.write('wo'))
  act(() => chat.write('.'))
  expect(rendered).toEqual(['m4', 'm4'])
  expect(container.querySelector('li:last-child')?.textContent).toBe('Two.')
})

test('Preact: the composer sends with Enter and leaves a composition alone', () => {
  const chat = draw()
  const field = container.querySelector('textarea')!
  const press = (init: KeyboardEventInit) =>
    act(() => field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', ...init })))
  act(() => {
    field.value = 'Two?'
    field.dispatchEvent(new Event('input', { bubbles: true }))
  })
  expect(container.querySelector('button')!.disabled).toBe(false)
  press({ isComposing: true })
  expect(chat.turns).toHaveLength(0)
  press({})
  press({})
  expect(chat.turns.map(({ input }) => input.text)).toEqual(['Two?'])
  expect(field.value).toBe('')
  expect(container.querySelector('main')!.dataset).toMatchObject({
    status: 'submitted',
    position: 'at-end',
  })
})

test('Preact: sends the last letter, too, however fast Enter follows it', async () => {
  const chat = draw()
  const field = container.querySelector('textarea')!
  // Without `act`, as in a browser: effects of a render come a frame later, or just before the next one.
  for (const draft of ['Two', 'Two?']) {
    field.value = draft
    field.dispatchEvent(new Event('input', { bubbles: true }))
    await Promise.resolve()
  }
  field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter' }))
  expect(chat.turns.map(({ input }) => input.text)).toEqual(['Two?'])
})

test('Preact: nothing stays subscribed after the page is gone', () => {
  const chat = draw()
  act(() => render(null, container))
  rendered.length = 0
  act(() => chat.send('Two?'))
  expect(rendered).toEqual([])
})
