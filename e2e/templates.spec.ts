import { AxeBuilder } from '@axe-core/playwright'
import { chatOn } from './fixtures/chat.ts'
import { gotoOwnPage, openEmbed } from './fixtures/embed.ts'
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

test('launcher, badge and greeting are templates of the page before there is a panel', async ({
  page,
}) => {
  const requests: string[] = []
  page.on('request', (request) => requests.push(new URL(request.url()).pathname))
  await page.goto(`${site.url}/hosts/templates.html`)
  const chat = chatOn(page)
  await expect(chat.launcher).toHaveClass('tea')
  await expect(chat.launcher).toHaveAttribute('aria-haspopup', 'dialog')
  await expect(chat.launcher).toHaveAttribute('data-state', 'closed')
  // The one launcher of the page, where the other would stand.
  await expect(page.locator('parlance-chat').getByRole('button')).toHaveCount(3)
  const box = (await chat.launcher.boundingBox())!
  const view = page.viewportSize()!
  expect(view.width - box.x - box.width).toBeCloseTo(20, 0)
  expect(view.height - box.y - box.height).toBeCloseTo(20, 0)
  const greeting = page.getByRole('button', { name: 'Ask about tea.' })
  await expect(greeting).toBeVisible()
  const { violations } = await new AxeBuilder({ page }).include('parlance-chat').analyze()
  expect(violations).toEqual([])
  const ours = requests.filter((path) => path.startsWith('/parlance'))
  expect(ours.sort()).toEqual(['/parlance/launcher.js', '/parlance/loader.js'])

  // Pointing at it fetches the panel, waving the greeting away gives focus to it, and opening it leaves it in place.
  await page.getByRole('button', { name: 'Dismiss' }).click()
  await expect(greeting).toHaveCount(0)
  await expect(chat.launcher).toBeFocused()
  await expect.poll(() => requests).toContain('/parlance/panel.js')
  await page.keyboard.press('Enter')
  const panel = page.getByRole('dialog', { name: 'Tea support' })
  await expect(panel).toBeVisible()
  const open = page.getByRole('button', { name: 'Close chat' }).and(page.locator('.tea'))
  await expect(open).toHaveAttribute('aria-expanded', 'true')
  await expect(open).toHaveAttribute('aria-controls', (await panel.getAttribute('id'))!)

  // An answer that comes while it is closed is in the launcher's words and its name.
  const reply = site.provider.replyByHand()
  await chat.ask('Is my API key safe?')
  await reply.request
  await open.click()
  for (const piece of answer.chunks) reply.send(piece)
  reply.end()
  const unread = page.getByRole('button', { name: 'Open chat, 1 unread message' })
  await expect(unread).toContainText('1 new')
  await unread.click()
  await expect(open).not.toContainText('new')
  await expect(chat.field).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(chat.launcher).toBeFocused()
  expect(
    await page.evaluate(() => (window as unknown as { violations: string[] }).violations),
  ).toEqual([])
})

test('a template goes around launcher and greeting, and a badge of the page counts', async ({
  page,
}) => {
  await gotoOwnPage(page, site, {
    body: `<script async src="/parlance/loader.js" data-url="/api/chat" data-side="start"
          data-greeting="Hello there" data-greeting-after-ms="100"></script>
        <template data-parlance-slot="launcher"><p class="around">Help <slot></slot></p></template>
        <template data-parlance-slot="greeting"><div class="frame"><slot></slot></div></template>
        <template data-parlance-slot="badge"><b class="count">{count}!</b></template>`,
  })
  const chat = chatOn(page)
  await expect(page.locator('.around').getByRole('button', { name: 'Open chat' })).toBeVisible()
  await page.locator('.frame').getByRole('button', { name: 'Hello there' }).click()
  await expect(page.locator('.frame')).toHaveCount(0)
  for (const count of [1, 2]) {
    const reply = site.provider.replyByHand()
    await chat.ask(`Question ${count}?`)
    await reply.request
    await page.evaluate(() => window.Parlance?.close())
    for (const piece of answer.chunks) reply.send(piece)
    reply.end()
    await expect(page.locator('.count')).toHaveText('1!')
    await page.getByRole('button', { name: 'Open chat, 1 unread message' }).click()
    await expect(page.locator('.count')).toHaveCount(0)
  }
})

test('a launcher template without a way to open is named in the console, as is a file that does not come', async ({
  page,
  problems,
}) => {
  await gotoOwnPage(page, site, {
    body: `<template data-parlance-slot="launcher"><p>Just words</p></template>
      <script async src="/parlance/loader.js" data-url="/api/chat"></script>`,
  })
  await expect(chatOn(page).launcher).toHaveClass('pl-launcher')
  expect(problems.splice(0).join()).toContain('the template of "launcher" needs a <slot></slot>')
  await page.route('**/parlance/launcher.js*', (route) => route.abort())
  await page.reload()
  await expect(chatOn(page).launcher).toHaveClass('pl-launcher')
  expect(problems.splice(0).join('\n')).toContain('Parlance: launcher.js did not load.')
})

test('a template that cannot be used is named in the console, and the part is as ever', async ({
  page,
  problems,
}) => {
  await gotoOwnPage(page, site, {
    body: `<template data-parlance-slot="composer"><p>No place for the original</p></template>
        <template data-parlance-slot="heading"><p>No such slot</p></template>
        <template data-parlance-slot="footer">
          <a href="#terms" onclick="window.hacked = true">{title}</a>
          <button data-click="nothing">Not there</button>
        </template>
        <script async src="/parlance/loader.js" data-url="/api/chat"></script>`,
  })
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
