import type { Page } from '@playwright/test'
import { build } from 'vite'
import type * as DomViolations from '../packages/markdown/src/fixtures/domViolations.ts'
import { type HostileText, hostileTexts } from '../packages/markdown/src/fixtures/hostileTexts.ts'
import { openEmbed } from './fixtures/embed.ts'
import { type Site, startSite } from './fixtures/startSite.ts'
import { expect, test } from './fixtures/test.ts'

type Surface = HostileText & { readonly surface: string }

const texts = (hostileTexts() ?? []) as readonly Surface[]
const answers = texts.filter(({ surface }) => surface === 'message')
const others = texts.filter(({ surface }) => surface !== 'message')

/** In the page: an answer is fed by hand, delta by delta, and each is drawn at once instead of with the next frame. */
interface Feed {
  /** Sends one delta and waits until it is drawn. */
  feed(delta: object, model?: string): Promise<void>
  end(): Promise<void>
}
type Hands = Feed & { readonly dom: typeof DomViolations; readonly pwned: string[] }

let site: Site
let script = ''

test.skip(texts.length === 0, 'The hostile texts are not beside this repository.')
test.describe.configure({ mode: 'parallel' })

test.beforeAll(async () => {
  site = await startSite({ apiKey: 'sk-canary-hostile-2b90' })
  const built = await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      lib: {
        entry: 'packages/markdown/src/fixtures/domViolations.ts',
        name: 'dom',
        formats: ['iife'],
      },
    },
  })
  const [{ output }] = built as unknown as [{ output: [{ code: string }] }]
  script = output[0].code
})
test.afterAll(() => site?.close())

async function openPage(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const pwned: string[] = []
    for (const name of ['alert', 'prompt', 'confirm', 'print'] as const)
      Object.defineProperty(window, name, { value: () => pwned.push(name) })
    const ticks = new MessageChannel()
    const waiting: (() => void)[] = []
    ticks.port1.onmessage = () => waiting.shift()?.()
    const tick = () =>
      new Promise<void>((resolve) => {
        waiting.push(resolve)
        ticks.port2.postMessage(0)
      })
    window.requestAnimationFrame = (run) => {
      void tick().then(() => run(performance.now()))
      return 0
    }
    let body: ReadableStreamDefaultController<Uint8Array> | undefined
    const fetchReally = window.fetch
    window.fetch = async (input, init) => {
      const url = input instanceof Request ? input.url : String(input)
      if (!url.endsWith('/chat/completions')) return fetchReally(input, init)
      const stream = new ReadableStream<Uint8Array>({ start: (made) => void (body = made) })
      return new Response(stream, { headers: { 'content-type': 'text/event-stream' } })
    }
    const write = async (text: string) => {
      while (!body) await tick()
      try {
        body.enqueue(new TextEncoder().encode(`data: ${text}\n\n`))
      } catch {
        // The chat has ended an answer that is too long for it.
      }
      // Read, decoded, drawn: each of them in a step of its own.
      for (let step = 0; step < 6; step++) await tick()
    }
    const hands = {
      pwned,
      feed: (delta: object, model = 'm') =>
        write(JSON.stringify({ model, choices: [{ index: 0, delta }] })),
      async end() {
        await write('{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}')
        await write('[DONE]')
        try {
          body?.close()
        } catch {
          // As above.
        }
        body = undefined
        for (let step = 0; step < 12; step++) await tick()
      },
    }
    Object.assign(window, hands)
  })
  await page.goto(`${site.url}/hosts/clean.html`)
  await page.addScriptTag({ content: script })
  await openEmbed(page)
}

