import { chatStates, isExpectedProblem, openStage } from './fixtures/chatStates.ts'
import { stylesOfChat, stylesOfPage } from './fixtures/embed.ts'
import { type Site, startSite } from './fixtures/startSite.ts'
import { expect, test } from './fixtures/test.ts'

let site: Site

test.beforeAll(async () => {
  site = await startSite({ apiKey: 'sk-canary-isolation-3c77', grounding: 'off' })
})
test.afterAll(() => site.close())
test.describe.configure({ mode: 'default' })
test.use({ locale: 'en-US', timezoneId: 'UTC', viewport: { width: 1000, height: 800 } })

/** The first elements that look different, and how. */
function differences(clean: readonly string[], hostile: readonly string[]): string[] {
  const found: string[] = []
  for (const [index, style] of hostile.entries()) {
    const other = clean[index] ?? ''
    if (style === other) continue
    const only = (one: string, without: string) =>
      one.split(';').filter((value) => !without.includes(value))
    const values = [...only(other, style), 'became', ...only(style, other)]
    found.push(`${style.split(' ', 1)[0]}: ${values.slice(0, 8).join(' ')}`)
  }
  return found.slice(0, 5)
}

test('a hostile page changes no style of the chat in any state, nor the chat one of the page', async ({
  browser,
  problems,
}) => {
  test.setTimeout(240_000)
  const stages = await Promise.all(
    ['clean', 'hostile'].map(async (host) => {
      const page = await browser.newPage({ reducedMotion: 'reduce' })
      const stage = await openStage(page, site, host)
      // Out of the way: what the pointer lies on looks different.
      await page.mouse.move(500, 5)
      await page.locator('parlance-chat').waitFor({ state: 'attached' })
      return { ...stage, before: await stylesOfPage(page) }
    }),
  )
  for (const state of chatStates) {
    await test.step(state.name, async () => {
      const looks: string[][] = []
      for (const stage of stages) {
        await state.enter(stage)
        // What a click put focus on in one page has it in the other; the pointer is taken away in both.
        await stage.page.mouse.move(500, 5)
        looks.push(await stylesOfChat(stage.page))
      }
      const [clean = [], hostile = []] = looks
      expect.soft(hostile.length).toBe(clean.length)
      expect.soft(differences(clean, hostile)).toEqual([])
      if (state.name === 'complete') expect(clean.length).toBeGreaterThan(150)
    })
  }
  for (const { page, before } of stages) {
    await page.setViewportSize({ width: 1000, height: 800 })
    await page.evaluate(() => window.Parlance?.close())
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
    expect(await stylesOfPage(page)).toEqual(before)
    await page.close()
  }
  problems.splice(0)
})

for (const scheme of ['light', 'dark'] as const) {
  test(`a strict policy with Trusted Types is broken in no state: ${scheme}`, async ({
    page,
    problems,
  }) => {
    test.setTimeout(180_000)
    await page.emulateMedia({ colorScheme: scheme })
    const stage = await openStage(page, site, 'csp')
    const violations = () =>
      page.evaluate(() => (window as unknown as { violations: string[] }).violations)
    for (const state of chatStates) {
      await test.step(state.name, async () => {
        await state.enter(stage)
        expect.soft(await violations()).toEqual([])
      })
    }
    // What the states leave out: another look, every language and direction, files, a new page of the visit.
    await page.evaluate(() =>
      window.Parlance?.setTheme({ accent: '#aa2244', radius: 0, font: 'Georgia, serif' }),
    )
    for (const locale of ['de', 'fr', 'es', 'pt-BR', 'ja', 'zh-CN', 'he', 'ar']) {
      await page.evaluate((tag) => window.Parlance?.setLocale(tag), locale)
      await stage.part(`.pl-place [lang="${locale}"]`).waitFor({ state: 'attached' })
    }
    for (const format of ['markdown', 'json'] as const) {
      const size = await page.evaluate(
        async (wanted) => (await window.Parlance!.exportTranscript(wanted)).size,
        format,
      )
      expect(size).toBeGreaterThan(100)
    }
    await page.reload()
    await stage.part('.pl-launcher').click()
    await stage.part('.pm-code').first().waitFor()
    expect(await violations()).toEqual([])

    // The control: this page does tell of what breaks its policy.
    await page.evaluate(() => {
      const style = document.createElement('style')
      style.textContent = 'h1 { color: red }'
      document.body.append(style)
    })
    await expect.poll(violations).toHaveLength(1)
    const told = problems.splice(0).filter((problem) => !isExpectedProblem(problem))
    expect(told).toEqual([expect.stringContaining('style-src')])
  })
}
