import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { build } from 'vite'
import { hostileTexts } from '../packages/markdown/src/fixtures/hostileTexts.ts'
import { expect, test } from './fixtures/test.ts'

interface StrictPage {
  readonly draw: (text: string, streaming: boolean) => void
  readonly attack: (hostile: unknown) => string[]
  readonly violations: string[]
}

declare global {
  var markdown: StrictPage
}

const origin = 'https://strict.example'
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ')
let folder: string
let requests: string[]

test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'markdown-page-'))
  await build({
    configFile: false,
    logLevel: 'error',
    define: { 'process.env.NODE_ENV': '"production"' },
    resolve: { dedupe: ['react', 'react-dom'] },
    build: {
      outDir: folder,
      emptyOutDir: true,
      modulePreload: false,
      lib: {
        entry: resolve(import.meta.dirname, '../packages/markdown/src/fixtures/strictPage.tsx'),
        formats: ['es'],
        fileName: 'page',
      },
    },
  })
})
test.afterAll(() => rm(folder, { recursive: true }))

test.beforeEach(async ({ page, problems }) => {
  requests = []
  await page.route('**/*', async (route) => {
    const { href, origin: asked, pathname } = new URL(route.request().url())
    if (asked !== origin) {
      requests.push(href)
      return route.abort()
    }
    const isPage = pathname === '/'
    return route.fulfill({
      headers: { 'content-security-policy': policy },
      contentType: isPage ? 'text/html' : 'text/javascript',
      body: isPage
        ? '<!doctype html><meta charset="utf-8"><title>Strict</title><body><script type="module" src="/page.js"></script>'
        : await readFile(join(folder, pathname), 'utf8'),
    })
  })
  await page.goto(`${origin}/`)
  await page.waitForFunction(() => 'markdown' in globalThis)
  // The host of this page is not the one the fixture knows as its own.
  problems.splice(0, problems.length, ...problems.filter((problem) => !problem.includes(origin)))
})

test.afterEach(async ({ page, problems }) => {
  expect(requests).toEqual([])
  expect(await page.evaluate(() => globalThis.markdown.violations)).toEqual([])
  problems.splice(0, problems.length, ...problems.filter((problem) => !problem.includes(origin)))
})

const answer = `# Returns

Within **30 days**, as [the terms](https://shop.example/terms) say: $x^2$.[^1]

- [x] pack it

| Country | Days |
|---|--:|
| Norway | 30 |

\`\`\`ts
const label = await shop.label({ order: 4711 }) // print it
\`\`\`

$$
\\frac{a}{b}
$$

![chart](https://evil.example/p.png) <img src=https://evil.example/x onerror=alert(1)>

[^1]: Except on islands.
`

test('a growing answer with coloured code and formulas keeps a strict policy with Trusted Types', async ({
  page,
  problems,
}) => {
  await page.evaluate((text) => {
    for (let end = 1; end < text.length; end++) globalThis.markdown.draw(text.slice(0, end), true)
    globalThis.markdown.draw(text, false)
  }, answer)
  await expect(page.locator('math')).toHaveCount(2)
  await expect
    .poll(() => page.evaluate(() => CSS.highlights.get('pm-keyword')?.size ?? 0))
    .toBeGreaterThan(0)
  await expect(page.getByRole('checkbox')).toBeChecked()
  await expect(page.locator('img, script:not([src="/page.js"])')).toHaveCount(0)
  // The policy is in force: this page could not do otherwise if it wanted.
  const refused = await page.evaluate(() => {
    try {
      document.createElement('div').innerHTML = '<b>x</b>'
      return undefined
    } catch (error) {
      return (error as Error).name
    }
  })
  expect(refused).toBe('TypeError')
  expect(await page.evaluate(() => globalThis.markdown.violations.splice(0))).toEqual([
    'require-trusted-types-for trusted-types-sink',
  ])
  expect(problems.splice(0).filter((problem) => !problem.includes(origin))).toHaveLength(1)
})

const texts = hostileTexts() ?? []

test('hostile texts are harmless at every prefix, and ask for nothing', async ({ page }) => {
  test.skip(texts.length === 0, 'the recorded fixtures are not beside this repository')
  test.setTimeout(240_000)
  expect(texts).toHaveLength(320)
  const failed: Record<string, string[]> = {}
  for (const hostile of texts) {
    const found = await page.evaluate((text) => globalThis.markdown.attack(text), hostile)
    if (found.length > 0) failed[hostile.id] = found
  }
  expect(failed).toEqual({})
  expect(await page.title()).toBe('Strict')
})
