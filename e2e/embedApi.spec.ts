import type { Page } from '@playwright/test'
import { chatOn } from './fixtures/chat.ts'
import { gotoOwnPage, openEmbed } from './fixtures/embed.ts'
import { type Site, startSite } from './fixtures/startSite.ts'
import { expect, test } from './fixtures/test.ts'

let site: Site

test.beforeAll(async () => {
  site = await startSite({ apiKey: 'sk-canary-api-31c9' })
})
test.afterAll(() => site.close())
test.describe.configure({ mode: 'default' })

const answer = (text: string) => ({
  chunks: [
    `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: text } }] })}\n\n`,
    'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n',
  ],
})

async function goto(page: Page, name = 'clean'): Promise<void> {
  await page.goto(`${site.url}/hosts/${name}.html`)
  await page.locator('parlance-chat').waitFor({ state: 'attached' })
}

/** What the provider was asked last. */
function lastAsked(): { role: string; content: string }[] {
  const { body } = site.provider.requests.at(-1)!
  return (body as { messages: { role: string; content: string }[] }).messages
}

test('what setContext says reaches the model, the latest of it, and only what the relay lists', async ({
  page,
}) => {
  await goto(page)
  site.provider.reply(answer('One.'), answer('Two.'))
  await page.evaluate(async () => {
    const chat = window.Parlance!
    chat.setContext({ page: 'Teapots', secret: 'CANARY' })
    await chat.send('Is it in stock?')
  })
  expect(lastAsked()[0]).toMatchObject({
    role: 'system',
    content: expect.stringContaining('\npage: "Teapots"\n'),
  })
  expect(JSON.stringify(lastAsked())).not.toContain('CANARY')
  await page.evaluate(async () => {
    window.Parlance!.setContext({ page: 'Mugs' })
    await window.Parlance!.send('And this?')
  })
  expect(lastAsked()[0]?.content).toContain('\npage: "Mugs"\n')
  expect(lastAsked()[0]?.content).not.toContain('Teapots')
})

test('identify presents the owner’s token with each session it asks for, and null takes it back', async ({
  page,
}) => {
  const sessions: (string | undefined)[] = []
  page.on('request', (request) => {
    if (request.url().endsWith('/session')) sessions.push(request.headers()['authorization'])
  })
  await goto(page)
  site.provider.reply(answer('One.'), answer('Two.'), answer('Three.'))
  const ask = () => page.evaluate(() => window.Parlance!.send('Hello?'))
  await ask()
  await page.evaluate(() =>
    window.Parlance!.identify({ id: 'ada', token: async () => 'signed.by.owner' }),
  )
  expect(await page.evaluate(() => window.Parlance!.getState().conversationId)).toBe('')
  await ask()
  await page.evaluate(() => window.Parlance!.identify(null))
  await ask()
  // Whoever was there before keeps their own session.
  expect(sessions).toEqual([undefined, 'Bearer signed.by.owner'])
  expect(lastAsked().filter(({ role }) => role === 'user')).toHaveLength(2)
})

test('state, events and kept conversations are there for the page', async ({ page }) => {
  await goto(page)
  site.provider.reply(answer('One.'), answer('Two.'))
  const seen = await page.evaluate(async () => {
    const chat = window.Parlance!
    const heard: string[] = []
    const onSend = () => void heard.push('send')
    const onEnd = () => void heard.push('reply-end')
    chat.on('send', onSend)
    const stop = chat.on('reply-end', onEnd)
    chat.on('reply-end', () => {
      throw new Error('a mistake of the page')
    })
    document
      .querySelector('parlance-chat')!
      .addEventListener('parlance:reply-end', (event) =>
        heard.push((event as CustomEvent<{ outcome: string }>).detail.outcome),
      )
    addEventListener('error', (event) => event.preventDefault())
    const before = chat.getState()
    await chat.send('First question')
    const first = chat.getState()
    chat.off('send', onSend)
    stop()
    await chat.newConversation()
    await chat.send('Second question')
    await chat.openConversation(first.conversationId)
    await chat.openConversation('no such conversation')
    return { before, first, last: chat.getState(), heard }
  })
  expect(seen.before).toEqual({
    isOpen: false,
    unread: 0,
    status: 'ready',
    conversationId: '',
    consent: 'granted',
    locale: 'en',
  })
  expect(seen.first.unread).toBe(1)
  expect(seen.first.conversationId).not.toBe('')
  expect(seen.last.conversationId).toBe(seen.first.conversationId)
  expect(seen.heard).toEqual(['send', 'reply-end', 'complete', 'complete'])
  await openEmbed(page)
  await expect(chatOn(page).log.getByText('First question')).toBeVisible()
})

