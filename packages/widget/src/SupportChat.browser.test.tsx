import { createFakeChat, createFakeChatIn, type FakeChat } from '@parlance/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { cdp, page, userEvent } from 'vitest/browser'
import { render } from 'vitest-browser-react'
import { SupportChat, type SupportChatProps } from './SupportChat.tsx'
import { ar } from './strings/ar.ts'
import { en } from './strings/en.ts'
import './styles.css'

const noMotion = { motion: 0 }

beforeEach(async () => {
  await page.viewport(900, 800)
})

afterEach(async () => {
  await emulate([])
})

async function emulate(features: readonly { name: string; value: string }[]): Promise<void> {
  const session = cdp() as unknown as { send(method: string, params: object): Promise<void> }
  await session.send('Emulation.setEmulatedMedia', { features })
}

async function show(props: SupportChatProps): Promise<HTMLElement> {
  const { container } = await render(<SupportChat theme={noMotion} {...props} />)
  return container
}

const find = (selector: string) => document.querySelector<HTMLElement>(selector)!
const scroller = () => find('.pl-scroll')
const leftBelow = () => {
  const { scrollHeight, scrollTop, clientHeight } = scroller()
  return scrollHeight - scrollTop - clientHeight
}

/** Lets what was drawn be laid out, observed and scrolled. */
async function settle(): Promise<void> {
  for (let frame = 0; frame < 4; frame++) await new Promise(requestAnimationFrame)
}

function longHistory(count: number): FakeChat {
  return createFakeChat({
    history: Array.from({ length: count }, (_, index) => ({
      question: `Question ${index + 1}`,
      reply: 'An answer.\n\n1. One\n2. Two\n3. Three\n\nAnd a last line.',
    })),
  })
}

describe('by keyboard alone', () => {
  test('it opens, asks, stops, closes and gives focus back', async () => {
    const chat = createFakeChat()
    await show({ chat })
    await userEvent.keyboard('{Tab}')
    expect(document.activeElement).toBe(find('.pl-launcher'))
    await userEvent.keyboard('{Enter}')
    await expect.poll(() => document.activeElement).toBe(find('.pl-input'))
    await userEvent.keyboard('Hello{Enter}')
    expect(chat.turns).toHaveLength(1)
    chat.write('An answer')
    await userEvent.keyboard('{Escape}')
    await expect.poll(() => find('.pl-note')?.dataset['kind']).toBe('stopped')
    expect(document.activeElement).toBe(find('.pl-input'))
    await userEvent.keyboard('{Escape}')
    await expect.poll(() => document.activeElement).toBe(find('.pl-launcher'))
  })

  test('what is closed is not reached', async () => {
    await show({ chat: createFakeChatIn('complete'), defaultOpen: true })
    await userEvent.click(find('.pl-input'))
    await userEvent.keyboard('{Escape}')
    const reached = new Set<Element | null>()
    for (let stop = 0; stop < 6; stop++) {
      await userEvent.keyboard('{Tab}')
      reached.add(document.activeElement)
    }
    expect([...reached].filter((element) => find('.pl-panel').contains(element))).toEqual([])
  })

  test('a long conversation is one stop among its turns, and its buttons', async () => {
    await show({ chat: longHistory(20), mode: 'inline' })
    find('.pl-input').focus()
    await userEvent.keyboard('{F6}')
    const turns = [...document.querySelectorAll('[data-message]')]
    expect(document.activeElement).toBe(turns.at(-1))
    const tabbable = [...find('.pl-transcript').querySelectorAll<HTMLElement>('*')].filter(
      (element) => element.tabIndex === 0,
    )
    expect(tabbable.filter((element) => !turns.at(-1)!.contains(element))).toEqual([])
    await userEvent.keyboard('{ArrowUp}{ArrowUp}{ArrowUp}')
    expect(document.activeElement).toBe(turns.at(-4))
  })
})

