import type { Page } from '@playwright/test'
import { answer, chunk, end } from './fixtures/chatStates.ts'
import { chatOn } from './fixtures/chat.ts'
import { openEmbed } from './fixtures/embed.ts'
import { type Site, startSite } from './fixtures/startSite.ts'
import { expect, test } from './fixtures/test.ts'

let site: Site

test.beforeAll(async () => {
  site = await startSite({ apiKey: 'sk-canary-keyboard-44e1', grounding: 'off' })
})
test.afterAll(() => site.close())
test.describe.configure({ mode: 'default' })

/** What has focus in the chat, by name or by its words; empty when focus is lost or outside of the chat. */
const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const element = document.querySelector('parlance-chat')?.shadowRoot?.activeElement
    return element?.getAttribute('aria-label') ?? element?.textContent?.trim() ?? ''
  })

async function press(page: Page, ...keys: readonly string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key)
}

/** Presses Tab until what has this name has focus. */
async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  for (let tabs = 0; tabs < 40; tabs++) {
    const now = await focused(page)
    if (typeof name === 'string' ? now === name : name.test(now)) return
    await press(page, 'Tab')
  }
  throw new Error(`${String(name)} was not reached by Tab; focus is on ${await focused(page)}.`)
}

async function ask(page: Page, question: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Your message' }).focus()
  await page.keyboard.type(question)
  await press(page, 'Enter')
}

test('every control of the panel is reached by Tab, F6 and the arrows', async ({ page }) => {
  site.provider.reply(answer, answer)
  await page.goto(`${site.url}/hosts/clean.html`)
  await openEmbed(page)
  const { log } = chatOn(page)
  await ask(page, 'First?')
  await expect(log.locator('.pm-code')).toHaveCount(1)
  await ask(page, 'Second?')
  await expect(log.locator('.pm-code')).toHaveCount(2)
  await expect(page.getByRole('button', { name: 'Send message' })).toBeVisible()

  await page.evaluate(() => {
    const root = document.querySelector('parlance-chat')!.shadowRoot!
    const reached = new Set<Element>()
    root.addEventListener('focusin', ({ target }) => reached.add(target as Element))
    Object.assign(window, { reached })
  })
  // Turn by turn from the last to the first, and through each with Tab.
  for (let turn = 0; turn < 4; turn++) {
    await page.getByRole('textbox', { name: 'Your message' }).focus()
    await press(page, 'F6')
    for (let up = 0; up < turn; up++) await press(page, 'ArrowUp')
    expect(await focused(page)).not.toBe('')
    for (let tabs = 0; tabs < 14; tabs++) await press(page, 'Tab')
  }
  await page.getByRole('textbox', { name: 'Your message' }).focus()
  for (let tabs = 0; tabs < 24; tabs++) await press(page, 'Shift+Tab')
  await page.getByRole('textbox', { name: 'Your message' }).focus()
  for (let tabs = 0; tabs < 4; tabs++) await press(page, 'Tab')
  // The way to the latest comes once the reader has left it.
  await page.getByRole('textbox', { name: 'Your message' }).focus()
  await press(page, 'F6', 'Home')
  await expect(page.getByRole('button', { name: 'Jump to latest' })).toBeVisible()
  await page.getByRole('textbox', { name: 'Your message' }).focus()
  for (let tabs = 0; tabs < 3; tabs++) await press(page, 'Shift+Tab')
  const missed = await page.evaluate(() => {
    const { reached } = window as unknown as { reached: Set<Element> }
    const root = document.querySelector('parlance-chat')!.shadowRoot!
    const all = root.querySelectorAll(
      'button, a[href], textarea, input:not([hidden], [disabled]), summary, .pm-code-text, .pm-table',
    )
    return [...all]
      .filter((element) => element.checkVisibility({ visibilityProperty: true }))
      .filter((element) => !reached.has(element))
      .map((element) => element.getAttribute('aria-label') ?? element.outerHTML.slice(0, 120))
  })
  expect(missed).toEqual([])
})

