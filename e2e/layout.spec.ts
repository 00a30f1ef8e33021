import { mkdir } from 'node:fs/promises'
import { answer, openStage, picture } from './fixtures/chatStates.ts'
import { type Site, startSite } from './fixtures/startSite.ts'
import { expect, test } from './fixtures/test.ts'

// What must hold is measured. Pictures differ from machine to machine with its fonts, so they are kept to be looked at
// and not compared: PARLANCE_REFERENCES=1 draws those in docs/references anew.
const keepsPictures = process.env['PARLANCE_REFERENCES'] === '1'

let site: Site

test.beforeAll(async () => {
  site = await startSite({ apiKey: 'sk-canary-layout-70aa', grounding: 'off' })
})
test.afterAll(() => site.close())
test.describe.configure({ mode: 'default' })
test.use({ locale: 'en-US', timezoneId: 'UTC' })

interface View {
  readonly name: string
  readonly width: number
  readonly height: number
  readonly media?: {
    readonly colorScheme?: 'light' | 'dark'
    readonly forcedColors?: 'active'
  }
  readonly host?: 'clean' | 'rtl'
  /** Size of the text in px. */
  readonly size?: number
}

const views: readonly View[] = [
  { name: 'desktop', width: 1000, height: 800 },
  { name: 'dark', width: 1000, height: 800, media: { colorScheme: 'dark' } },
  { name: 'right-to-left', width: 1000, height: 800, host: 'rtl' },
  { name: 'phone', width: 390, height: 844 },
  { name: '320x640', width: 320, height: 640 },
  { name: '640x400', width: 640, height: 400 },
  { name: '320x256', width: 320, height: 256 },
  { name: 'text-at-200-percent', width: 640, height: 800, size: 30 },
  { name: 'text-at-200-percent-320', width: 320, height: 640, size: 30 },
  { name: 'forced-colours', width: 1000, height: 800, media: { forcedColors: 'active' } },
]

for (const { name, width, height, media, host = 'clean', size } of views) {
  test(`${name}: composer, close button and transcript fit, and nothing is cut`, async ({
    page,
    problems,
  }) => {
    await page.setViewportSize({ width, height })
    await page.emulateMedia({ reducedMotion: 'reduce', ...media })
    const { part, provider } = await openStage(page, site, host)
    await part('.pl-invite-dismiss').click()
    if (size !== undefined)
      await page.evaluate((px) => window.Parlance?.setTheme({ size: px }), size)

    const fits = async () => {
      const inView = { ratio: 0.99 }
      await expect.soft(part('.pl-send')).toBeInViewport(inView)
      await expect.soft(part('.pl-input')).toBeInViewport(inView)
      await expect.soft(part('.pl-header .pl-icon-button').last()).toBeInViewport(inView)
      const measured = await page.evaluate(() => {
        const root = document.querySelector('parlance-chat')!.shadowRoot!
        const { scrollWidth, clientWidth } = document.documentElement
        const scroll = root.querySelector('.pl-scroll')!
        const cut = [
          ...root.querySelectorAll<HTMLElement>(
            '.pl-header-words > *, .pl-bubble, .pl-note, .pl-button, .pl-chip, .pl-greeting, .pl-text > p',
          ),
        ].filter((element) => element.scrollWidth > element.clientWidth + 1)
        return {
          transcript: scroll.clientHeight,
          sideways: Math.max(scrollWidth - clientWidth, scroll.scrollWidth - scroll.clientWidth),
          cut: cut.map((element) => element.className),
        }
      })
      expect.soft(measured.transcript).toBeGreaterThanOrEqual(96)
      expect.soft(measured.sideways).toBeLessThanOrEqual(0)
      expect.soft(measured.cut).toEqual([])
    }

    const look = async (state: string) => {
      if (keepsPictures) {
        await mkdir('docs/references', { recursive: true })
        await page.screenshot({ path: `docs/references/${name}-${state}.png` })
      }
      await fits()
    }

    await part('.pl-launcher').click()
    await part('.pl-empty').waitFor()
    // It comes when the browser is idle, and takes room.
    await part('.pl-menu').waitFor()
    await look('empty')
    // The most that can stand below the transcript: suggestions, a picture and what is wrong with another file.
    await part('input[type=file]').setInputFiles([
      { name: 'shoe.png', mimeType: 'image/png', buffer: picture },
      { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('no image') },
    ])
    await part('.pl-thumb[data-state="ready"]').waitFor()
    await part('.pl-problem').waitFor()
    await fits()
    await part('.pl-thumb-remove').click()
    provider.reply(answer)
    await part('.pl-input').fill('What can you draw?')
    await part('.pl-send').click()
    await part('.pl-sources').waitFor({ state: 'attached' })
    await page.waitForFunction('CSS.highlights.size > 0')
    await look('conversation')
    provider.reply({ status: 429, headers: { 'retry-after': '90' }, json: {} })
    await part('.pl-input').fill('And another question, which is a longer one?')
    await part('.pl-send').click()
    await part('[data-code="rate_limited"]').waitFor({ state: 'attached' })
    await look('limited')
    expect(problems.splice(0)).toEqual([expect.stringContaining('429')])
  })
}