test('a tool of the page is run when the model calls it, and not once it was taken back', async ({
  page,
}) => {
  const bodies: { messages: { role: string; content: string }[] }[] = []
  const call =
    'data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"call_1","function":' +
    '{"name":"open_page","arguments":"{\\"path\\":\\"/tea\\"}"}}]},"finish_reason":"tool_calls"}]}\n\ndata: [DONE]\n\n'
  await page.route('**/v1/chat/completions', (route) => {
    bodies.push(route.request().postDataJSON() as (typeof bodies)[number])
    const isAnswered = bodies.at(-1)!.messages.at(-1)!.role === 'tool'
    return route.fulfill({
      contentType: 'text/event-stream',
      body: isAnswered ? answer('There it is.').chunks.join('') : call,
    })
  })
  await goto(page)
  const opened = await page.evaluate(async () => {
    const chat = window.Parlance!
    const inputs: unknown[] = []
    const takeBack = chat.registerTool({
      name: 'open_page',
      run: (input) => {
        inputs.push(input)
        return { opened: true }
      },
    })
    await chat.send('Take me to the teas.')
    takeBack()
    await chat.send('Once more.')
    return inputs
  })
  expect(opened).toEqual([{ path: '/tea' }])
  expect(bodies[1]?.messages.at(-1)).toMatchObject({ role: 'tool', content: '{"opened":true}' })
  expect(bodies).toHaveLength(3)
})

test('with consent="ask" nothing is kept before the visitor says so, and then it is', async ({
  page,
}) => {
  const stored = () =>
    page.evaluate(
      async () =>
        localStorage.length + sessionStorage.length + (await indexedDB.databases()).length,
    )
  site.provider.reply(answer('One.'))
  await gotoOwnPage(page, site, {
    body: '<script async src="/parlance/loader.js" data-url="/api/chat" data-consent="ask" data-usage="on"></script>',
  })
  const chat = chatOn(page)
  await openEmbed(page)
  await chat.ask('First question')
  await expect(chat.log.getByText('One.')).toBeVisible()
  await expect(page.getByText('Keep this conversation on your device?')).toBeVisible()
  expect(await stored()).toBe(0)
  await expect(page.getByRole('button', { name: 'Details' })).toHaveCount(1)
  expect(await page.evaluate(() => window.Parlance!.getState().consent)).toBe('unknown')
  await page.getByRole('button', { name: 'Keep', exact: true }).click()
  await expect(page.getByText('Keep this conversation on your device?')).toHaveCount(0)
  await expect.poll(stored).toBe(2)
  await page.reload()
  await openEmbed(page)
  await expect(chat.log.getByText('First question')).toBeVisible()
  await expect(page.getByText('Keep this conversation on your device?')).toHaveCount(0)
  expect(await page.evaluate(() => window.Parlance!.getState().consent)).toBe('granted')
})

test('a document that is swapped whole keeps the chat, as it was', async ({ page }) => {
  await goto(page)
  await openEmbed(page)
  const chat = chatOn(page)
  await chat.field.fill('Half a question')
  await page.evaluate(() => {
    const next = document.implementation.createHTMLDocument('Next page')
    next.body.innerHTML = '<main><h1>Next page</h1></main>'
    document.documentElement.replaceWith(document.adoptNode(next.documentElement))
  })
  await expect(page.getByRole('heading', { name: 'Next page' })).toBeVisible()
  await expect(chat.field).toHaveValue('Half a question')
})

test('on paper stands the whole conversation, without what is pressed', async ({ page }) => {
  const long = Array.from({ length: 80 }, (_, index) => `Line ${index}.`).join('\n\n')
  site.provider.reply(answer(long))
  await goto(page)
  await openEmbed(page)
  const chat = chatOn(page)
  await chat.ask('Something long, please.')
  await expect(chat.log.getByText('Line 79.')).toBeAttached()
  await expect(chat.send).toBeVisible()
  await page.emulateMedia({ media: 'print' })
  await expect(chat.field).toBeHidden()
  await expect(page.getByRole('button', { name: 'Close chat' })).toHaveCount(0)
  const { position, height, whole } = await page.evaluate(() => {
    const panel = document.querySelector('parlance-chat')!.shadowRoot!.querySelector('.pl-panel')!
    return {
      position: getComputedStyle(panel).position,
      height: panel.getBoundingClientRect().height,
      whole: document.documentElement.scrollHeight,
    }
  })
  expect(position).toBe('static')
  expect(height).toBeGreaterThan(1_500)
  expect(whole).toBeGreaterThan(height)
  // In a page's flow, so that it is broken over sheets and not cut at the end of the first.
  const pdf = await page.pdf()
  expect(pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length).toBeGreaterThan(1)
})

test('the script tag works from source, too, as in development', async ({ page }) => {
  test.setTimeout(90_000)
  const dev = await startSite({ apiKey: 'sk-canary-dev-77a1', server: 'dev' })
  dev.provider.reply(answer('From source.'))
  await page.goto(`${dev.url}/hosts/clean.html`)
  await openEmbed(page)
  await chatOn(page).ask('Hello?')
  await expect(chatOn(page).log.getByText('From source.')).toBeVisible()
  await page.close()
  await dev.close()
})
