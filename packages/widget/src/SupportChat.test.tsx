import { createFakeChat, createFakeChatIn } from '@parlance/testing'
import { act, fireEvent, render, screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { renderToString } from 'react-dom/server'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { SupportChat } from './SupportChat.tsx'
import type { Feedback } from './feedback/feedback.ts'
import { de } from './strings/de.ts'

beforeEach(() => {
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

const field = () => screen.getByRole('textbox', { name: 'Your message' })
const launcher = () => screen.getByRole('button', { name: 'Open chat' })

test('a question that waits for its turn shows that an answer is to come', async () => {
  const chat = createFakeChat()
  render(<SupportChat chat={chat} mode="inline" />)
  act(() => void chat.send('The first'))
  act(() => chat.write('Half an answer'))
  act(() => void chat.send('The second'))
  const turnOf = (text: string) => screen.getByText(text).closest('article')!
  expect(within(turnOf('The second')).getByText('Thinking…')).toBeInTheDocument()
  expect(within(turnOf('The first')).queryByText('Thinking…')).toBeNull()
  act(() => chat.finish())
  expect(within(turnOf('The second')).queryByText('Thinking…')).toBeNull()
})

test('why an answer did not help is asked where focus is, and Escape gives it back', async () => {
  render(<SupportChat chat={createFakeChatIn('complete')} defaultOpen onFeedback={() => {}} />)
  const thumb = screen.getByRole('button', { name: 'Not helpful' })
  await userEvent.click(thumb)
  expect(await screen.findByRole('button', { name: 'Incorrect' })).toHaveFocus()
  await userEvent.keyboard('{Escape}')
  expect(thumb).toHaveFocus()
  expect(screen.queryByRole('form')).toBeNull()
  expect(screen.getByRole('dialog')).toHaveAttribute('data-state', 'open')
})

describe('the menu', () => {
  test('stays while one of its lines is pressed, also where pressing takes focus away', async () => {
    render(<SupportChat chat={createFakeChatIn('complete')} defaultOpen />)
    const menu = screen.getByRole('button', { name: 'More options' })
    await userEvent.click(menu)
    const line = screen.getByRole('menuitem', { name: 'New conversation' })
    // Not prevented, Safari would blur the list and close it before the click.
    expect(fireEvent.mouseDown(line)).toBe(false)
    expect(line).toHaveFocus()
    await userEvent.click(menu)
    expect(screen.queryByRole('menu')).toBeNull()
    expect(menu).toHaveFocus()
  })
})

describe('the launcher', () => {
  test('opens a named, non-modal dialog and gives focus to the composer', async () => {
    render(<SupportChat chat={createFakeChat()} title="Help" />)
    expect(screen.queryByRole('dialog')).toBeNull()
    await userEvent.click(launcher())
    const dialog = screen.getByRole('dialog', { name: 'Help' })
    expect(dialog).not.toHaveAttribute('aria-modal')
    expect(field()).toHaveFocus()
    expect(screen.getAllByRole('button', { name: 'Close chat' })[1]).toHaveAttribute(
      'aria-controls',
      dialog.id,
    )
  })

  test('counts answers that came while it was closed, in its name', async () => {
    const chat = createFakeChat({ replies: ['One.', 'Two.'] })
    render(<SupportChat chat={chat} />)
    await act(async () => {
      await chat.send('a')
      await chat.send('b')
    })
    const button = screen.getByRole('button', { name: 'Open chat, 2 unread messages' })
    await userEvent.click(button)
    await userEvent.keyboard('{Escape}')
    expect(button).toHaveAccessibleName('Open chat')
  })

  test('counts nothing that was there before', () => {
    render(<SupportChat chat={createFakeChatIn('complete')} />)
    expect(screen.getByRole('button')).toHaveAccessibleName('Open chat')
  })

  test('opens and closes as the page decides', async () => {
    const onOpenChange = vi.fn<(open: boolean) => void>()
    const chat = createFakeChat()
    const { rerender } = render(
      <SupportChat chat={chat} open={false} onOpenChange={onOpenChange} />,
    )
    await userEvent.click(launcher())
    expect(onOpenChange).toHaveBeenCalledWith(true)
    expect(screen.queryByRole('dialog')).toBeNull()
    rerender(<SupportChat chat={chat} open onOpenChange={onOpenChange} />)
    expect(screen.getByRole('dialog')).toHaveAttribute('data-state', 'open')
  })
})

describe('Escape', () => {
  test('stops a running reply first, and closes then', async () => {
    const chat = createFakeChat()
    render(<SupportChat chat={chat} />)
    await userEvent.click(launcher())
    await userEvent.type(field(), 'Hello{Enter}')
    act(() => chat.write('Half'))
    await userEvent.keyboard('{Escape}')
    expect(
      screen.getByText('You stopped this answer.', { selector: '.pl-note span' }),
    ).toBeVisible()
    expect(screen.getByRole('dialog')).toHaveAttribute('data-state', 'open')
    await userEvent.keyboard('{Escape}')
    expect(launcher()).toHaveFocus()
  })

  test('closes the menu and leaves the panel', async () => {
    render(<SupportChat chat={createFakeChatIn('complete')} defaultOpen />)
    const menu = screen.getByRole('button', { name: 'More options' })
    await userEvent.click(menu)
    expect(screen.getByRole('menuitem', { name: 'New conversation' })).toHaveFocus()
    await userEvent.keyboard('{Escape}')
    expect(menu).toHaveFocus()
    expect(screen.queryByRole('menu')).toBeNull()
    expect(screen.getByRole('dialog')).toHaveAttribute('data-state', 'open')
  })

  test('that ends a composition does nothing', async () => {
    render(<SupportChat chat={createFakeChat()} defaultOpen />)
    const event = new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, isComposing: true })
    act(() => void field().dispatchEvent(event))
    expect(screen.getByRole('dialog')).toHaveAttribute('data-state', 'open')
  })
})

describe('the composer', () => {
  test('sends by Enter, empties itself and keeps focus', async () => {
    const chat = createFakeChat()
    render(<SupportChat chat={chat} mode="inline" />)
    await userEvent.type(field(), 'One{Shift>}{Enter}{/Shift}two{Enter}')
    expect(chat.turns.map(({ input }) => input.text)).toEqual(['One\ntwo'])
    expect(field()).toHaveValue('')
    expect(field()).toHaveFocus()
  })

  test('has one button that sends, stops and sends again', async () => {
    const chat = createFakeChat()
    render(<SupportChat chat={chat} mode="inline" />)
    const button = screen.getByRole('button', { name: 'Send message' })
    expect(button).toHaveAttribute('aria-disabled', 'true')
    await userEvent.type(field(), 'Hello')
    expect(button).toHaveAttribute('aria-disabled', 'false')
    await userEvent.click(button)
    expect(button).toHaveAccessibleName('Stop answering')
    await userEvent.click(button)
    expect(button).toHaveAccessibleName('Send message')
    expect(button).toHaveFocus()
  })

  test('keeps its draft while the panel is closed', async () => {
    render(<SupportChat chat={createFakeChat()} />)
    await userEvent.click(launcher())
    await userEvent.type(field(), 'Half a thought')
    await userEvent.keyboard('{Escape}')
    await userEvent.click(launcher())
    expect(field()).toHaveValue('Half a thought')
  })

  test('counts characters near the end of its room, and takes no more', async () => {
    render(<SupportChat chat={createFakeChat()} mode="inline" maxMessageChars={210} />)
    expect(screen.queryByText(/left/)).toBeNull()
    await userEvent.type(field(), 'twelve chars')
    expect(screen.getByText('198 characters left')).toBeVisible()
    expect(field()).toHaveAttribute('maxlength', '210')
    // Said where counting begins and where it ends, and not in between.
    const spoken = document.querySelector('[data-announcer="status"]')
    expect(spoken).toHaveTextContent(/^200 characters left$/)
    await userEvent.click(field())
    await userEvent.paste('a'.repeat(300))
    expect(spoken).toHaveTextContent(/^200 characters left0 characters left$/)
  })

  test('sends the Enter that ends a composition nowhere', () => {
    const chat = createFakeChat()
    render(<SupportChat chat={chat} mode="inline" />)
    act(
      () =>
        void field().dispatchEvent(
          new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, isComposing: true }),
        ),
    )
    expect(chat.turns).toEqual([])
  })
})

