// Measures streaming Markdown in Chromium. Once: pnpm --ignore-workspace install. Then:
//   node markdown.mjs [quick] [rounds=3] [only=2000] [only=list] [only=constructs]
// Times are CPU time of the page's main thread, which other load on the machine lengthens far less than it does a clock.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright'
import { build, runnerImport } from 'vite'
import { launchOptions } from '../../scripts/chromium.mjs'
import { constructs, mixed } from './markdown.texts.mjs'

const option = (name) => process.argv.find((word) => word.startsWith(`${name}=`))?.split('=')[1]
const quick = process.argv.includes('quick')
const rounds = Number(option('rounds') ?? (quick ? 1 : 3))
/** A number of tokens, a construct or all constructs, to measure nothing else. */
const only = option('only')
/** A peer that needs longer for one text, by the clock, is stopped, and not asked for longer ones. */
const budgetMs = Number(option('budget') ?? 4000)
const tokensPerFrame = 16
const here = import.meta.dirname
const folder = mkdtempSync(join(tmpdir(), 'markdown-bench-'))
await build({
  root: here,
  configFile: false,
  logLevel: 'error',
  define: { 'process.env.NODE_ENV': '"production"' },
  resolve: {
    dedupe: ['react', 'react-dom'],
    alias: [{ find: /^(react|react-dom)(\/.*)?$/, replacement: join(here, 'node_modules/$1$2') }],
  },
  build: {
    outDir: folder,
    emptyOutDir: true,
    lib: { entry: join(here, 'markdown.page.tsx'), formats: ['es'], fileName: 'page' },
  },
})
const { module: texts } = await runnerImport(
  join(here, '../../packages/markdown/src/fixtures/pathological.ts'),
  { configFile: false },
)

const server = createServer((request, response) => {
  const script = request.url?.endsWith('.js')
  response.setHeader('content-type', script ? 'text/javascript' : 'text/html')
  response.end(
    script
      ? readFileSync(join(folder, request.url))
      : '<!doctype html><meta charset="utf-8"><body><script type="module" src="/page.js"></script>',
  )
})
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const { args = [], ...options } = launchOptions()
const browser = await chromium.launch({
  ...options,
  args: [...args, '--enable-precise-memory-info', '--js-flags=--expose-gc'],
})