test('F6 goes between composer and transcript; Home, End and arrows walk the turns', async ({
  page,
}) => {
  site.provider.reply(answer)
  await page.goto(`${site.url}/hosts/clean.html`)
  await openEmbed(page)
  await ask(page, 'First?')
  await expect(page.getByRole('button', { name: 'Send message' })).toBeVisible()
  await expect(chatOn(page).log.locator('.pl-sources')).toBeVisible()
  await press(page, 'F6')
  expect(await focused(page)).toMatch(/^Assistant, /)
  await press(page, 'ArrowUp')
  expect(await focused(page)).toMatch(/^You, /)
  await press(page, 'End')
  expect(await focused(page)).toMatch(/^Assistant, /)
  await press(page, 'Home')
  expect(await focused(page)).toMatch(/^You, /)
  await press(page, 'F6')
  expect(await focused(page)).toBe('Your message')
})

test('text that is being composed is never sent, and its keys are its own', async ({ page }) => {
  await page.goto(`${site.url}/hosts/clean.html`)
  await openEmbed(page)
  const before = site.provider.requests.length
  const session = await page.context().newCDPSession(page)
  const compose = (text: string) =>
    session.send('Input.imeSetComposition', {
      text,
      selectionStart: text.length,
      selectionEnd: text.length,
    })
  for (const text of ['n', 'に', 'にほ', 'にほん']) await compose(text)
  await expect(chatOn(page).field).toHaveValue('にほん')
  // The key that chooses a candidate is the input method's; the page is only told of it.
  const told = (key: string) =>
    session.send('Input.dispatchKeyEvent', {
      type: 'rawKeyDown',
      key,
      code: key,
      windowsVirtualKeyCode: 229,
    })
  await told('Enter')
  await compose('日本')
  await told('Escape')
  await expect(chatOn(page).field).toBeVisible()
  await session.send('Input.insertText', { text: '日本' })
  await expect(chatOn(page).field).toHaveValue('日本')
  expect(site.provider.requests).toHaveLength(before)
  site.provider.reply({ chunks: [chunk('はい。'), end] })
  await press(page, 'Enter')
  await expect(chatOn(page).log.getByText('はい。')).toBeVisible()
  expect(site.provider.requests).toHaveLength(before + 1)
})

