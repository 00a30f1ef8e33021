import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { recordings } from '@parlance/testing'
import { createCuttingProxy } from '@parlance/testing/node'
import { chatOn } from './fixtures/chat.ts'
import { environmentOf, type Site, startSite, vite } from './fixtures/startSite.ts'
import { expect, test } from './fixtures/test.ts'

const apiKey = 'sk-canary-0f6c1b7e5d2a4938b1c0'

let site: Site

test.beforeAll(async () => {
  site = await startSite({ apiKey })
})
test.afterAll(() => site.close())
// One provider serves all tests of this file, so they take their turns.
test.describe.configure({ mode: 'default' })

const chunk = (content: string) =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`
const finish = `data: ${JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })}\n\ndata: [DONE]\n\n`

test('Stop keeps what has come, ends the request to the provider, and is in the ledger', async ({
  page,
}) => {
  const reply = site.provider.replyByHand()
  await page.goto(`${site.url}/docs/faq`)
  const chat = chatOn(page)
  await chat.launcher.click()
  await chat.ask('Tell me a long story.')
  await reply.request
  reply.send(chunk('Once upon a time there was'))
  await expect(chat.log.getByText('Once upon a time there was')).toBeVisible()
  await chat.stop.click()
  await site.provider.untilAborted(1)
  await expect(chat.log.getByText('Once upon a time there was')).toBeVisible()
  await expect(chat.send).toBeVisible()
  await page.goto(`${site.url}/ledger`)
  await expect(page.getByRole('row').nth(1)).toContainText('Stopped')
  await expect(page.getByRole('row').nth(1)).toContainText('$')
})

test('Escape stops the answer first and closes the panel second', async ({ page }) => {
  const reply = site.provider.replyByHand()
  await page.goto(`${site.url}/docs/faq`)
  const chat = chatOn(page)
  await chat.launcher.click()
  await chat.ask('Another one.')
  await reply.request
  reply.send(chunk('There was once'))
  await expect(chat.log.getByText('There was once')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(chat.send).toBeVisible()
  await expect(chat.field).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(chat.field).toBeHidden()
})

test('an answer that breaks off is kept, marked, and asked again by one click', async ({
  page,
}) => {
  site.provider.reply({ recording: recordings.truncated }, { recording: recordings.short })
  await page.goto(`${site.url}/docs/faq`)
  const chat = chatOn(page)
  await chat.launcher.click()
  await chat.ask('How is the key kept?')
  await expect(chat.log.getByText(/The connection broke/).first()).toBeVisible()
  await expect(chat.log.getByText('Keep it on the server.').first()).toBeVisible()
  await chat.tryAgain.click()
  await expect(chat.log.getByText('The relay answers from your own pages')).toBeVisible()
})

test('an answer goes on where it was when the connection comes back', async ({
  page,
  problems,
}) => {
  const proxy = await createCuttingProxy({ target: site.url, cutAfter: () => undefined })
  await page.route(/\/api\/chat\/v1\//, (route) =>
    route.continue({ url: route.request().url().replace(site.url, proxy.url) }),
  )
  const abortedCount = site.provider.aborted.length
  const reply = site.provider.replyByHand()
  await page.goto(`${site.url}/docs/faq`)
  const chat = chatOn(page)
  await chat.launcher.click()
  await chat.ask('A story for a tunnel.')
  await reply.request
  reply.send(chunk('The train went in'))
  await expect(chat.log.getByText('The train went in')).toBeVisible()
  proxy.isDown = true
  proxy.cutAll()
  await expect(chat.log.getByText(/Trying again/)).toBeVisible()
  reply.send(chunk(', it was dark for a while') + chunk(', and came out again.') + finish)
  reply.end()
  proxy.isDown = false
  const whole = 'The train went in, it was dark for a while, and came out again.'
  await expect(chat.log.getByText(whole)).toBeVisible()
  await expect(chat.tryAgain).toBeHidden()
  await expect(chat.send).toBeVisible()
  expect(site.provider.aborted).toHaveLength(abortedCount)
  await proxy.close()
  // A browser tells of each connection that broke.
  expect(problems.filter((problem) => !/Failed to load resource|ERR_/.test(problem))).toEqual([])
  problems.length = 0
})

test('a visitor who leaves the page ends the request to the provider at once', async ({ page }) => {
  const abortedCount = site.provider.aborted.length
  const reply = site.provider.replyByHand()
  await page.goto(`${site.url}/docs/faq`)
  const chat = chatOn(page)
  await chat.launcher.click()
  await chat.ask('A story for nobody.')
  await reply.request
  reply.send(chunk('Long ago'))
  await expect(chat.log.getByText('Long ago')).toBeVisible()
  await page.goto(`${site.url}/ledger`)
  await site.provider.untilAborted(abortedCount + 1)
  // Not as one who might have come back.
  await expect(page.getByRole('row').nth(1)).toContainText('Stopped')
})

test('a busy provider is named as such, with the time when it may be asked again', async ({
  page,
  problems,
}) => {
  site.provider.replyAlways({ status: 429, headers: { 'retry-after': '90' }, json: {} })
  await page.goto(`${site.url}/docs/faq`)
  const chat = chatOn(page)
  await chat.launcher.click()
  await chat.ask('Quick question!')
  await expect(chat.log.getByText(/Try again in/)).toBeVisible({ timeout: 20_000 })
  expect(problems.every((text) => text.includes('429'))).toBe(true)
  problems.length = 0
})

test('the key appears in no byte that reaches the browser', async ({ page, problems }) => {
  const bodies: Promise<string>[] = []
  const headers: string[] = []
  page.on('response', (response) => {
    headers.push(JSON.stringify(response.headers()))
    bodies.push(response.text().catch(() => ''))
  })
  // A provider that says the key aloud, as some do.
  const echo = { error: { message: `Incorrect API key provided: ${apiKey}`, code: apiKey } }
  site.provider.replyAlways({ status: 401, json: echo, headers: { 'x-echo': apiKey } })
  const failing = chunk('Half an answer.') + `data: ${JSON.stringify(echo)}\n\n`
  site.provider.reply({ chunks: [failing] })

  for (const path of ['/', '/custom', '/ledger', '/docs/getting-started']) {
    await page.goto(site.url + path)
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  }
  const chat = chatOn(page)
  await chat.launcher.click()
  await chat.ask('What is your key?')
  await expect(chat.log.getByText('Half an answer.')).toBeVisible()
  await expect(chat.tryAgain).toBeVisible()
  await chat.tryAgain.click()
  await site.provider.untilRequests(site.provider.requests.length)
  await expect(chat.log.getByText('Something went wrong on our side.').first()).toBeVisible()

  // The control: the key was there to leak.
  const asked = site.provider.requests.at(-1)
  expect(asked?.headers['authorization']).toBe(`Bearer ${apiKey}`)
  const shown = await page.content()
  const received = [shown, ...headers, ...(await Promise.all(bodies))]
  expect(received.length).toBeGreaterThan(10)
  expect(received.filter((text) => text.includes(apiKey))).toEqual([])
  expect(site.output()).not.toContain(apiKey)
  problems.length = 0
})

test('the key appears in no bundle and no source map, though it was there at the build', () => {
  test.setTimeout(120_000)
  const folder = '.results/built-with-key'
  const options = ['--outDir', `../../${folder}`, '--emptyOutDir', '--logLevel', 'warn']
  execFileSync(process.execPath, [vite, 'build', 'apps/demo', ...options], {
    env: { ...process.env, ...environmentOf(site.provider, apiKey) },
  })
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
  expect(files.some((file) => file.endsWith('.js.map'))).toBe(true)
  const holding = files.filter((file) => readFileSync(file).includes(apiKey))
  expect(holding).toEqual([])
})
