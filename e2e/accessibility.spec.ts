import { AxeBuilder } from '@axe-core/playwright'
import { chatStates, isExpectedProblem, openStage } from './fixtures/chatStates.ts'
import { contrastOfChat } from './fixtures/contrastOfChat.ts'
import { type Site, startSite } from './fixtures/startSite.ts'
import { expect, test } from './fixtures/test.ts'

let site: Site

test.beforeAll(async () => {
  site = await startSite({ apiKey: 'sk-canary-accessibility-91d0', grounding: 'off' })
})
test.afterAll(() => site.close())
test.describe.configure({ mode: 'default' })
test.use({ locale: 'en-US', timezoneId: 'UTC', viewport: { width: 1000, height: 800 } })

const looks = [
  { name: 'light', host: 'clean', scheme: 'light' },
  { name: 'dark', host: 'clean', scheme: 'dark' },
  { name: 'right-to-left', host: 'rtl', scheme: 'light' },
] as const

for (const { name, host, scheme } of looks) {
  test(`axe finds nothing in any state: ${name}`, async ({ page, problems }) => {
    test.setTimeout(180_000)
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
    const stage = await openStage(page, site, host)
    for (const state of chatStates) {
      await test.step(state.name, async () => {
        await state.enter(stage)
        const { violations, passes } = await new AxeBuilder({ page })
          .include('parlance-chat')
          .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
          .analyze()
        const found = violations.map(
          ({ id, nodes }) => `${id} ${nodes.map((node) => node.html).join(' ')}`,
        )
        expect.soft(found).toEqual([])
        // The control: it has looked into the shadow root.
        expect.soft(passes.map(({ id }) => id)).toContain('button-name')
        const { texts, controls, problems: faint } = await contrastOfChat(page)
        expect.soft(faint).toEqual([])
        // And so has this.
        expect.soft(controls).toBeGreaterThan(0)
        expect.soft(texts).toBeGreaterThan(state.name === 'closed' ? -1 : 0)
      })
    }
    expect(problems.splice(0).filter((problem) => !isExpectedProblem(problem))).toEqual([])
  })
}

const launcherStates = ['greeting', 'closed']
// Longer, and nothing new in them.
const untold = ['thanks', 'long', 'away', 'narrow']

test('what assistive technology is told in each state is what was agreed', async ({
  page,
  problems,
}) => {
  test.setTimeout(120_000)
  const stage = await openStage(page, site, 'clean')
  for (const state of chatStates) {
    await test.step(state.name, async () => {
      await state.enter(stage)
      if (untold.includes(state.name)) return
      // Not the host: Playwright takes an element that is no box for a hidden one.
      const part = stage.part(
        launcherStates.includes(state.name) ? '.pl-launcher-place' : '.pl-panel',
      )
      await expect.soft(part).toMatchAriaSnapshot({ name: `${state.name}.aria.yml` })
    })
  }
  problems.splice(0)
})
