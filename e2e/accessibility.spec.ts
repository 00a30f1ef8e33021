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

/** Those of axe's rules that colours decide. */
const colourRules = ['color-contrast', 'link-in-text-block']
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

for (const { name, host } of [
  { name: 'left to right', host: 'clean' },
  { name: 'right to left', host: 'rtl' },
]) {
  test(`axe finds nothing in any state, in light and dark: ${name}`, async ({ page, problems }) => {
    test.setTimeout(240_000)
    await page.emulateMedia({ reducedMotion: 'reduce' })
    const stage = await openStage(page, site, host)
    for (const state of chatStates) {
      await test.step(state.name, async () => {
        await state.enter(stage)
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
          const axe = new AxeBuilder({ page }).include('parlance-chat')
          // The elements are the same in the dark, and only their colours are not.
          const { violations, passes } = await (
            colorScheme === 'light' ? axe.withTags(rules) : axe.withRules(colourRules)
          ).analyze()
          const found = violations.map(
            ({ id, nodes }) => `${id} ${nodes.map((node) => node.html).join(' ')}`,
          )
          expect.soft(found, colorScheme).toEqual([])
          // The control: it has looked into the shadow root.
          if (colorScheme === 'light')
            expect.soft(passes.map(({ id }) => id)).toContain('button-name')
          const { texts, controls, problems: faint } = await contrastOfChat(page)
          expect.soft(faint, colorScheme).toEqual([])
          // And so has this.
          expect.soft(controls).toBeGreaterThan(0)
          expect.soft(texts).toBeGreaterThan(state.name === 'closed' ? -1 : 0)
        }
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
