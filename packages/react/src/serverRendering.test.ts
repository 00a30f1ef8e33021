import { createFakeChat } from '@parlance/testing'
import { messagesOf, textOf } from '@parlance/core'
import { createElement, type ReactElement } from 'react'
import { renderToString } from 'react-dom/server'
import { expect, test, vi } from 'vitest'
import {
  ChatProvider,
  useChatStream,
  useComposer,
  useMessageIds,
  useStickToBottom,
} from './index.ts'

const initialMessages = messagesOf(
  createFakeChat({ history: [{ question: 'Hello?', reply: 'Hi.' }] }).getSnapshot(),
)

function Everything(): ReactElement {
  const { messages, status } = useChatStream()
  const ids = useMessageIds()
  const { textareaProps, canSend } = useComposer({ initialDraft: 'Draft' })
  const { position } = useStickToBottom()
  const words = [
    status,
    ...messages.map(textOf),
    ids.length,
    textareaProps.value,
    canSend,
    position,
  ]
  return createElement('p', null, words.join(' '))
}

const app = (id?: string) =>
  createElement(ChatProvider, { options: { id, initialMessages } }, createElement(Everything))

test('renders where there is no window', () => {
  expect(typeof window).toBe('undefined')
  expect(renderToString(app())).toContain('ready Hello? Hi. 2 Draft true at-end')
})

test('renders the same twice, without randomness and without a clock', () => {
  const random = vi.spyOn(Math, 'random')
  const uuid = vi.spyOn(crypto, 'randomUUID')
  const values = vi.spyOn(crypto, 'getRandomValues')
  const now = vi.spyOn(Date, 'now')
  expect(renderToString(app())).toBe(renderToString(app()))
  for (const spy of [random, uuid, values, now]) expect(spy).not.toHaveBeenCalled()
  vi.restoreAllMocks()
})

test('complains about nothing, such as layout effects', () => {
  const complaints = vi.spyOn(console, 'error')
  renderToString(app())
  expect(complaints).not.toHaveBeenCalled()
  complaints.mockRestore()
})

test('never shows one visitor the conversation of another with the same id', () => {
  renderToString(app('support'))
  const empty = createElement(
    ChatProvider,
    { options: { id: 'support' } },
    createElement(Everything),
  )
  expect(renderToString(empty)).not.toContain('Hello?')
})
