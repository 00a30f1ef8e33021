import type { CDPSession, Page } from '@playwright/test'
import { chunk, end, openStage } from './fixtures/chatStates.ts'
import { gotoOwnPage } from './fixtures/embed.ts'
import { type Site, startSite } from './fixtures/startSite.ts'
import { expect, test } from './fixtures/test.ts'

let site: Site

test.beforeAll(async () => {
  site = await startSite({ apiKey: 'sk-canary-phone-91b2', grounding: 'off' })
})
test.afterAll(() => site.close())
test.describe.configure({ mode: 'default' })
test.use({
  locale: 'en-US',
  viewport: { width: 390, height: 844 },
  hasTouch: true,
  isMobile: true,
  reducedMotion: 'reduce',
})

async function openByTouch(page: Page): Promise<Awaited<ReturnType<typeof openStage>>> {
  const stage = await openStage(page, site, 'clean')
  await stage.part('.pl-invite-dismiss').tap()
  await stage.part('.pl-launcher').tap()
  await stage.part('.pl-menu').waitFor()
  return stage
}

const boxOf = (page: Page, selector: string) =>
  page.evaluate((wanted) => {
    const element = document.querySelector('parlance-chat')!.shadowRoot!.querySelector(wanted)!
    const { top, bottom, width, height } = element.getBoundingClientRect()
    return { top, bottom, width, height }
  }, selector)

const focusOf = (page: Page) =>
  page.evaluate(
    () => document.querySelector('parlance-chat')!.shadowRoot!.activeElement?.className ?? '',
  )

for (const mode of ['popup', 'full']) {
  test(`a keyboard on the screen leaves header and composer above it: ${mode}`, async ({
    page,
  }) => {
    // No browser in a test has such a keyboard: this is what one tells a page.
    await page.addInitScript(() => {
      const keyboard = Object.assign(new EventTarget(), { height: 844, offsetTop: 0, scale: 1 })
      Object.defineProperty(window, 'visualViewport', { value: keyboard })
    })
    const change = (now: { readonly height: number; readonly offsetTop: number }) =>
      page.evaluate((values) => {
        Object.assign(window.visualViewport!, values).dispatchEvent(new Event('resize'))
      }, now)
    await gotoOwnPage(page, site, {
      head: '<meta name="viewport" content="width=device-width" />',
      body: `<script async src="/parlance/loader.js" data-url="/api/chat" data-mode="${mode}"></script>`,
    })
    if (mode === 'popup') await page.getByRole('button', { name: 'Open chat' }).tap()
    await page.getByRole('textbox', { name: 'Your message' }).tap()
    await change({ height: 480, offsetTop: 120 })
    expect(await boxOf(page, '.pl-panel')).toMatchObject({ top: 120, bottom: 600 })
    expect((await boxOf(page, '.pl-composer')).bottom).toBeLessThanOrEqual(600)
    await change({ height: 844, offsetTop: 0 })
    expect(await boxOf(page, '.pl-panel')).toMatchObject({ top: 0, bottom: 844 })
  })
}

test('two fingers magnify the chat and change nothing of its measures', async ({ page }) => {
  await openByTouch(page)
  const before = await boxOf(page, '.pl-panel')
  const session: CDPSession = await page.context().newCDPSession(page)
  await session.send('Emulation.setPageScaleFactor', { pageScaleFactor: 2 })
  await page.waitForFunction(() => visualViewport!.scale === 2 && visualViewport!.height < 500)
  await page.evaluate(async () => {
    for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame)
  })
  const { width, height } = await boxOf(page, '.pl-panel')
  expect({ width, height }).toEqual({ width: before.width, height: before.height })
})

test('a suggestion is asked without a keyboard over its answer', async ({ page }) => {
  const { part, provider } = await openByTouch(page)
  provider.reply({ chunks: [chunk('It stays on the server.'), end] })
  await part('.pl-chip').first().tap()
  await part('.pl-turn[data-state="complete"][data-role="assistant"]').waitFor()
  expect(await focusOf(page)).toBe('pl-panel')
})

test('a notch at a side hides nothing', async ({ page }) => {
  await page.setViewportSize({ width: 844, height: 390 })
  const session = await page.context().newCDPSession(page)
  await session.send(
    'Emulation.setSafeAreaInsetsOverride' as 'Emulation.setPageScaleFactor',
    {
      insets: { left: 47, right: 47, bottom: 21 },
    } as never,
  )
  const { part } = await openByTouch(page)
  const edges = await page.evaluate(() => {
    const root = document.querySelector('parlance-chat')!.shadowRoot!
    return ['.pl-title', '.pl-header .pl-icon-button:last-child', '.pl-composer'].map((wanted) => {
      const { left, right, bottom } = root.querySelector(wanted)!.getBoundingClientRect()
      return { left, right, bottom }
    })
  })
  for (const { left, right, bottom } of edges) {
    expect(left).toBeGreaterThanOrEqual(47)
    expect(right).toBeLessThanOrEqual(844 - 47)
    expect(bottom).toBeLessThanOrEqual(390 - 21)
  }
  await expect(part('.pl-scroll')).toBeInViewport()
})