describe('where there is little room', () => {
  test('it fills the screen as a modal dialog that keeps the Tab key', async () => {
    await page.viewport(390, 700)
    await show({ chat: createFakeChatIn('complete'), defaultOpen: true })
    const panel = find('.pl-panel')
    await expect.poll(() => panel.getAttribute('aria-modal')).toBe('true')
    const { top, left, width, height } = panel.getBoundingClientRect()
    expect([top, left, width, height]).toEqual([0, 0, 390, 700])
    expect(getComputedStyle(find('.pl-launcher')).visibility).toBe('hidden')
    find('.pl-input').focus()
    for (let stop = 0; stop < 12; stop++) {
      await userEvent.keyboard('{Tab}')
      expect(panel.contains(document.activeElement)).toBe(true)
    }
    await userEvent.keyboard('{Shift>}{Tab}{/Shift}')
    expect(panel.contains(document.activeElement)).toBe(true)
  })

  test('it floats again when there is room, and is no modal then', async () => {
    await page.viewport(390, 700)
    await show({ chat: createFakeChat(), defaultOpen: true })
    await page.viewport(900, 800)
    await expect.poll(() => find('.pl-panel').getAttribute('aria-modal')).toBeNull()
    expect(find('.pl-panel').getBoundingClientRect().width).toBe(400)
  })

  test.each([
    [320, 640],
    [640, 400],
    [320, 256],
  ])(
    'at %i × %i composer and close button are seen, and 96 px of transcript',
    async (width, height) => {
      await page.viewport(width, height)
      await show({ chat: createFakeChatIn('complete'), defaultOpen: true })
      await settle()
      for (const selector of [
        '.pl-composer',
        '.pl-send',
        '.pl-header .pl-icon-button:last-child',
      ]) {
        const box = find(selector).getBoundingClientRect()
        expect(box.width).toBeGreaterThan(20)
        expect(box.left).toBeGreaterThanOrEqual(0)
        expect(box.right).toBeLessThanOrEqual(width)
        expect(box.bottom).toBeLessThanOrEqual(height)
      }
      expect(scroller().clientHeight).toBeGreaterThanOrEqual(96)
      expect(scroller().scrollWidth).toBeLessThanOrEqual(scroller().clientWidth)
    },
  )

  test('text at twice its size is not cut', async () => {
    await show({ chat: createFakeChatIn('rate-limited'), defaultOpen: true, theme: { size: 30 } })
    await settle()
    for (const element of document.querySelectorAll<HTMLElement>(
      '.pl-note, .pl-bubble, .pl-button',
    )) {
      expect(element.scrollWidth).toBeLessThanOrEqual(element.clientWidth + 1)
      expect(element.scrollHeight).toBeLessThanOrEqual(element.clientHeight + 1)
    }
  })
})

describe('scrolling', () => {
  test('begins at the end of a conversation that was there before', async () => {
    await show({ chat: longHistory(30), mode: 'inline' })
    await expect.poll(leftBelow).toBeLessThanOrEqual(1)
  })

  test('a reader who has left the end is not moved by what comes', async () => {
    const chat = longHistory(30)
    await show({ chat, defaultOpen: true })
    void chat.send('More')
    chat.write('word '.repeat(600))
    await settle()
    scroller().dispatchEvent(new WheelEvent('wheel', { deltaY: -300, bubbles: true }))
    scroller().scrollTop -= 300
    await settle()
    const { scrollTop } = scroller()
    for (let count = 0; count < 20; count++) {
      chat.write('word '.repeat(50))
      await new Promise(requestAnimationFrame)
    }
    await settle()
    expect(scroller().scrollTop).toBe(scrollTop)
    await userEvent.click(find('.pl-jump-button'))
    await expect.poll(leftBelow).toBeLessThanOrEqual(1)
    await expect.poll(() => find('.pl-jump-button')).toBeNull()
  })

  test('a question goes to the top of the view, with room for its answer', async () => {
    const chat = longHistory(10)
    await show({ chat, defaultOpen: true })
    await userEvent.type(find('.pl-input'), 'And now?{Enter}')
    const offset = () => {
      const exchange = find('.pl-exchange[data-last]')
      return exchange.getBoundingClientRect().top - scroller().getBoundingClientRect().top
    }
    await expect.poll(() => Math.abs(offset())).toBeLessThanOrEqual(8)
  })

  test('closing and opening keeps the place', async () => {
    await show({ chat: longHistory(30), defaultOpen: true })
    await settle()
    scroller().dispatchEvent(new WheelEvent('wheel', { deltaY: -900, bubbles: true }))
    scroller().scrollTop -= 900
    await settle()
    const { scrollTop } = scroller()
    await userEvent.click(find('.pl-launcher'))
    await settle()
    await userEvent.click(find('.pl-launcher'))
    await settle()
    expect(scroller().scrollTop).toBe(scrollTop)
  })
})

test('the composer grows to six lines and scrolls from there', async () => {
  await show({ chat: createFakeChat(), defaultOpen: true })
  const field = find('.pl-input')
  const oneLine = field.clientHeight
  const line = Number.parseFloat(getComputedStyle(field).lineHeight)
  for (let count = 2; count < 9; count++) {
    await userEvent.fill(field, Array.from({ length: count }, () => 'x').join('\n'))
    const lines = Math.min(6, count)
    await expect
      .poll(() => Math.abs(field.clientHeight - oneLine - (lines - 1) * line))
      .toBeLessThanOrEqual(1)
  }
  expect(field.scrollHeight).toBeGreaterThan(field.clientHeight)
})

test('every button is at least 24 px wide and high', async () => {
  await show({ chat: createFakeChatIn('complete'), defaultOpen: true, onFeedback: () => {} })
  const small = [...document.querySelectorAll('.parlance button')].filter((button) => {
    const { width, height } = button.getBoundingClientRect()
    return width < 24 || height < 24
  })
  expect(small).toEqual([])
})

