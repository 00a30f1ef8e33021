import { AxeBuilder } from '@axe-core/playwright'
import { chatOn } from './fixtures/chat.ts'
import { openEmbed } from './fixtures/embed.ts'
import { type Site, startSite } from './fixtures/startSite.ts'
import { expect, test } from './fixtures/test.ts'

let site: Site

test.beforeAll(async () => {
  site = await startSite({ apiKey: 'sk-canary-templates-90d2' })
})
test.afterAll(() => site.close())
test.describe.configure({ mode: 'default' })

const answer = {
  chunks: [
    'data: {"choices":[{"index":0,"delta":{"content":"It is [1]."}}]}\n\n',
    'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n',
  ],
}

test('templates of the page stand in for parts, with their words, lists, styles and buttons', async ({
  page,
}) => {
  await page.goto(`${site.url}/hosts/templates.html`)
  const chat = chatOn(page)
  await openEmbed(page)
  const panel = page.getByRole('dialog', { name: 'Tea support' })
  await expect(panel.locator('.bar strong')).toHaveText('Tea support')
  await expect(panel.locator('[part="welcome"]')).toHaveCSS('font-size', '22px')
  await expect(panel.locator('[part="footer"]')).toHaveText('Tea support keeps no names.')
  await expect(chat.send).toHaveCSS('border-radius', '4px')

  const reply = site.provider.replyByHand()
  await chat.ask('Is my API key safe?')
  await reply.request
  await expect(panel.locator('.bar')).toHaveAttribute('data-state', 'answering')
  await expect(panel.getByText('Writing…')).toBeVisible()
  for (const piece of answer.chunks) reply.send(piece)
  reply.end()
  await expect(panel.locator('.bar')).toHaveAttribute('data-state', 'ready')
  await expect(panel.getByText('Writing…')).toHaveCount(0)
  await expect(panel.locator('.row')).toHaveCount(2)
  await expect(panel.locator('.row b')).toHaveCount(1)
  const source = panel.getByRole('link', { name: /^1\. / })
  await expect(source).toHaveAttribute('href', /\/docs\//)
  // Turns in templates are still walked by the arrow keys.
  await page.keyboard.press('F6')
  await page.keyboard.press('ArrowUp')
  await expect(panel.locator('[data-message]').first()).toBeFocused()

  const { violations } = await new AxeBuilder({ page }).include('parlance-chat').analyze()
  expect(violations).toEqual([])
  expect(
    await page.evaluate(() => (window as unknown as { violations: string[] }).violations),
  ).toEqual([])
  await panel.getByRole('button', { name: 'Close chat' }).click()
  await expect(chat.launcher).toBeFocused()
})

test('a template that cannot be used is named in the console, and the part is as ever', async ({
  page,
  problems,
}) => {
  await page.route('**/hosts/wrong.html', (route) =>
    route.fulfill({
      contentType: 'text/html',
      body: `<!doctype html><html lang="en"><head><link rel="icon" href="data:," /></head><body>
        <template data-parlance-slot="composer"><p>No place for the original</p></template>
        <template data-parlance-slot="heading"><p>No such slot</p></template>
        <template data-parlance-slot="footer">
          <a href="#terms" onclick="window.hacked = true">{title}</a>
          <button data-click="nothing">Not there</button>
        </template>
        <script async src="/parlance/loader.js" data-url="/api/chat"></script></body></html>`,
    }),
  )
  await page.goto(`${site.url}/hosts/wrong.html`)
  await openEmbed(page)
  await expect(chatOn(page).field).toBeVisible()
  await expect(page.getByText('No place for the original')).toHaveCount(0)
  await expect(page.getByRole('button', { name: 'Not there' })).toHaveCount(0)
  await page.locator('parlance-chat a', { hasText: 'Support' }).dispatchEvent('click')
  expect(await page.evaluate(() => 'hacked' in window)).toBe(false)
  const told = problems.splice(0)
  expect(told).toHaveLength(2)
  expect(told[0]).toContain('the template of "composer" needs a <slot></slot>')
  expect(told[1]).toContain('there is no slot "heading". There are panel, header')
})