describe('an empty conversation', () => {
  test('sends a suggestion with one click and takes the suggestions away', async () => {
    const chat = createFakeChat()
    render(
      <SupportChat
        chat={chat}
        mode="inline"
        greeting="Hello!"
        suggestions={['Prices?', 'Hours?']}
      />,
    )
    expect(screen.getByText('Hello!')).toBeVisible()
    await userEvent.click(screen.getByRole('button', { name: 'Hours?' }))
    expect(chat.turns[0]?.input.text).toBe('Hours?')
    expect(screen.queryByText('Hello!')).toBeNull()
    expect(screen.queryByRole('button', { name: 'Prices?' })).toBeNull()
  })

  test('comes back with a new conversation, and focus goes to the composer', async () => {
    render(<SupportChat chat={createFakeChatIn('complete')} mode="inline" greeting="Hello!" />)
    await userEvent.click(screen.getByRole('button', { name: 'More options' }))
    await userEvent.click(screen.getByRole('menuitem', { name: 'New conversation' }))
    expect(screen.getByText('Hello!')).toBeVisible()
    expect(field()).toHaveFocus()
  })
})

describe('a reply that failed', () => {
  test('counts the seconds down until it may be tried again', () => {
    vi.useFakeTimers()
    const chat = createFakeChat({ startsAtMs: Date.now() })
    render(<SupportChat chat={chat} mode="inline" />)
    act(() => void chat.send('Hello'))
    act(() => chat.fail('rate_limited', { retryAfterMs: 3000 }))
    const button = screen.getByRole('button', { name: /^Try again/ })
    const first = Number(/\d+/.exec(button.textContent ?? '')?.[0])
    act(() => void vi.advanceTimersByTime(1000))
    expect(button).toHaveTextContent(`Try again in ${first - 1} second`)
    act(() => button.click())
    expect(chat.turns).toHaveLength(1)
    act(() => void vi.advanceTimersByTime(6000))
    expect(button).toHaveTextContent(/^Try again$/)
    act(() => button.click())
    expect(chat.turns.map(({ by }) => by)).toEqual(['send', 'retry'])
  })

  test('reads the same whatever the owner did wrong, and shows no word of the provider', () => {
    const chat = createFakeChat()
    render(<SupportChat chat={chat} mode="inline" />)
    act(() => void chat.send('Hello'))
    act(() => chat.fail('provider_unauthorized'))
    expect(
      screen.getByText(/^Something went wrong on our side/, { selector: '.pl-note span' }),
    ).toBeVisible()
  })
})

