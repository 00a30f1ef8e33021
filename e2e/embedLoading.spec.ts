import { createHash } from 'node:crypto'
import type { Page } from '@playwright/test'
import { chatOn } from './fixtures/chat.ts'
// Declares the page's global.
import type {} from '../packages/widget/src/embed/embedApi.ts'
import { type Site, startSite } from './fixtures/startSite.ts'
import { expect, test } from './fixtures/test.ts'

let site: Site

test.beforeAll(async () => {
  site = await startSite({ apiKey: 'sk-canary-loading-3d9a' })
})
test.afterAll(() => site.close())

const answer = {
  chunks: [
    'data: {"choices":[{"index":0,"delta":{"content":"An answer."}}]}\n\n',
    'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n',
  ],
}

async function goto(page: Page, name: string): Promise<void> {
  await page.goto(`${site.url}/hosts/${name}.html`)
  await page.locator('parlance-chat').waitFor({ state: 'attached' })
}

async function open(page: Page, launcher = 'Open chat'): Promise<void> {
  await page.evaluate(() => {
    window.Parlance?.on('open', () => performance.mark('open'))
  })
  await page.getByRole('button', { name: launcher }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').waitFor()
}

/** Files of the chat that were asked for before it opened, or after, in order and without the hash in their names. */
function filesAsked(page: Page, when: 'before' | 'after'): Promise<readonly string[]> {
  return page.evaluate((wanted) => {
    const openedAt = performance.getEntriesByName('open')[0]!.startTime
    return (performance.getEntriesByType('resource') as PerformanceResourceTiming[])
      .filter(({ name }) => name.includes('/parlance/'))
      .filter(({ startTime }) => startTime < openedAt === (wanted === 'before'))
      .map(({ name }) => name.replace(/^.*\/parlance\//, '').replace(/-[\w-]{8}\.js$/, '.js'))
  }, when)
}

test('the first open asks for the panel and nothing else; the rest comes when the browser is idle', async ({
  page,
}) => {
  await goto(page, 'clean')
  await open(page)
  expect(await filesAsked(page, 'before')).toEqual(['loader.js', 'panel.js'])
  await expect
    .poll(async () => (await filesAsked(page, 'after')).toSorted())
    .toEqual([
      'panel-HistoryView.js',
      'panel-rareParts.js',
      'panel-startKeeping.js',
      'panel-talk.js',
    ])
})

test('in another language the first open asks for that language as well', async ({ page }) => {
  await goto(page, 'rtl')
  await open(page, 'فتح المحادثة')
  // The browser tells of a file once it has come, and the chat waits for it only so long.
  await expect
    .poll(() => filesAsked(page, 'before'))
    .toEqual(['loader.js', 'panel.js', 'panel-ar.js'])
})

test('a visitor who comes back has the conversation in the panel as it opens', async ({ page }) => {
  site.provider.reply(answer)
  await goto(page, 'clean')
  await open(page)
  await chatOn(page).ask('First?')
  await expect(chatOn(page).log.getByText('An answer.')).toBeVisible()
  await page.reload()
  await open(page)
  expect(await filesAsked(page, 'before')).toContain('panel-startKeeping.js')
  await expect(chatOn(page).log.getByText('An answer.')).toBeVisible()
})

test('code is coloured while it is written, by a file that comes with the first block of it', async ({
  page,
}) => {
  const chunk = (content: string) =>
    `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`
  const reply = site.provider.replyByHand()
  await goto(page, 'csp')
  await open(page)
  expect(await filesAsked(page, 'before')).not.toContain('panel-highlightCode.js')
  await chatOn(page).ask('Show me code.')
  await reply.request
  reply.send(chunk('```js\nconst answer = 42 // of all\nlet half'))
  const keywords = () => page.evaluate(() => CSS.highlights.get('pm-keyword')?.size ?? 0)
  // A line is coloured once it is complete.
  await expect.poll(keywords).toBe(1)
  reply.send(chunk(' = 21\n```\n'))
  await expect.poll(keywords).toBe(2)
  reply.send(answer.chunks[1]!)
  reply.end()
  await expect(chatOn(page).send).toBeVisible()
  expect(await filesAsked(page, 'after')).toContain('panel-highlightCode.js')
})

test('the menu of an empty chat is there as it opens, before what keeps conversations', async ({
  page,
  problems,
}) => {
  let release = (): void => undefined
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  await page.route('**/panel-startKeeping-*.js', async (route) => {
    await released
    await route.continue()
  })
  await goto(page, 'clean')
  await open(page)
  const panel = page.getByRole('dialog')
  await panel.getByRole('button', { name: 'More options' }).click()
  await panel.getByRole('menuitem', { name: 'Conversations' }).click()
  await expect(panel.locator('.pl-dots')).toBeVisible()
  release()
  await expect(panel.getByRole('heading', { name: 'Conversations' })).toBeVisible()

  // What does not come cannot be shown.
  await page.route('**/panel-startKeeping-*.js', (route) => route.abort())
  await page.reload()
  await open(page)
  await expect(panel.getByRole('button', { name: 'More options' })).toHaveCount(0)
  await expect(chatOn(page).field).toBeVisible()
  expect(problems.splice(0).join('\n')).toContain('Parlance: conversations are not kept')
})

test('formulas are read where the tag says so, by a file that other pages never ask for', async ({
  page,
}) => {
  const tex = 'The sum is $\\frac{a}{b}$ and costs $5.'
  const reply = {
    chunks: [
      `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: tex } }] })}\n\n`,
      answer.chunks[1]!,
    ],
  }
  const chat = chatOn(page)
  await goto(page, 'csp')
  await open(page)
  site.provider.reply(reply)
  await chat.ask('A sum?')
  await expect(chat.log.getByText(tex)).toBeVisible()
  await expect(chat.send).toBeVisible()
  expect(await filesAsked(page, 'after')).not.toContain('panel-mathParts.js')

  // The same under the same policy, with formulas. What was kept is read again as well.
  await page.route('**/hosts/csp.html', async (route) => {
    const response = await route.fetch()
    const html = (await response.text()).replace('data-url=', 'data-math="on" data-url=')
    await route.fulfill({ response, body: html })
  })
  await goto(page, 'csp')
  await open(page)
  await expect(chat.log.locator('math mfrac')).toHaveCount(1)
  await expect(chat.log.getByText('and costs $5.')).toBeVisible()
  site.provider.reply(reply)
  await chat.ask('Another?')
  await expect(chat.log.locator('math mfrac')).toHaveCount(2)
  expect(await filesAsked(page, 'before')).toContain('panel-mathParts.js')
  expect(
    await page.evaluate(() => (window as unknown as { violations: string[] }).violations),
  ).toEqual([])
})

test('a part that does not load is named in the console, and comes at a second try', async ({
  page,
  problems,
}) => {
  await page.route('**/panel-rareParts-*.js', (route) => route.abort())
  site.provider.reply(answer)
  await goto(page, 'clean')
  const chat = chatOn(page)
  await open(page)
  await chat.ask('First?')
  await expect(chat.log.getByText('An answer.')).toBeVisible()
  await chat.log.getByText('First?').hover()
  await page.getByRole('button', { name: 'Edit', exact: true }).click()
  await expect(chat.log.getByText('The connection failed.')).toBeVisible()
  expect(problems.splice(0).join('\n')).toContain('Parlance: the code of EditForm did not load.')
  await page.unroute('**/panel-rareParts-*.js')
  await chat.tryAgain.click()
  await expect(page.getByRole('textbox', { name: 'Edit your message' })).toHaveValue('First?')
})

test('a question goes out at a second try when the code that talks to the relay did not load', async ({
  page,
  problems,
}) => {
  await page.route('**/panel-talk-*.js', (route) => route.abort())
  site.provider.reply(answer)
  await goto(page, 'clean')
  const chat = chatOn(page)
  await open(page)
  await chat.ask('First?')
  await expect(chat.log.getByText('The connection failed.')).toBeVisible()
  await page.unroute('**/panel-talk-*.js')
  await chat.tryAgain.click()
  await expect(chat.log.getByText('An answer.')).toBeVisible()
  await expect(chat.log.getByText('First?')).toHaveCount(1)
  // The browser's own words for a request that failed.
  expect(new Set(problems.splice(0))).toEqual(new Set(['Failed to load resource: net::ERR_FAILED']))
})

test('a panel that does not load leaves the launcher, and opens whole at a second try', async ({
  page,
  problems,
}) => {
  await page.route('**/panel.js*', (route) => route.abort())
  await goto(page, 'clean')
  const chat = chatOn(page)
  await chat.launcher.click()
  await expect.poll(() => problems.join('\n')).toContain('Parlance: panel.js did not load.')
  problems.splice(0)
  await expect(chat.launcher).toHaveAttribute('data-state', 'closed')
  await page.unroute('**/panel.js*')
  site.provider.reply(answer)
  await chat.launcher.click()
  await chat.ask('First?')
  await expect(chat.log.getByText('An answer.')).toBeVisible()
  await page.getByRole('button', { name: 'More options' }).click()
  await page.getByRole('menuitem', { name: 'Conversations' }).click()
  await expect(page.getByRole('heading', { name: 'Conversations' })).toBeFocused()
})

for (const { name, policy, attributes } of [
  {
    name: 'a policy of nonces passes on to what the tag loads',
    policy: "default-src 'none'; script-src 'nonce-of-the-page'; connect-src 'self'",
    attributes: () => 'nonce="of-the-page"',
  },
  {
    name: 'so does one that trusts what a trusted script loads',
    policy:
      "default-src 'none'; script-src 'nonce-of-the-page' 'strict-dynamic'; connect-src 'self'; " +
      "require-trusted-types-for 'script'; trusted-types 'none'",
    attributes: () => 'nonce="of-the-page"',
  },
  {
    name: 'a loader that is pinned by its hash',
    policy: "default-src 'none'; script-src 'self'; connect-src 'self'",
    attributes: (loader: Buffer) => {
      const hash = createHash('sha384').update(loader).digest('base64')
      return `integrity="sha384-${hash}" crossorigin="anonymous"`
    },
  },
]) {
  test(`the chat opens and answers: ${name}`, async ({ page }) => {
    const loader = await page.request.get(`${site.url}/parlance/loader.js`)
    const tag = `async src="/parlance/loader.js" data-url="/api/chat" ${attributes(await loader.body())}`
    await page.route('**/hosts/policy.html', (route) =>
      route.fulfill({
        contentType: 'text/html',
        headers: { 'content-security-policy': policy },
        body: `<!doctype html><html lang="en"><title>Policy</title><script ${tag}></script>`,
      }),
    )
    await goto(page, 'policy')
    await open(page)
    site.provider.reply(answer)
    const { ask, log } = chatOn(page)
    await ask('Does it work?')
    await expect(log.getByText('An answer.')).toBeVisible()
  })
}
