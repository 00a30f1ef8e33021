import type { ImagePart } from '@parlance/core'
import { createFakeChat } from '@parlance/testing'
import { act, createEvent, fireEvent, render, screen } from '@testing-library/react'
import { userEvent } from '@testing-library/user-event'
import { expect, test, vi } from 'vitest'
import { ChatProvider } from './ChatProvider.tsx'
import { useComposer, type UseComposerOptions } from './useComposer.ts'

function Field(options: UseComposerOptions) {
  const { textareaProps, formProps, canSend } = useComposer(options)
  return (
    <form {...formProps}>
      <textarea {...textareaProps} />
      <button disabled={!canSend}>Send</button>
    </form>
  )
}

function draw(options: UseComposerOptions = {}) {
  const chat = createFakeChat()
  const view = render(
    <ChatProvider chat={chat}>
      <Field {...options} />
    </ChatProvider>,
  )
  const field = screen.getByRole<HTMLTextAreaElement>('textbox')
  const texts = () => chat.turns.map(({ input }) => input.text)
  const rerender = (next: UseComposerOptions) =>
    view.rerender(
      <ChatProvider chat={chat}>
        <Field {...next} />
      </ChatProvider>,
    )
  return { chat, field, texts, rerender }
}

const image: ImagePart = {
  type: 'image',
  url: 'data:image/png;base64,AA==',
  mediaType: 'image/png',
}

test('Enter sends and empties the field; Shift+Enter breaks the line', async () => {
  const { field, texts } = draw()
  await userEvent.type(field, 'Hello{Shift>}{Enter}{/Shift}there{Enter}')
  expect(texts()).toEqual(['Hello\nthere'])
  expect(field).toHaveValue('')
})

test('the form sends as well', async () => {
  const { field, texts } = draw()
  await userEvent.type(field, 'Hello')
  await userEvent.click(screen.getByRole('button'))
  expect(texts()).toEqual(['Hello'])
})

test('Enter in an empty field neither sends nor breaks the line', async () => {
  const { field, texts } = draw()
  await userEvent.type(field, '{Enter} {Enter}')
  expect(texts()).toEqual([])
  expect(field).toHaveValue(' ')
  expect(screen.getByRole('button')).toBeDisabled()
})

test('two Enters before the first has rendered send once', () => {
  const { field, texts } = draw({ initialDraft: 'Once' })
  act(() => {
    fireEvent.keyDown(field, { key: 'Enter' })
    fireEvent.keyDown(field, { key: 'Enter' })
    fireEvent.submit(field.form!)
  })
  expect(texts()).toEqual(['Once'])
})

test('two Enters before the first has rendered send pictures once', () => {
  const { chat, field } = draw({ images: [image] })
  act(() => {
    fireEvent.keyDown(field, { key: 'Enter' })
    fireEvent.keyDown(field, { key: 'Enter' })
  })
  expect(chat.turns.map(({ input }) => input)).toEqual([{ text: '', images: [image] }])
})

/** Dispatches an Enter as a browser does; returns whether the field would have taken it. */
function pressEnter(field: HTMLElement, init: { isComposing?: boolean; keyCode?: number }) {
  return fireEvent(field, createEvent.keyDown(field, { key: 'Enter', ...init }))
}

test('the Enter that ends a composition is left to it: Chromium and Firefox', () => {
  const { field, texts } = draw({ initialDraft: 'にほん' })
  fireEvent.compositionStart(field)
  expect(pressEnter(field, { isComposing: true, keyCode: 229 })).toBe(true)
  fireEvent.compositionEnd(field, { data: '日本' })
  expect(texts()).toEqual([])
  expect(pressEnter(field, { keyCode: 13 })).toBe(false)
  expect(texts()).toEqual(['にほん'])
})

test('the Enter that ends a composition is left to it: Safari, which ends it before the key', () => {
  const { field, texts } = draw({ initialDraft: 'にほん' })
  fireEvent.compositionStart(field)
  fireEvent.compositionEnd(field, { data: '日本' })
  expect(pressEnter(field, { isComposing: false, keyCode: 229 })).toBe(true)
  expect(texts()).toEqual([])
  expect(pressEnter(field, { keyCode: 13 })).toBe(false)
  expect(texts()).toEqual(['にほん'])
})

test('an Enter somebody else has used sends nothing', () => {
  const { field, texts } = draw({ initialDraft: 'Hello' })
  const event = createEvent.keyDown(field, { key: 'Enter' })
  event.preventDefault()
  fireEvent(field, event)
  expect(texts()).toEqual([])
})

test('a longer draft than allowed can be written but not sent', async () => {
  const { field, texts } = draw({ maxLength: 5 })
  await userEvent.type(field, 'Hello!{Enter}')
  expect(field).toHaveValue('Hello!')
  expect(screen.getByRole('button')).toBeDisabled()
  await userEvent.type(field, '{Backspace}{Enter}')
  expect(texts()).toEqual(['Hello'])
})

test('keeps a draft that is refused', async () => {
  const onSend = vi.fn<(text: string) => boolean>(() => false)
  const { field, texts } = draw({ onSend })
  await userEvent.type(field, 'Hello{Enter}')
  expect(onSend).toHaveBeenCalledWith('Hello')
  expect(field).toHaveValue('Hello')
  expect(texts()).toEqual([])
})

test('gives a draft back that is refused later, unless another has been begun', async () => {
  const verdicts: ((verdict: boolean) => void)[] = []
  const { field } = draw({ onSend: () => new Promise((resolve) => verdicts.push(resolve)) })
  await userEvent.type(field, 'First{Enter}')
  expect(field).toHaveValue('')
  await act(async () => verdicts[0]!(false))
  expect(field).toHaveValue('First')
  await userEvent.type(field, '{Enter}Second')
  await act(async () => verdicts[1]!(false))
  expect(field).toHaveValue('Second')
})

test('keeps a draft the chat takes no notice of', async () => {
  const { chat, field } = draw()
  chat.send = () => Promise.resolve(null)
  await userEvent.type(field, 'Hello{Enter}')
  expect(field).toHaveValue('Hello')
})

test('sends while a reply runs: the turn waits', async () => {
  const { chat, field } = draw()
  await userEvent.type(field, 'First{Enter}Second{Enter}')
  expect(chat.getSnapshot().messageIds).toHaveLength(3)
  expect(field).toHaveValue('')
})

test('sending can be off while the draft stays editable', async () => {
  const { field, texts, rerender } = draw({ disabled: true })
  await userEvent.type(field, 'Hello{Enter}')
  expect(field).toHaveValue('Hello')
  rerender({ disabled: false })
  await userEvent.type(field, '{Enter}')
  expect(texts()).toEqual(['Hello'])
})

test('works without a provider where it is told how to send, and says so where it is not', async () => {
  const onSend = vi.fn<(text: string) => void>()
  render(<Field onSend={onSend} initialDraft="Hello" />)
  await userEvent.type(screen.getByRole('textbox'), '{Enter}')
  expect(onSend).toHaveBeenCalledWith('Hello')
  const silent = vi.spyOn(console, 'error').mockImplementation(() => {})
  expect(() => render(<Field />)).toThrow('ChatProvider')
  silent.mockRestore()
})