describe('the transcript', () => {
  test('is one tab stop, whose turns the arrows walk', async () => {
    const history = [1, 2, 3].map((number) => ({
      question: `Q${number}`,
      reply: `A${number} [link](https://a.example)`,
    }))
    render(<SupportChat chat={createFakeChat({ history })} mode="inline" />)
    const turns = screen.getAllByRole('article')
    expect(turns.filter((turn) => turn.tabIndex === 0)).toEqual([turns[5]])
    const stops = within(screen.getByRole('log', { name: 'Conversation' })).getAllByRole('link')
    expect(stops.map((link) => link.tabIndex)).toEqual([-1, -1, 0])
    Element.prototype.scrollIntoView = () => {}
    act(() => field().focus())
    await userEvent.keyboard('{F6}')
    expect(turns[5]).toHaveFocus()
    await userEvent.keyboard('{ArrowUp}{ArrowUp}')
    expect(turns[3]).toHaveFocus()
    expect(turns.filter((turn) => turn.tabIndex === 0)).toEqual([turns[3]])
    await userEvent.keyboard('{Home}')
    expect(turns[0]).toHaveFocus()
    await userEvent.keyboard('{F6}')
    expect(field()).toHaveFocus()
  })

  test('names who speaks and when', () => {
    render(<SupportChat chat={createFakeChatIn('complete')} mode="inline" />)
    const [question, reply] = screen.getAllByRole('article')
    expect(question?.getAttribute('aria-label')).toMatch(/^You, /)
    expect(reply?.getAttribute('aria-label')).toMatch(/^Assistant, /)
  })

  test('is silent for screen readers: the announcer speaks', () => {
    render(<SupportChat chat={createFakeChatIn('complete')} mode="inline" />)
    expect(screen.getByRole('log', { name: 'Conversation' })).toHaveAttribute('aria-live', 'off')
  })
})

