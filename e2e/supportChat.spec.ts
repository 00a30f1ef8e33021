import { chatOn } from './fixtures/chat.ts'
import { expect, test } from './fixtures/test.ts'

test('a visitor asks, watches the answer come, and follows its source', async ({ page }) => {
  await page.goto('/docs/widget')
  const chat = chatOn(page)
  await chat.launcher.click()
  await expect(chat.field).toBeFocused()
  await chat.ask('How is my API key kept safe?')
  const answer = chat.log.getByText('It stays on the server.')
  await expect(answer).toBeVisible()
  await expect(chat.send).toBeVisible()
  const opening = page.waitForEvent('popup')
  await chat.log
    .getByRole('link', { name: 'Questions and answers: Is my API key safe?' })
    .last()
    .click()
  const source = await opening
  await expect(source).toHaveURL(/\/docs\/faq#is-my-api-key-safe$/)
  await expect(source.getByRole('heading', { name: 'Is my API key safe?' })).toBeInViewport()
  await chat.log.getByRole('link', { name: 'Tokens and security', exact: true }).click()
  await expect(page).toHaveURL(/\/docs\/tokens-and-security$/)
  await expect(answer).toBeVisible()
})

test('the answer comes in pieces, not all at once', async ({ page }) => {
  await page.goto('/')
  const chat = chatOn(page)
  await page.evaluate(() => {
    const lengths = new Set<number>()
    Object.assign(window, { lengths })
    const root = document.querySelector('.parlance')
    if (!root) throw new Error('There is no chat.')
    const look = () => {
      const answer = root.querySelector('[data-role="assistant"] .pl-text')
      if (answer) lengths.add(answer.textContent.length)
    }
    new MutationObserver(look).observe(root, {
      childList: true,
      subtree: true,
      characterData: true,
    })
  })
  await chat.ask('How does the relay work?')
  await expect(chat.log.getByText('OpenAI-compatible client, can read.')).toBeVisible()
  const count = await page.evaluate(
    () => (window as unknown as { lengths: Set<number> }).lengths.size,
  )
  // On a busy machine several become one.
  expect(count).toBeGreaterThan(2)
})

test('a suggestion is asked by a click, and the conversation goes on from page to page', async ({
  page,
}) => {
  await page.goto('/')
  const chat = chatOn(page)
  await chat.root.getByRole('button', { name: 'Which models can I use?' }).click()
  await expect(chat.log.getByText('Every model behind an API')).toBeVisible()
  await page.getByRole('navigation', { name: 'Site' }).getByRole('link', { name: 'Docs' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Getting started' })).toBeVisible()
  await chat.launcher.click()
  await expect(chat.log.getByText('Every model behind an API')).toBeVisible()
})

test('after a reload the chat answers again', async ({ page }) => {
  await page.goto('/docs/faq')
  const chat = chatOn(page)
  await chat.launcher.click()
  await chat.ask('Is Parlance free?')
  await expect(chat.log.getByText('It is MIT licensed')).toBeVisible()
  await page.reload()
  await chat.launcher.click()
  await chat.ask('Does Parlance collect data?')
  await expect(chat.log.getByText('There is no telemetry')).toBeVisible()
})

test('everything is done by keyboard, and the focus returns', async ({ page }) => {
  await page.goto('/docs/faq')
  const chat = chatOn(page)
  for (let tabs = 0; tabs < 90; tabs++) {
    await page.keyboard.press('Tab')
    if (await chat.launcher.evaluate((button) => button === document.activeElement)) break
  }
  await expect(chat.launcher).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(chat.field).toBeFocused()
  await page.keyboard.type('Which versions of React')
  await page.keyboard.press('Shift+Enter')
  await page.keyboard.type('work?')
  await expect(chat.field).toHaveValue('Which versions of React\nwork?')
  await page.keyboard.press('Enter')
  await expect(chat.log.getByText('React 18.3 and 19.')).toBeVisible()
  await expect(chat.send).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(chat.field).toBeHidden()
  await expect(chat.launcher).toBeFocused()
})

test('a lost connection keeps the question, and one click asks again', async ({
  page,
  problems,
}) => {
  await page.goto('/')
  const chat = chatOn(page)
  // Every try of ours fails, so that it is up to the visitor.
  await page.route('**/v1/chat/completions', (route) => route.abort('connectionrefused'))
  await chat.ask('Is Parlance free?')
  await expect(chat.tryAgain).toBeVisible({ timeout: 20_000 })
  await expect(chat.log.getByText('Is Parlance free?')).toBeVisible()
  await page.unroute('**/v1/chat/completions')
  await chat.tryAgain.click()
  await expect(chat.log.getByText('It is MIT licensed')).toBeVisible()
  // Chromium tells of each failed request by itself.
  expect(problems.every((text) => text.includes('ERR_CONNECTION_REFUSED'))).toBe(true)
  problems.length = 0
})

for (const [name, width, height] of [
  ['a phone', 390, 844],
  ['the narrowest window', 320, 640],
] as const) {
  test(`on ${name} the chat fills the screen and nothing scrolls sideways`, async ({ page }) => {
    await page.setViewportSize({ width, height })
    for (const path of ['/', '/docs/providers', '/custom', '/ledger']) {
      await page.goto(path)
      await expect(page.getByRole('main')).toBeVisible()
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      )
      expect(overflow, path).toBeLessThanOrEqual(0)
    }
    const chat = chatOn(page)
    await chat.launcher.click()
    // It grows into its place.
    await expect.poll(async () => (await page.getByRole('dialog').boundingBox())?.width).toBe(width)
    await chat.ask('Which versions of React work?')
    await expect(chat.log.getByText('React 18.3 and 19.')).toBeVisible()
  })
}
