import { mathComponents, texSyntax } from '@parlance/markdown/math'
import type { MarkdownCodeProps } from '@parlance/markdown/react'
import { createFakeChat, createFakeChatIn } from '@parlance/testing'
import { act, render, screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { SupportChat } from './SupportChat.tsx'
import { defaultSlots } from './settings/defaultSlots.ts'

beforeEach(() => {
  sessionStorage.clear()
  vi.stubGlobal('matchMedia', (media: string) => ({
    media,
    matches: false,
    addEventListener: () => {},
    removeEventListener: () => {},
  }))
  Element.prototype.scrollTo = () => {}
})

afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

test('the panel is made larger and as it was by one button, which keeps focus', async () => {
  render(<SupportChat chat={createFakeChat()} defaultOpen />)
  await userEvent.click(screen.getByRole('button', { name: 'Enlarge' }))
  const shrink = screen.getByRole('button', { name: 'Shrink' })
  expect(shrink).toHaveFocus()
  expect(screen.getByRole('dialog').parentElement).toHaveAttribute('data-expanded', 'true')
  await userEvent.click(shrink)
  expect(screen.getByRole('dialog').parentElement).not.toHaveAttribute('data-expanded')
})

test('a chat in the page has one size', () => {
  render(<SupportChat chat={createFakeChat()} mode="inline" />)
  expect(screen.queryByRole('button', { name: 'Enlarge' })).toBeNull()
})

test('the header says when an answer is being written', () => {
  const chat = createFakeChat()
  render(<SupportChat chat={chat} mode="inline" />)
  const header = within(screen.getByRole('region', { name: 'Support' })).getByRole(
    'heading',
  ).parentElement!
  expect(header).not.toHaveTextContent('Writing…')
  act(() => void chat.send('Hello'))
  expect(header).toHaveTextContent('Writing…')
  act(() => chat.finish())
  expect(header).not.toHaveTextContent('Writing…')
})

test('the conversation is saved as Markdown or as JSON', async () => {
  const names: string[] = []
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (
    this: HTMLAnchorElement,
  ) {
    names.push(this.download)
  })
  URL.createObjectURL = () => 'blob:test'
  render(<SupportChat chat={createFakeChatIn('complete')} mode="inline" />)
  for (const format of ['Markdown', 'JSON']) {
    await userEvent.click(screen.getByRole('button', { name: 'More options' }))
    await userEvent.click(screen.getByRole('menuitem', { name: `Save as ${format}` }))
  }
  await expect.poll(() => names).toEqual(['Support.md', 'Support.json'])
})

test('a greeting comes after a while, opens the chat, and comes once in a visit', async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true })
  const chat = createFakeChat()
  const props = { chat, greeting: 'Can I help?', greetingAfterMs: 5_000 }
  const { unmount } = render(<SupportChat {...props} />)
  act(() => void vi.advanceTimersByTime(4_900))
  expect(screen.queryByText('Can I help?')).toBeNull()
  act(() => void vi.advanceTimersByTime(200))
  await userEvent.click(screen.getByRole('button', { name: 'Can I help?' }))
  expect(screen.getByRole('dialog')).toBeVisible()
  expect(screen.queryByRole('button', { name: 'Can I help?' })).toBeNull()
  unmount()
  render(<SupportChat {...props} />)
  act(() => void vi.advanceTimersByTime(10_000))
  expect(screen.queryByRole('button', { name: 'Can I help?' })).toBeNull()
})

test('a greeting that is waved away gives focus to the launcher', async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true })
  render(<SupportChat chat={createFakeChat()} greetingAfterMs={1_000} />)
  act(() => void vi.advanceTimersByTime(1_000))
  await userEvent.click(screen.getByRole('button', { name: 'Dismiss' }))
  expect(screen.getByRole('button', { name: 'Open chat' })).toHaveFocus()
  expect(screen.queryByText('How can we help?')).toBeNull()
})

test('a greeting is not remembered while the visitor has yet to allow it', async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true })
  render(<SupportChat chat={createFakeChat()} greetingAfterMs={1_000} onConsent={() => {}} />)
  act(() => void vi.advanceTimersByTime(1_000))
  await userEvent.click(screen.getByRole('button', { name: 'Dismiss' }))
  expect(sessionStorage).toHaveLength(0)
})

test('the visitor is asked whether the conversation may be kept once there is one', async () => {
  const onConsent = vi.fn<(consent: 'granted' | 'denied') => void>()
  const chat = createFakeChat({ replies: ['An answer'] })
  const { rerender } = render(<SupportChat chat={chat} mode="inline" onConsent={onConsent} />)
  expect(screen.queryByRole('button', { name: 'Keep' })).toBeNull()
  await act(async () => void (await chat.send('A question')))
  await userEvent.click(await screen.findByRole('button', { name: 'Keep' }))
  expect(onConsent).toHaveBeenCalledExactlyOnceWith('granted')
  // The button goes, and focus is not lost with it.
  expect(screen.getByRole('textbox', { name: 'Your message' })).toHaveFocus()
  rerender(<SupportChat chat={chat} mode="inline" />)
  expect(screen.queryByRole('button', { name: 'Keep' })).toBeNull()
})

test('blocks, citations and formulas of an answer are parts, too', async () => {
  const reply = 'See [1].\n\n~~~js\nconst a = 1\n~~~\n\n| a |\n| - |\n| 1 |\n\n$$\nx\n$$\n\nor $y$'
  const chat = createFakeChat()
  const slots = {
    CodeBlock: (props: MarkdownCodeProps) => (
      <section aria-label="Code around">
        <defaultSlots.CodeBlock {...props} />
      </section>
    ),
    TableBlock: () => <p>A table</p>,
    MathBlock: mathComponents.math,
    MathText: () => <i>formula</i>,
    Citation: ({ source }: { readonly source: { readonly title: string } }) => (
      <b>{source.title}</b>
    ),
    Footer: () => <a href="/terms">Terms</a>,
  }
  render(<SupportChat chat={chat} mode="inline" slots={slots} math={texSyntax} />)
  act(() => {
    void chat.send('Hello')
    chat.write(reply)
    chat.emit({ type: 'citation', choice: 0, citation: { number: 1, title: 'Returns' } })
    chat.finish()
  })
  expect(screen.getByRole('region', { name: 'Code around' })).toHaveTextContent('const a = 1')
  expect(screen.getByText('A table')).toBeVisible()
  expect(screen.getByText('formula')).toBeVisible()
  expect(screen.getAllByText('Returns')[0]?.tagName).toBe('B')
  expect(screen.getByRole('link', { name: 'Terms' })).toBeVisible()
  expect(screen.queryByText('$$')).toBeNull()
})