/** Asks, lets an answer grow through all its prefixes, and gives what broke a check. */
function grow(page: Page, hostile: HostileText): Promise<string[]> {
  return page.evaluate(async (text) => {
    const { feed, end, dom, pwned } = window as unknown as Hands
    const root = document.querySelector('parlance-chat')!.shadowRoot!
    const failed: string[] = []
    const check = (where: string, isWhole: boolean) => {
      const shown = [...root.querySelectorAll('.pl-exchange[data-last] .pl-text')].at(-1)
      if (!shown) return
      const copy = shown.cloneNode(true) as Element
      copy.removeAttribute('tabindex')
      // What is the widget's own in it: the class of a heading, its depth, and one tab stop for all turns.
      for (const element of copy.querySelectorAll('*')) {
        if (element.classList.contains('pl-heading')) element.removeAttribute('class')
        element.removeAttribute('data-depth')
        if (/^(?:0|-1)$/.test(element.getAttribute('tabindex') ?? ''))
          element.removeAttribute('tabindex')
      }
      const whole = isWhole ? undefined : { elements: copy.querySelectorAll('*'), text: '' }
      for (const found of dom.domViolations(copy, text, whole)) failed.push(`${where}: ${found}`)
      if (root.querySelector('script, style, iframe, object, embed, link, meta, base, img'))
        failed.push(`${where}: a foreign element`)
    }
    const title = document.title
    const protoNames = Object.getOwnPropertyNames(Object.prototype).length
    void window.Parlance!.send('Go on')
    // The longest are about time: that they are safe at each prefix is proved where no browser has to lay them out.
    const step = text.text.length > 1500 ? Math.ceil(text.text.length / 3) : 1
    let at = 0
    const pieces = text.chunks ?? []
    if (pieces.length > 0) {
      for (const piece of pieces) {
        await feed({ content: piece })
        check(`after a chunk`, false)
      }
    } else {
      for (; at < text.text.length && failed.length === 0; at += step) {
        await feed({ content: text.text.slice(at, at + step) })
        check(`at ${at + step}`, false)
      }
    }
    await end()
    check('whole', true)
    for (const element of root.querySelectorAll('.pl-exchange[data-last] .pl-text *'))
      for (const name of ['pointerover', 'mouseover', 'mouseenter', 'focusin'])
        element.dispatchEvent(new Event(name, { bubbles: true, composed: true }))
    const { scrollWidth, clientWidth } = document.documentElement
    if (scrollWidth > clientWidth) failed.push('layout-bounded: the page scrolls sideways')
    if (pwned.length > 0) failed.push(`no-script: ${pwned.join()}`)
    if ('__pwned' in window) failed.push('no-script: __pwned')
    if (document.title !== title) failed.push('no-global-effect: title')
    if (Object.getOwnPropertyNames(Object.prototype).length !== protoNames)
      failed.push('no-global-effect: prototype')
    return failed
  }, hostile)
}

const perPage = 44
for (let from = 0; from < answers.length; from += perPage) {
  const part = answers.slice(from, from + perPage)
  test(`answers ${from + 1} to ${from + part.length} are harmless at every prefix, and ask no foreign host`, async ({
    page,
  }) => {
    test.setTimeout(600_000)
    await openPage(page)
    for (const [index, hostile] of part.entries()) {
      // A conversation of hundreds of such turns would only be slow.
      if (index % 10 === 0) await page.evaluate(() => window.Parlance!.newConversation())
      expect.soft(await grow(page, hostile), hostile.id).toEqual([])
    }
    // The last ones again, as they come back from the device.
    await page.reload()
    await openEmbed(page)
    await page.locator('parlance-chat .pl-text').first().waitFor()
    const back = await page.evaluate(() => {
      const root = document.querySelector('parlance-chat')!.shadowRoot!
      const foreign = 'script, style, iframe, object, embed, link, meta, base, img'
      return {
        shown: root.querySelectorAll('.pl-text').length,
        foreign: root.querySelectorAll(foreign).length,
      }
    })
    expect(back.shown).toBeGreaterThan(0)
    expect(back.foreign).toBe(0)
  })
}