test('menu, conversations, editing and feedback are done by keyboard, and focus is never lost', async ({
  page,
}) => {
  site.provider.reply(answer, answer, { chunks: [chunk('Edited.'), end] })
  await page.goto(`${site.url}/hosts/clean.html`)
  await page.evaluate(() => {
    // From the first focus in the chat on, it is never nowhere for longer than a frame.
    const lost: string[] = []
    Object.assign(window, { lost })
    let last = ''
    const look = () => {
      const chat = document.querySelector('parlance-chat')
      const active = chat?.shadowRoot?.activeElement
      if (active) last = active.getAttribute('aria-label') ?? active.className
      else if (last !== '' && document.activeElement === document.body) {
        lost.push(last)
        last = ''
      }
      requestAnimationFrame(() => setTimeout(look))
    }
    look()
  })
  await openEmbed(page)
  const { log } = chatOn(page)
  await ask(page, 'First?')
  await expect(log.locator('.pl-sources')).toBeVisible()

  await test.step('another answer, and the arrows between the two', async () => {
    await press(page, 'F6')
    await tabTo(page, 'Answer again')
    await press(page, 'Enter')
    await expect(log.getByRole('group', { name: 'Version 2 of 2' })).toBeVisible()
    await expect(log.locator('.pl-sources')).toBeVisible()
    expect(await focused(page)).not.toBe('')
    await press(page, 'F6', 'F6')
    await tabTo(page, 'Previous version')
    await press(page, 'Enter')
    await expect(log.getByRole('group', { name: 'Version 1 of 2' })).toBeVisible()
    expect(await focused(page)).toBe('Previous version')
  })

  await test.step('feedback', async () => {
    await tabTo(page, 'Not helpful')
    await press(page, 'Enter')
    await tabTo(page, 'Incomplete')
    await press(page, 'Space')
    await tabTo(page, 'Send feedback')
    await press(page, 'Enter')
    expect(await focused(page)).toBe('Not helpful')
  })

  await test.step('editing, given up and sent', async () => {
    await press(page, 'F6', 'F6', 'ArrowUp')
    await tabTo(page, 'Edit')
    await press(page, 'Enter')
    expect(await focused(page)).toBe('Edit your message')
    await press(page, 'Escape')
    expect(await focused(page)).toMatch(/^You, /)
    await tabTo(page, 'Edit')
    await press(page, 'Enter')
    await page.keyboard.type(' Really?')
    await press(page, 'Enter')
    await expect(log.getByText('Edited.')).toBeVisible()
    expect(await focused(page)).toMatch(/^You, /)
  })

  await test.step('the menu, and the conversations', async () => {
    await page.getByRole('textbox', { name: 'Your message' }).focus()
    for (let tabs = 0; tabs < 20 && (await focused(page)) !== 'More options'; tabs++)
      await press(page, 'Shift+Tab')
    await press(page, 'Enter')
    expect(await focused(page)).toBe('New conversation')
    await press(page, 'ArrowDown')
    expect(await focused(page)).toBe('Conversations')
    await press(page, 'ArrowUp', 'ArrowUp')
    expect(await focused(page)).toMatch(/^Save as/)
    await press(page, 'Home', 'Escape')
    expect(await focused(page)).toBe('More options')
    await press(page, 'Enter', 'ArrowDown', 'Enter')
    await expect(page.getByRole('heading', { name: 'Conversations' })).toBeFocused()
    await tabTo(page, /^Rename/)
    await press(page, 'Enter')
    expect(await focused(page)).not.toBe('')
    await press(page, 'Control+A')
    await page.keyboard.type('A better name')
    await press(page, 'Enter')
    await expect(page.getByRole('button', { name: /^A better name/ })).toBeVisible()
    expect(await focused(page)).toBe('Rename “A better name”')
    await tabTo(page, /^Delete/)
    await press(page, 'Enter')
    expect(await focused(page)).toBe('Delete')
    await press(page, 'Escape')
    expect(await focused(page)).toBe('Delete “A better name”')
    await press(page, 'Escape')
    expect(await focused(page)).toBe('Your message')
  })

  await press(page, 'Escape')
  await expect(page.getByRole('button', { name: 'Open chat' })).toBeFocused()
  expect(await page.evaluate(() => (window as unknown as { lost: string[] }).lost)).toEqual([])
})

test('Try again and the way to the latest hand focus on', async ({ page }) => {
  site.provider.reply({ chunks: [chunk('Cut')], then: 'reset' }, answer)
  await page.goto(`${site.url}/hosts/clean.html`)
  await openEmbed(page)
  await ask(page, 'First?')
  const again = page.getByRole('button', { name: 'Try again' })
  await again.focus()
  await press(page, 'Enter')
  await expect(chatOn(page).log.locator('.pl-sources')).toBeVisible()
  expect(await focused(page)).toMatch(/^Assistant, /)
  site.provider.reply({ chunks: [chunk('A paragraph.\n\n'.repeat(60)), end] })
  await ask(page, 'Second?')
  await expect(page.getByRole('button', { name: 'Send message' })).toBeVisible()
  await chatOn(page).log.hover()
  await page.mouse.wheel(0, 9000)
  await page.mouse.wheel(0, -600)
  await page.getByRole('button', { name: 'Jump to latest' }).focus()
  await press(page, 'Enter')
  await expect(page.getByRole('button', { name: 'Jump to latest' })).toBeHidden()
  expect(await focused(page)).toMatch(/^Assistant, /)
})