/** A fresh page for every measurement: engines must not share a heap. */
const inPage = async (use) => {
  const page = await browser.newPage({ viewport: { width: 480, height: 800 } })
  await page.goto(`http://127.0.0.1:${server.address().port}/`)
  await page.waitForFunction(() => 'bench' in window)
  const result = await use(page)
  await page.close()
  return result
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
const number = (value) =>
  !Number.isFinite(value) ? '–' : value >= 10 ? `${Math.round(value)}` : value.toFixed(1)
const ratio = (value) => (Number.isFinite(value) ? `${value.toFixed(2)}×` : '–')

/** Microseconds of main-thread CPU per token: all of it, and that of style and layout, for each tenth of the text. */
const measureOnce = (name, tokens, perFlush, budget) =>
  inPage(async (page) => {
    const devtools = await page.context().newCDPSession(page)
    await devtools.send('Performance.enable', { timeDomain: 'threadTicks' })
    const read = async () => {
      const { metrics } = await devtools.send('Performance.getMetrics')
      const at = (wanted) => metrics.find((metric) => metric.name === wanted)?.value ?? 0
      return { all: at('TaskDuration'), layout: at('LayoutDuration') + at('RecalcStyleDuration') }
    }
    await page.evaluate(
      ([engine, list, flush]) => {
        // The first tokens pay for compilation, so a short answer goes before.
        window.bench.start(engine, list.slice(0, 600), flush)
        window.bench.go(600, 3000)
        window.bench.end()
        window.bench.start(engine, list, flush)
      },
      [name, tokens, perFlush],
    )
    const tenth = tokens.length / 10
    const tenths = []
    let done = 0
    let left = budget
    while (done < tokens.length && left > 0) {
      const before = await read()
      const result = await page.evaluate(
        ([count, milliseconds]) => window.bench.go(count, milliseconds),
        [tenth, left],
      )
      const after = await read()
      done += result.done
      left -= result.ms
      tenths.push({
        all: ((after.all - before.all) * 1e6) / result.done,
        layout: ((after.layout - before.layout) * 1e6) / result.done,
        done: result.done,
      })
    }
    const { longTasks, heapMB } = await page.evaluate(() => window.bench.end())
    const sum = (field) =>
      tenths.reduce((total, part) => total + part[field] * part.done, 0) / Math.max(1, done)
    return {
      done,
      mean: sum('all'),
      layout: sum('layout'),
      first: tenths[0].all - tenths[0].layout,
      last: tenths.length === 10 ? tenths[9].all - tenths[9].layout : NaN,
      longTasks,
      heapMB,
    }
  })

const measure = async (name, tokens, perFlush, repeats) => {
  const results = []
  const budget = fast.includes(name) ? 15 * budgetMs : budgetMs
  while (results.length < repeats) {
    results.push(await measureOnce(name, tokens, perFlush, budget))
    if (results[0].done < tokens.length) break
  }
  const result = Object.fromEntries(
    Object.keys(results[0]).map((key) => [key, median(results.map((each) => each[key]))]),
  )
  // Another process may have had the processor in one round, not in all.
  result.longTasks = Math.min(...results.map((each) => each.longTasks))
  return result
}

const names = await inPage((page) => page.evaluate(() => window.bench.names))
const reference = 'plain text through React'
const fast = names.slice(0, 4)
const table = (title, columns) =>
  console.log(
    `\n### ${title}\n\n| ${columns.join(' | ')} |\n| --- |${' ---: |'.repeat(columns.length - 1)}`,
  )
const row = (...cells) => console.log(`| ${cells.join(' | ')} |`)

const stopped = new Map()
for (const perFlush of [1, tokensPerFrame]) {
  for (const count of [500, 2000, 10_000, 40_000]) {
    if (only && only !== String(count)) continue
    const flushed = perFlush === 1 ? 'per token' : `per frame of ${perFlush} tokens`
    table(`mixed answer, ${count.toLocaleString('en')} tokens, flushed ${flushed}`, [
      'engine',
      'µs per token',
      'of it layout',
      `over ${reference}`,
      'first tenth → last, without layout',
      'growth',
      'over 50 ms',
      'heap MB',
      'DOM nodes touched per token',
    ])
    const tokens = mixed(count)
    let plain = NaN
    for (const name of quick || only ? fast : names) {
      const earlier = stopped.get(`${name} ${perFlush}`)
      if (earlier) {
        row(name, `not run: ${earlier}`, '', '', '', '', '', '', '')
        continue
      }
      const result = await measure(name, tokens, perFlush, fast.includes(name) ? rounds : 1)
      if (name === reference) plain = result.mean
      if (result.done < count) {
        const why = `stopped after ${result.done.toLocaleString('en')} of ${count.toLocaleString('en')}`
        stopped.set(`${name} ${perFlush}`, why)
      }
      const touched =
        count === 500
          ? await inPage((page) =>
              page.evaluate(
                ([engine, list, flush]) => window.bench.countMutations(engine, list, flush),
                [name, tokens, perFlush],
              ),
            )
          : NaN
      row(
        result.done < count ? `${name} (${stopped.get(`${name} ${perFlush}`)})` : name,
        number(result.mean),
        number(result.layout),
        ratio(result.mean / plain),
        `${number(result.first)} → ${number(result.last)}`,
        ratio(result.last / result.first),
        result.longTasks,
        number(result.heapMB),
        number(touched),
      )
    }
  }
}

for (const [construct, make] of Object.entries(constructs)) {
  if (only && only !== construct && only !== 'constructs') continue
  table(`one ${construct}, 10,000 tokens, flushed per token`, [
    'engine',
    'µs per token',
    'first tenth → last, without layout',
    'growth',
    `last tenth over ${reference}`,
    'over 50 ms',
    'heap MB',
  ])
  const tokens = make(10_000)
  let plain = NaN
  for (const name of quick ? fast : names) {
    const result = await measure(name, tokens, 1, fast.includes(name) ? rounds : 1)
    if (name === reference) plain = result.last
    row(
      result.done < tokens.length ? `${name} (stopped after ${result.done})` : name,
      number(result.mean),
      `${number(result.first)} → ${number(result.last)}`,
      ratio(result.last / result.first),
      ratio(result.last / plain),
      result.longTasks,
      number(result.heapMB),
    )
  }
}

if (!only) {
  table('pathological texts of 100 kB, of which only what parses in over 50 ms', [
    'text',
    'ms to parse',
    'to parse and draw',
  ])
  let worst = 0
  for (const [name, text] of Object.entries(texts.pathological)) {
    const { parse, render } = await inPage((page) =>
      page.evaluate((source) => window.bench.renderWhole(source), text),
    )
    worst = Math.max(worst, parse)
    if (parse > 50) row(name, number(parse), number(render))
  }
  const count = Object.keys(texts.pathological).length
  console.log(`\nThe worst of ${count} texts takes ${number(worst)} ms to parse.`)
}

await browser.close()
server.close()
rmSync(folder, { recursive: true })