test('the same holds for every other way a text comes in: sources, tools, files, settings', async ({
  page,
  problems,
}) => {
  test.setTimeout(120_000)
  await openPage(page)
  const send = (question: string) =>
    page.evaluate((words) => void window.Parlance!.send(words), question)
  const feed = (...deltas: readonly object[]) =>
    page.evaluate(async (all) => {
      const { feed: one, end } = window as unknown as Hands
      for (const delta of all) await one(delta)
      await end()
    }, deltas)
  const part = (selector: string) => page.locator(`parlance-chat ${selector}`)
  const seen = new Set<string>()
  for (const { id, surface, text } of others) {
    await test.step(id, async () => {
      seen.add(surface)
      switch (surface) {
        case 'citation-url': {
          await send('Source?')
          const citation = { type: 'url_citation', url_citation: { url: text, title: 'Trusted' } }
          await feed({ content: 'See there.' }, { annotations: [citation] })
          const link = part('.pl-exchange[data-last] .pl-source')
          await expect(link).toContainText('evil.example')
          await expect(link.locator('a')).toHaveAttribute('rel', /noopener noreferrer/)
          break
        }
        case 'tool-result':
          await send('Tool?')
          await feed(
            { tool_calls: [{ index: 0, id: 'c1', function: { name: 'look', arguments: '{}' } }] },
            { tool_results: [{ tool_call_id: 'c1', content: text }] },
            { content: 'Done.' },
          )
          await part('.pl-exchange[data-last] .pl-tool summary').click()
          await expect(part('.pl-exchange[data-last] .pl-tool')).toContainText(text)
          break
        case 'reasoning':
          await send('Think.')
          await feed({ reasoning_content: text }, { content: 'Done.' })
          await part('.pl-exchange[data-last] .pl-fold summary').click()
          await expect(part('.pl-exchange[data-last] .pl-fold')).toContainText(text)
          break
        case 'refusal':
          await send('Refuse.')
          await feed({ refusal: text })
          await expect(part('.pl-exchange[data-last] .pl-text')).toContainText(text)
          break
        case 'user-message':
          await send(text)
          await feed({ content: 'Fine.' })
          await expect(part('.pl-exchange[data-last] .pl-bubble')).toHaveText(text)
          break
        case 'model-name':
          await send('Model?')
          await page.evaluate(async (name) => {
            const { feed: one, end } = window as unknown as Hands
            await one({ content: 'I am.' }, name)
            await end()
          }, text)
          await expect(part('.pl-exchange[data-last] .pl-text')).toHaveText('I am.')
          break
        case 'theme-option':
          await page.evaluate((value) => {
            window.Parlance!.setTheme({ accent: value, tint: value, font: value })
            window.Parlance!.setTheme({ radius: value as never, size: value as never })
          }, text)
          await expect(part('.pl-composer')).toBeVisible()
          await page.evaluate(() =>
            window.Parlance!.setTheme({ accent: '#0a7d55', tint: '#0a7d55' }),
          )
          break
        case 'locale-string':
          await page.evaluate((value) => window.Parlance!.setLocale(value), text)
          await expect(part('.pl-composer')).toBeVisible()
          break
        default:
          // Files and suggestions: below, on a page whose tag has them.
          break
      }
    })
  }
  const names = others.filter(({ surface }) => surface === 'file-name').map(({ text }) => text)
  const [suggestion] = others.filter(({ surface }) => surface === 'suggestion')
  await page.route('**/hosts/clean.html', async (route) => {
    const response = await route.fetch()
    const html = await response.text()
    const attributes = `data-attachments="on" data-history="none" data-suggestions="${suggestion?.text ?? ''}"`
    await route.fulfill({ response, body: html.replace('data-url=', `${attributes} data-url=`) })
  })
  await page.reload()
  await openEmbed(page)
  await expect(part('.pl-chip').first()).toBeVisible()
  await part('input[type=file]').setInputFiles(
    names.map((name) => ({ name, mimeType: 'application/pdf', buffer: Buffer.from('%PDF') })),
  )
  await expect(part('.pl-problem')).toHaveCount(names.length)
  const bounds = await page.evaluate(() => {
    const panel = document.querySelector('parlance-chat')!.shadowRoot!.querySelector('.pl-panel')!
    return { inside: panel.scrollWidth <= panel.clientWidth, html: panel.innerHTML }
  })
  expect(bounds.inside).toBe(true)
  expect(bounds.html).not.toMatch(/<img|<script|onerror=alert\(1\)>\.pdf"/)
  expect(seen.size).toBeGreaterThanOrEqual(8)
  const pwned = await page.evaluate(() => (window as unknown as Hands).pwned)
  expect(pwned).toEqual([])
  expect(problems).toEqual([])
})