test('a wait that the server asked for is counted down in words of its own', () => {
  const chat = createFakeChatIn('submitted')
  chat.notice('waiting', Date.now() + 11_500)
  render(<SupportChat chat={chat} mode="inline" />)
  expect(screen.getByText('Very busy right now. Asking again in 12 seconds…')).toBeVisible()
})

test('nothing is asked of the network before the first message', () => {
  const fetch = vi.fn<typeof globalThis.fetch>()
  render(<SupportChat chat={createFakeChat()} fetch={fetch} defaultOpen />)
  expect(fetch).not.toHaveBeenCalled()
})

test('every word is in the language given', async () => {
  render(<SupportChat chat={createFakeChatIn('stopped')} strings={de} defaultOpen />)
  expect(screen.getByText('Sie haben diese Antwort angehalten.')).toBeVisible()
  expect(screen.getByRole('dialog', { name: 'Hilfe' }).parentElement).toHaveAttribute('lang', 'de')
})

test('a part is replaced through its slot', () => {
  const Typing = () => <p>One moment</p>
  render(<SupportChat chat={createFakeChatIn('submitted')} mode="inline" slots={{ Typing }} />)
  expect(screen.getByText('One moment')).toBeVisible()
})

test('a rating goes to the page, and thumbs are not shown where nobody listens', async () => {
  const onFeedback = vi.fn<(feedback: Feedback) => void>()
  const chat = createFakeChatIn('complete')
  const { rerender } = render(<SupportChat chat={chat} mode="inline" />)
  expect(screen.queryByRole('button', { name: 'Helpful' })).toBeNull()
  rerender(<SupportChat chat={chat} mode="inline" onFeedback={onFeedback} />)
  await userEvent.click(screen.getByRole('button', { name: 'Helpful' }))
  expect(onFeedback).toHaveBeenCalledWith(
    expect.objectContaining({ messageId: 'm2', rating: 'helpful', reasons: [], comment: '' }),
  )
})

test('a finished message does not render while another streams', () => {
  const chat = createFakeChat({ history: [{ question: 'Q', reply: 'A' }] })
  const rendered: string[] = []
  const slots = {
    MessageText: ({ text }: { readonly text: string }) => {
      rendered.push(text)
      return <p>{text}</p>
    },
  }
  render(<SupportChat chat={chat} mode="inline" slots={slots} />)
  act(() => void chat.send('More'))
  rendered.length = 0
  for (let count = 0; count < 50; count++) act(() => chat.write('word '))
  expect(rendered.filter((text) => text === 'A')).toEqual([])
  expect(rendered.length).toBe(50)
})

test('a server renders it closed, without a window', () => {
  vi.unstubAllGlobals()
  const html = renderToString(<SupportChat chat={createFakeChat()} />)
  expect(html).toContain('aria-expanded="false"')
  expect(html).not.toContain('style=')
})

test('what a server renders of a conversation has no style attribute, which a strict policy would refuse', () => {
  vi.unstubAllGlobals()
  const chat = createFakeChat({ history: [{ question: 'Q', reply: '# A\n\n| a |\n| - |' }] })
  const html = renderToString(<SupportChat chat={chat} mode="inline" />)
  expect(html).toContain('pl-stretch')
  expect(html).not.toContain('style=')
})
