import { AxeBuilder } from '@axe-core/playwright'
import { chatOn } from './fixtures/chat.ts'
import { expect, test } from './fixtures/test.ts'

test('guides are read one after the other, and each has its own title', async ({ page }) => {
  await page.goto('/docs/getting-started')
  await expect(page).toHaveTitle('Getting started · Parlance')
  await page.getByRole('main').getByRole('link', { name: 'Providers' }).first().click()
  await expect(page).toHaveURL(/\/docs\/providers$/)
  await expect(page).toHaveTitle('Providers · Parlance')
  await page.goBack()
  await expect(page.getByRole('heading', { level: 1, name: 'Getting started' })).toBeVisible()
})

test('an unknown address says so', async ({ page }) => {
  await page.goto('/docs/nothing-here')
  await expect(page.getByRole('heading', { name: 'Nothing is at this address' })).toBeVisible()
})

test('the ledger shows a reply as it ends, and never what was said', async ({ page }) => {
  await page.goto('/ledger')
  const replies = page.getByRole('row').filter({ hasText: 'docs' })
  await expect(page.getByText('Live', { exact: true })).toBeVisible()
  const before = await replies.count()
  const chat = chatOn(page)
  await chat.launcher.click()
  await chat.ask('Is Parlance free?')
  await expect(chat.log.getByText('It is MIT licensed')).toBeVisible()
  await expect.poll(() => replies.count()).toBeGreaterThan(before)
  await expect(replies.first()).toContainText('Complete')
  await expect(page.getByRole('main')).not.toContainText('MIT licensed')
})

test('each provider answers without an account, and its conversation waits while another is shown', async ({
  page,
}) => {
  await page.goto('/providers')
  const { log, ask, root } = chatOn(page)
  const names = ['ChipiPay', 'Chipp', 'Routed inference', 'aiapi.services', 'AIMO network']
  for (const name of ['OpenAI format', ...names]) {
    await page.getByRole('radio', { name }).check()
    await ask(`Are you ${name}?`)
    await expect(log.getByText(`“Are you ${name}?” ✓`)).toBeVisible()
  }
  await page.getByRole('radio', { name: 'ChipiPay' }).check()
  await expect(log.getByText('“Are you ChipiPay?” ✓')).toBeVisible()
  await ask('stub:cut')
  await expect(root.locator('[data-kind="truncated"]')).toBeVisible()
})

test('the chat made of hooks answers too', async ({ page }) => {
  await page.goto('/custom')
  const interview = page.getByRole('region', { name: 'Interview with Parlance' })
  await interview.getByRole('button', { name: 'Is it accessible?' }).click()
  await expect(interview.getByText('Everything works by keyboard')).toBeVisible()
  await expect(interview.getByRole('list', { name: 'Sources' }).first()).toBeVisible()
  await interview.getByRole('textbox').fill('Is Parlance free?')
  await page.keyboard.press('Enter')
  await expect(interview.getByText('It is MIT licensed')).toBeVisible()
  await expect(interview.getByRole('textbox')).toHaveValue('')
})

test('the home page leads to pages of other people with the script tag', async ({ page }) => {
  await page.goto('/')
  const links = page.getByRole('region', { name: /other people/ }).getByRole('link')
  const count = await links.count()
  expect(count).toBe(7)
  for (let index = 0; index < count; index++) {
    await links.nth(index).click()
    await expect(page).toHaveURL(/\/hosts\/[\w-]+\.html$/)
    await expect(page.locator('parlance-chat, iframe')).toHaveCount(1)
    await page.goBack()
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  }
})

const paths = ['/', '/docs/widget', '/docs/how-the-relay-works', '/providers', '/custom', '/ledger']

test('no page scrolls sideways in a window of 320 px', async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 640 })
  for (const path of paths) {
    await page.goto(path)
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    expect
      .soft(await page.evaluate(() => document.documentElement.scrollWidth), path)
      .toBeLessThanOrEqual(320)
  }
})

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing on any page, in ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme })
    for (const path of paths) {
      await page.goto(path)
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
      if (path === '/docs/widget') {
        const chat = chatOn(page)
        await chat.launcher.click()
        await chat.ask('How do I change the colours?')
        await expect(chat.log.getByText('One colour is enough.')).toBeVisible()
        await expect(chat.send).toBeVisible()
      }
      const { violations } = await new AxeBuilder({ page }).analyze()
      const found = violations.map(({ id, nodes }) => `${path}: ${id} at ${nodes[0]?.html}`)
      expect(found).toEqual([])
    }
  })
}
