import { createSeededRandom } from '@parlance/testing'
import type { Page } from '@playwright/test'
import { chatOn } from './fixtures/chat.ts'
import { gotoOwnPage, openEmbed } from './fixtures/embed.ts'
import { type Site, startSite } from './fixtures/startSite.ts'
import { expect, test } from './fixtures/test.ts'

let site: Site

test.beforeAll(async () => {
  site = await startSite({ apiKey: 'sk-canary-embed-5f1b' })
})
test.afterAll(() => site.close())
test.describe.configure({ mode: 'default' })

const chunk = (content: string) =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`
const markdown =
  '# A heading\n\nSome *words* and `code`, a [link](https://example.com/).\n\n' +
  '- one\n- two\n\n```js\nconst answer = 42\n```\n\n| a | b |\n| - | - |\n| 1 | 2 |\n'
const end = 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
const answer = { chunks: [chunk(markdown), end] }

async function goto(page: Page, name: string): Promise<void> {
  await page.goto(`${site.url}/hosts/${name}.html`)
  await page.locator('parlance-chat').waitFor({ state: 'attached' })
}

test('a page with the tag requests the loader alone and stores nothing before first use', async ({
  page,
  context,
}) => {
  const requests: string[] = []
  page.on('request', (request) => requests.push(new URL(request.url()).pathname))
  await goto(page, 'clean')
  await expect(page.getByRole('button', { name: 'Open chat' })).toBeVisible()
  await page.waitForLoadState('networkidle')
  const ours = requests.filter((path) => path.startsWith('/parlance') || path.startsWith('/api'))
  expect(ours).toEqual(['/parlance/loader.js'])
  const stored = await page.evaluate(async () => ({
    local: localStorage.length,
    session: sessionStorage.length,
    databases: (await indexedDB.databases()).length,
    caches: (await caches.keys()).length,
  }))
  expect(stored).toEqual({ local: 0, session: 0, databases: 0, caches: 0 })
  expect(await context.cookies()).toEqual([])
})

test('Tab reaches the launcher, Enter opens, Escape stops and then closes, and focus returns', async ({
  page,
}) => {
  const reply = site.provider.replyByHand()
  await goto(page, 'clean')
  const chat = chatOn(page)
  // Past the page's own button and field: the chat comes last.
  for (let step = 0; step < 3; step++) await page.keyboard.press('Tab')
  await expect(chat.launcher).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(chat.field).toBeFocused()
  await page.keyboard.type('Tell me a story.')
  await page.keyboard.press('Enter')
  await reply.request
  reply.send(chunk('Once upon a time'))
  await expect(chat.log.getByText('Once upon a time')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(chat.send).toBeVisible()
  await expect(chat.field).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(chat.field).toBeHidden()
  await expect(chat.launcher).toBeFocused()
})

test('a link with data-parlance-open fills the composer, and gets focus back', async ({ page }) => {
  await goto(page, 'clean')
  const chat = chatOn(page)
  const opener = page.getByRole('button', { name: 'Ask about keys' })
  await opener.click()
  await expect(chat.field).toHaveValue('Is my API key safe?')
  await expect(chat.field).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(opener).toBeFocused()
})

test('a swap of the body leaves the chat as it was, and a second tag does nothing', async ({
  page,
}) => {
  await goto(page, 'turbo-one')
  const chat = chatOn(page)
  await openEmbed(page)
  await chat.field.fill('Where is my')
  await page.evaluate(() => {
    Object.assign(window, { chatBefore: document.querySelector('parlance-chat') })
  })
  for (const title of ['Second page', 'First page', 'Second page']) {
    await page.getByRole('link', { name: title }).click()
    await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible()
    await expect(chat.field).toHaveValue('Where is my')
  }
  const isSame = await page.evaluate(() => {
    const chats = document.querySelectorAll('parlance-chat')
    return (
      chats.length === 1 && chats[0] === (window as unknown as { chatBefore: Element }).chatBefore
    )
  })
  expect(isSame).toBe(true)
  expect(await page.evaluate(() => (window as unknown as { swaps: number }).swaps)).toBe(3)
})

test('destroy takes away element, global and data of the chat, and the tag can be pasted again', async ({
  page,
}) => {
  await goto(page, 'clean')
  await openEmbed(page)
  const left = await page.evaluate(() => {
    window.Parlance?.destroy()
    return {
      elements: document.querySelectorAll('parlance-chat').length,
      global: 'Parlance' in window,
      beside: document.documentElement.children.length,
    }
  })
  expect(left).toEqual({ elements: 0, global: false, beside: 2 })
  await page.evaluate(() => {
    const again = document.createElement('script')
    again.src = '/parlance/loader.js?again'
    again.dataset['url'] = '/api/chat'
    document.body.append(again)
  })
  await expect(page.getByRole('button', { name: 'Open chat' })).toBeVisible()
})

/** Takes the tag away that a page came with, and pastes another once the page is ready. */
async function pasteLate(page: Page, data: Readonly<Record<string, string>>): Promise<void> {
  await goto(page, 'clean')
  await page.evaluate((attributes) => {
    window.Parlance?.destroy()
    const tag = document.createElement('script')
    tag.src = '/parlance/loader.js'
    Object.assign(tag.dataset, { url: '/api/chat', ...attributes })
    document.body.append(tag)
  }, data)
  await page.locator('parlance-chat').waitFor({ state: 'attached' })
}

test('a tag names what it cannot read, and goes without', async ({ page, problems }) => {
  await pasteLate(page, {
    mode: 'modal',
    accent: '0a7d55',
    tint: 'gray',
    size: '16px',
    colour: 'red',
  })
  await expect(page.getByRole('button', { name: 'Open chat' })).toBeVisible()
  expect(problems.splice(0)).toEqual([
    'Parlance: data-mode="modal" is none of popup, panel, inline, full. It was ignored.',
    'Parlance: data-accent="0a7d55" is not a colour. It was ignored.',
    'Parlance: data-size="16px" is not a number. It was ignored.',
    'Parlance: data-colour is no option.',
  ])
  const seeds = await page.locator('parlance-chat .parlance').evaluate((frame: HTMLElement) => ({
    accent: frame.style.getPropertyValue('--parlance-accent'),
    tint: frame.style.getPropertyValue('--parlance-tint'),
  }))
  expect(seeds).toEqual({ accent: '', tint: 'gray' })
})

test('a tag that comes late names a place that is not there, and shows the chat', async ({
  page,
  problems,
}) => {
  await pasteLate(page, { mode: 'inline', target: '#nowhere' })
  await expect(page.getByRole('textbox', { name: 'Your message' })).toBeVisible()
  expect(problems.splice(0)).toEqual(['Parlance: nothing on the page matches target="#nowhere".'])
})

test('draft, questions and the text so far come back from reloads at 20 moments of an answer', async ({
  page,
}) => {
  test.setTimeout(120_000)
  // So many questions at once are more than a relay grants one visitor beside all others.
  const own = await startSite({ apiKey: 'sk-canary-embed-7a2c' })
  await page.goto(`${own.url}/hosts/clean.html`)
  const chat = chatOn(page)
  await openEmbed(page)
  for (let moment = 0; moment < 20; moment++) {
    const reply = own.provider.replyByHand()
    await chat.ask(`Question ${moment}?`)
    await reply.request
    // From a reload before the first word to one in the middle of a long text.
    const words = Array.from({ length: moment }, (_, index) => `m${moment}w${index}`)
    for (const word of words) reply.send(chunk(`${word} `))
    if (words.length > 0) {
      await expect(chat.log.getByText(words.join(' '), { exact: true })).toBeVisible()
    }
    await chat.field.fill(`Draft ${moment}`)
    await page.reload()
    await openEmbed(page)
    await expect(chat.log.getByText(`Question ${moment}?`, { exact: true })).toBeVisible()
    if (words.length > 0) {
      await expect(chat.log.getByText(words.join(' '), { exact: true })).toBeVisible()
    }
    await expect(chat.field).toHaveValue(`Draft ${moment}`)
  }
  // Before its server goes: in an idle moment the chat still fetches a part.
  await page.close()
  await own.close()
})

test('what was on the screen as the page was left in the middle of an answer is back', async ({
  page,
}) => {
  test.setTimeout(120_000)
  const own = await startSite({ apiKey: 'sk-canary-embed-4d1e' })
  // Before the chat hears that the page is left: what the visitor saw last is taken down, and from now on the database
  // drops what it is told, as a browser may.
  await page.addInitScript(() => {
    addEventListener('pagehide', () => {
      IDBObjectStore.prototype.put = () => ({}) as IDBRequest<IDBValidKey>
      const replies = document
        .querySelector('parlance-chat')
        ?.shadowRoot?.querySelectorAll('[data-role="assistant"] .pl-text')
      sessionStorage.setItem('seen', [...(replies ?? [])].at(-1)?.textContent ?? '')
    })
  })
  await page.goto(`${own.url}/hosts/clean.html`)
  const chat = chatOn(page)
  await openEmbed(page)
  const random = createSeededRandom(20)
  for (let moment = 0; moment < 20; moment++) {
    const reply = own.provider.replyByHand()
    await chat.ask(`Question ${moment}?`)
    await reply.request
    reply.send(chunk(`Answer ${moment}:`))
    await expect(chat.log.getByText(`Answer ${moment}:`)).toBeVisible()
    let isLeft = false
    const streaming = (async () => {
      for (let word = 0; !isLeft; word++) {
        reply.send(chunk(` m${moment}w${word}`))
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
    })()
    await page.waitForTimeout(random() * 1_500)
    await page.reload()
    isLeft = true
    await streaming
    const seen = await page.evaluate(() => sessionStorage.getItem('seen') ?? '')
    expect(seen).toContain(`Answer ${moment}: m${moment}w0`)
    await openEmbed(page)
    await expect(chat.log.locator('[data-role="assistant"] .pl-text').last()).toContainText(seen)
    expect(await page.evaluate(() => Object.keys(sessionStorage))).toEqual(['seen'])
  }
  await page.close()
  await own.close()
})

test('a question asked in one tab and its answer grow in the other, which can stop it', async ({
  page,
  context,
}) => {
  site.provider.reply(answer)
  await goto(page, 'clean')
  const chat = chatOn(page)
  await openEmbed(page)
  await chat.ask('First?')
  await expect(chat.log.getByText('const answer = 42')).toBeVisible()
  const other = await context.newPage()
  await goto(other, 'clean')
  const otherChat = chatOn(other)
  await openEmbed(other)
  await expect(otherChat.log.getByText('const answer = 42')).toBeVisible()
  const reply = site.provider.replyByHand()
  await page.bringToFront()
  await chat.ask('Second?')
  await reply.request
  reply.send(chunk('The second'))
  await expect(otherChat.log.getByText('Second?')).toBeVisible()
  await expect(otherChat.log.getByText('The second', { exact: true })).toBeVisible()
  await expect(otherChat.stop).toBeVisible()
  await expect(otherChat.log.locator('[data-state="streaming"]')).toHaveCount(1)
  reply.send(chunk(' answer.') + end)
  reply.end()
  await expect(otherChat.log.getByText('The second answer.')).toBeVisible()
  await expect(otherChat.send).toBeVisible()
  expect(await otherChat.log.locator('[data-message]').count()).toBe(4)
  const third = site.provider.replyByHand()
  await chat.ask('Third?')
  await third.request
  third.send(chunk('Too much of'))
  await expect(otherChat.log.getByText('Too much of')).toBeVisible()
  await otherChat.stop.click()
  await expect(chat.log.getByText('You stopped this answer.')).toBeVisible()
  await expect(otherChat.log.getByText('You stopped this answer.')).toBeVisible()
})

test('an answer that comes while the chat is closed is counted in the launcher’s name', async ({
  page,
}) => {
  await goto(page, 'clean')
  const chat = chatOn(page)
  const reply = site.provider.replyByHand()
  await openEmbed(page)
  await chat.ask('Slowly, please.')
  await reply.request
  await page.evaluate(() => window.Parlance?.close())
  reply.send(chunk('Done.') + end)
  reply.end()
  await expect(page.getByRole('button', { name: 'Open chat, 1 unread message' })).toBeVisible()
})

for (const { title, attributes, body, height } of [
  {
    title: 'a full chat is the page, whatever else stands there',
    attributes: 'data-mode="full"',
    body: '<p>Some words</p>',
    height: 700,
  },
  {
    title: 'an inline chat takes its place and nothing below it',
    attributes: 'data-mode="inline" data-target="#place"',
    body: '<style>body { margin: 0 }</style><div id="place" style="block-size: 500px"></div>',
    height: 500,
  },
]) {
  test(title, async ({ page }) => {
    await page.setViewportSize({ width: 800, height: 700 })
    const head = `<script async src="/parlance/loader.js" data-url="/api/chat" ${attributes}></script>`
    await gotoOwnPage(page, site, { head, body })
    await page.getByRole('textbox', { name: 'Your message' }).waitFor()
    const panel = page.getByRole('region', { name: 'Support' })
    expect(await panel.boundingBox()).toEqual({ x: 0, y: 0, width: 800, height })
    expect(await page.evaluate(() => document.documentElement.scrollHeight)).toBe(700)
  })
}

test('an element in the page holds an inline chat, and calls queued before the loader are heard', async ({
  page,
}) => {
  site.provider.reply(answer)
  await gotoOwnPage(page, site, {
    lang: 'fr',
    body: `<div style="block-size: 500px"><parlance-chat url="/api/chat"></parlance-chat></div>
        <script>
          window.Parlance ||= new Proxy({ q: [] }, { get: (to, name) => to[name] || ((...rest) => to.q.push([name, ...rest])) })
          window.heard = []
          Parlance.on('ready', () => window.heard.push('ready'))
          Parlance.on('send', () => window.heard.push('send'))
          Parlance.on('reply-end', ({ outcome }) => window.heard.push(outcome))
          Parlance.send('Is my API key safe?')
        </script>
        <script async src="/parlance/loader.js"></script>`,
  })
  await expect(page.getByRole('log').getByText('const answer = 42')).toBeVisible()
  await expect(page.getByRole('textbox', { name: 'Votre message' })).toBeVisible()
  await expect(page.locator('parlance-chat').getByRole('button', { name: /Ouvrir/ })).toHaveCount(0)
  await expect
    .poll(() => page.evaluate(() => (window as unknown as { heard: string[] }).heard))
    .toEqual(['ready', 'send', 'complete'])
})

test('in forced colours launcher, panel and composer keep their edges', async ({ page }) => {
  await page.emulateMedia({ forcedColors: 'active' })
  await goto(page, 'clean')
  await openEmbed(page)
  const edges = await page.evaluate(() => {
    const root = document.querySelector('parlance-chat')!.shadowRoot!
    return ['.pl-launcher', '.pl-panel', '.pl-composer', '.pl-send'].map((selector) => {
      const { borderTopWidth, borderTopStyle, borderTopColor, backgroundColor } = getComputedStyle(
        root.querySelector(selector)!,
      )
      return (
        borderTopWidth !== '0px' && borderTopStyle === 'solid' && borderTopColor !== backgroundColor
      )
    })
  })
  expect(edges).toEqual([true, true, true, true])
})

test('with reduced motion nothing of the chat moves', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' })
  site.provider.reply(answer)
  await goto(page, 'clean')
  await openEmbed(page)
  await chatOn(page).ask('Is my API key safe?')
  await expect(chatOn(page).log.getByText('const answer = 42')).toBeAttached()
  const running = await page.evaluate(
    () =>
      document
        .getAnimations()
        .filter((animation) => Number(animation.effect?.getComputedTiming().duration) > 1).length,
  )
  expect(running).toBe(0)
})

test('1,000 mounts and unmounts leave no listener, node or global behind', async ({ page }) => {
  test.setTimeout(180_000)
  await goto(page, 'clean')
  await openEmbed(page)
  const cdp = await page.context().newCDPSession(page)
  const measure = async () => {
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 300)))
    // Twice: what finalizers let go in the first is only free in the second.
    await cdp.send('HeapProfiler.collectGarbage')
    await cdp.send('HeapProfiler.collectGarbage')
    const { metrics } = await cdp.send('Performance.getMetrics')
    const valueOf = (name: string) => metrics.find((metric) => metric.name === name)!.value
    return {
      listeners: valueOf('JSEventListeners'),
      nodes: valueOf('Nodes'),
      heapBytes: valueOf('JSHeapUsedSize'),
    }
  }
  const mount = (times: number) =>
    page.evaluate(async (count) => {
      const { embed } = window as unknown as { embed: NonNullable<typeof window.Parlance> }
      for (let index = 0; index < count; index++) {
        const chat = embed.init({ url: '/api/chat', history: 'none' })
        await chat.open()
        chat.close()
        chat.destroy()
      }
    }, times)
  await cdp.send('Performance.enable')
  await page.evaluate(() => {
    Object.assign(window, { embed: window.Parlance })
    window.Parlance?.destroy()
  })
  await mount(50)
  const before = await measure()
  await mount(1000)
  const after = await measure()
  expect(after.listeners).toBeLessThanOrEqual(before.listeners)
  expect(after.nodes).toBeLessThanOrEqual(before.nodes)
  // A forgotten panel is some hundred kB. What little is left is the engine's own: it goes on compiling what runs often.
  expect((after.heapBytes - before.heapBytes) / 1000).toBeLessThan(2000)
  expect(await page.evaluate(() => document.querySelectorAll('parlance-chat').length)).toBe(0)
})