test('in forced colours bubbles, fields and buttons keep an edge', async () => {
  await emulate([{ name: 'forced-colors', value: 'active' }])
  await show({ chat: createFakeChatIn('failed'), defaultOpen: true })
  for (const selector of [
    '.pl-bubble',
    '.pl-composer',
    '.pl-send',
    '.pl-panel',
    '.pl-note',
    '.pl-launcher',
  ]) {
    const style = getComputedStyle(find(selector))
    expect([selector, style.borderTopStyle]).toEqual([selector, 'solid'])
    expect([selector, style.borderTopColor]).not.toEqual([selector, style.backgroundColor])
  }
})

test('where less motion is wanted nothing moves while it waits', async () => {
  await emulate([{ name: 'prefers-reduced-motion', value: 'reduce' }])
  await show({ chat: createFakeChatIn('submitted'), defaultOpen: true, theme: {} })
  await settle()
  expect(document.getAnimations().filter(({ playState }) => playState === 'running')).toEqual([])
})

test('the scheme of the system is followed, and one that is set wins', async () => {
  await emulate([{ name: 'prefers-color-scheme', value: 'dark' }])
  await show({ chat: createFakeChat(), mode: 'inline' })
  const surface = () => getComputedStyle(find('.pl-panel')).backgroundColor
  const dark = surface()
  await emulate([{ name: 'prefers-color-scheme', value: 'light' }])
  expect(surface()).toBe('rgb(255, 255, 255)')
  find('.parlance').dataset['scheme'] = 'dark'
  expect(surface()).toBe(dark)
})

test('a thousand turns: the last are there at once, the others come by and by, and are not laid out out of sight', async () => {
  await show({ chat: longHistory(500), mode: 'inline' })
  const turns = () => document.querySelectorAll('[data-message]')
  expect(turns().length).toBeLessThanOrEqual(64)
  const scroller = find('.pl-scroll')
  const leftBelow = () => scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop
  await expect.poll(() => turns().length, { timeout: 20_000 }).toBe(1000)
  // A drawing costs every frame, wherever it is: those of what is out of view are left out.
  const drawings = () => document.querySelectorAll('.pl-transcript svg').length
  await expect.poll(drawings).toBeLessThan(300)
  expect(document.querySelectorAll('.pl-transcript .pl-icon').length).toBe(2000)
  expect(leftBelow()).toBeLessThanOrEqual(1)
  expect(turns()[0]!.checkVisibility({ contentVisibilityAuto: true })).toBe(false)
  scroller.scrollTop = 0
  await expect.poll(() => turns()[1]!.querySelectorAll('svg').length).toBeGreaterThan(1)
  scroller.scrollTop = scroller.scrollHeight
  await expect.poll(() => turns()[1]!.querySelectorAll('svg').length).toBe(0)
  expect(drawings()).toBeLessThan(300)
})

test('where a jump leads to is drawn in the frame that brings it into view, also in a chapter that was left before', async () => {
  await show({ chat: longHistory(500), mode: 'inline' })
  const turns = () => [...document.querySelectorAll('[data-message]')]
  await expect.poll(() => turns().length, { timeout: 20_000 }).toBe(1000)
  const scroller = find('.pl-scroll')
  const isDrawn = (element: Element) => element.checkVisibility({ contentVisibilityAuto: true })
  scroller.scrollTop = 0
  await expect.poll(() => isDrawn(turns()[0]!)).toBe(true)
  scroller.scrollTop = scroller.scrollHeight
  await expect.poll(() => isDrawn(turns()[0]!)).toBe(false)
  // As a reader does it: not between the events of a frame and its painting.
  await new Promise((resolve) => setTimeout(resolve))
  scroller.scrollTop = 30_000
  const { top, height } = scroller.getBoundingClientRect()
  const middle = top + height / 2
  const stretch = [...document.querySelectorAll('.pl-stretch .pl-stretch')].find(
    (element) => element.getBoundingClientRect().bottom > middle,
  )!
  expect(isDrawn(stretch.firstElementChild!)).toBe(false)
  await new Promise(requestAnimationFrame)
  // What is there as the next frame begins is what this one has painted.
  await new Promise(requestAnimationFrame)
  expect(isDrawn(stretch.firstElementChild!)).toBe(true)
})

test('a stretch that is in view from the start has its drawings, also where the panel opens later', async () => {
  const drawn = () =>
    document.querySelectorAll('[data-state="drawn"] .pl-exchange:last-child svg').length
  await show({ chat: longHistory(17), defaultOpen: true })
  await expect.poll(drawn).toBeGreaterThan(1)
  await userEvent.click(find('.pl-launcher'))
  await settle()
  await userEvent.click(find('.pl-launcher'))
  await settle()
  await expect.poll(drawn).toBeGreaterThan(1)
})

test('a page of the other direction, filled from edge to edge, does not scroll sideways', async () => {
  const root = document.documentElement
  document.body.style.margin = '0'
  for (const strings of [en, ar]) {
    root.dir = strings === ar ? 'ltr' : 'rtl'
    await show({ chat: createFakeChatIn('complete'), mode: 'full', strings })
    expect(root.scrollWidth).toBe(root.clientWidth)
  }
  root.removeAttribute('dir')
  document.body.style.removeProperty('margin')
})
