// Measures streaming Markdown in Chromium and prints the tables of the README. Once: pnpm --ignore-workspace install. Then:
//   node markdown.mjs [write] [quick] [rounds=3] [minutes=15] [only=2000] [only=list] [only=constructs] [only=pathological]
// Times are CPU time of the page's main thread, which other load on the machine lengthens far less than it does a clock.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright'
import { build, runnerImport } from 'vite'
import { launchOptions } from '../../scripts/chromium.mjs'
import { constructs, mixed } from './markdown.texts.mjs'

const option = (name) => process.argv.find((word) => word.startsWith(`${name}=`))?.split('=')[1]
const has = (word) => process.argv.includes(word)
const rounds = Number(option('rounds') ?? (has('quick') ? 1 : 3))
/** A number of tokens, `constructs`, one of them, or `pathological`, to measure nothing else. */
const only = option('only')
/** When so much time has passed, what is left of the peers is left out. */
const deadline = Date.now() + Number(option('minutes') ?? 15) * 60_000
/** What needs longer for one text, by the clock, is stopped, and a peer is not asked for longer texts. */
const budgetMs = { ours: 20_000, peer: 4000, peerOnConstruct: 1500 }
const constructTokens = 10_000
const tokensPerFrame = 16
/** A stretch that is read on its own: so many tokens, five frames. */
const stretch = 5 * tokensPerFrame
/** What browsers call a long task. */
const longTaskMs = 50

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
      : '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:," /><body><script type="module" src="/page.js"></script>',
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
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Performance.enable', { timeDomain: 'threadTicks' })
  const read = async () => {
    const { metrics } = await devtools.send('Performance.getMetrics')
    const at = (wanted) => metrics.find((metric) => metric.name === wanted)?.value ?? 0
    return { all: at('TaskDuration'), layout: at('LayoutDuration') + at('RecalcStyleDuration') }
  }
  /** What a function costs in the page, in seconds of main-thread CPU, with what it returns. */
  const cost = async (run, argument) => {
    const before = await read()
    const result = await page.evaluate(run, argument)
    const after = await read()
    return { all: after.all - before.all, layout: after.layout - before.layout, result }
  }
  const result = await use(page, cost)
  await page.close()
  return result
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
const sum = (values) => values.reduce((total, value) => total + value, 0)
const perToken = (parts, field) =>
  (sum(parts.map(field)) * 1e6) / sum(parts.map(({ done }) => done))

/** Microseconds of main-thread CPU per token: all of it, that of style and layout, and that of script at both ends. */
const measureOnce = (name, tokens, perFlush, budget, step = tokens.length / 10) =>
  inPage(async (page, cost) => {
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
    const go = ([count, milliseconds]) => window.bench.go(count, milliseconds)
    // What it costs to ask belongs to no engine.
    const asking = []
    while (asking.length < 9) asking.push((await cost(go, [0, 0])).all)
    const question = median(asking)
    const parts = []
    let done = 0
    let left = budget
    while (done < tokens.length && left > 0) {
      const { all, layout, result } = await cost(go, [step, left])
      parts.push({ from: done, all: Math.max(0, all - question), layout, done: result.done })
      done += result.done
      left -= result.ms
    }
    const { heapMB } = await page.evaluate(() => window.bench.end())
    const script = ({ all, layout }) => all - layout
    const ends = (from, to) =>
      parts.filter((part) => part.from + part.done > from && part.from < to)
    const { length } = tokens
    return {
      done,
      mean: perToken(parts, ({ all }) => all),
      layout: perToken(parts, (part) => part.layout),
      first: perToken(ends(0, length / 10), script),
      last: done < length ? NaN : perToken(ends(0.9 * length, length), script),
      costliest: Math.max(...parts.map(({ all }) => all)) * 1e3,
      heapMB,
    }
  })

const measure = async (name, tokens, perFlush, repeats, budget) => {
  const results = []
  while (results.length < repeats) {
    results.push(await measureOnce(name, tokens, perFlush, budget))
    if (results[0].done < tokens.length) break
  }
  const result = Object.fromEntries(
    Object.keys(results[0]).map((key) => [key, median(results.map((each) => each[key]))]),
  )
  if (isPeer(name)) return { ...result, costliest: NaN }
  // No flush can have cost more than the costliest stretch. A run of its own: whenever it pauses, the page is painted.
  const { costliest } = await measureOnce(name, tokens, perFlush, budget, stretch)
  return { ...result, costliest }
}

const lines = []
const print = (line) => {
  lines.push(line)
  console.log(line)
}
const whole = (value) => value.toLocaleString('en')
const number = (value) =>
  !Number.isFinite(value) ? '–' : value >= 10 ? whole(Math.round(value)) : value.toFixed(1)
const ratio = (value) => (Number.isFinite(value) ? `${value.toFixed(2)}×` : '–')
const table = (title, columns) => {
  print(`\n### ${title}\n`)
  print(`| ${columns.join(' | ')} |`)
  print(`| --- |${' ---: |'.repeat(columns.length - 1)}`)
}
const row = (...cells) => print(`| ${cells.join(' | ')} |`)

const { references, ours, peers } = await inPage((page) =>
  page.evaluate(() => {
    const { references, ours, peers } = window.bench
    return { references, ours, peers }
  }),
)
const reference = references[1]
const isPeer = (name) => peers.includes(name)
const isTimeUp = () => Date.now() > deadline
const contenders = [...references, ...ours, ...(has('quick') ? [] : peers)]

/** Mean cost of a token in the summary, by engine and number of tokens. */
const summary = new Map()
const stopped = new Map()
for (const perFlush of [1, tokensPerFrame]) {
  for (const count of [500, 2000, 10_000, 40_000]) {
    if (only && only !== String(count)) continue
    const flushed = perFlush === 1 ? 'per token' : `per frame of ${perFlush} tokens`
    table(`Mixed answer, ${whole(count)} tokens, flushed ${flushed}`, [
      'engine',
      'µs per token',
      'of it layout',
      `over ${reference}`,
      'script, first tenth → last',
      'growth',
      `costliest ${stretch} tokens, ms`,
      'heap MB',
      ...(count === 500 ? ['DOM nodes touched per token'] : []),
    ])
    const tokens = mixed(count)
    let plain = NaN
    for (const name of contenders) {
      const before = stopped.get(`${name} ${perFlush}`)
      const missing =
        before ?? (isPeer(name) && isTimeUp() ? 'not run: the time was up' : undefined)
      if (missing) {
        row(`${name} (${missing})`, ...Array.from({ length: count === 500 ? 8 : 7 }, () => '–'))
        continue
      }
      const repeats = isPeer(name) || count > 10_000 ? 1 : rounds
      const budget = isPeer(name) ? budgetMs.peer : budgetMs.ours
      const result = await measure(name, tokens, perFlush, repeats, budget)
      if (name === reference) plain = result.mean
      const isWhole = result.done >= count
      const where = `stopped after ${whole(result.done)} of ${whole(count)}`
      if (!isWhole) stopped.set(`${name} ${perFlush}`, where)
      if (perFlush === 1) {
        const mean = `${isWhole ? '' : 'over '}${number(result.mean)}`
        summary.set(`${name} ${count}`, isWhole ? `${mean} (${ratio(result.mean / plain)})` : mean)
      }
      row(
        isWhole ? name : `${name} (${where})`,
        number(result.mean),
        number(result.layout),
        ratio(result.mean / plain),
        `${number(result.first)} → ${number(result.last)}`,
        ratio(result.last / result.first),
        number(result.costliest),
        number(result.heapMB),
        ...(count === 500
          ? [
              number(
                await inPage((page) =>
                  page.evaluate(
                    ([engine, list, flush]) => window.bench.countMutations(engine, list, flush),
                    [name, tokens, perFlush],
                  ),
                ),
              ),
            ]
          : []),
      )
    }
  }
}

const chosen = Object.entries(constructs).filter(
  ([construct]) => !only || only === 'constructs' || only === construct,
)
if (chosen.length > 0) {
  const [textNode] = references
  const [, , alone] = ours
  const shown = contenders.filter((name) => name !== textNode && name !== alone)
  table(
    `One construct of ${whole(constructTokens)} tokens, flushed per token: script of the first tenth → the last, µs per token, and the last over ${reference}`,
    ['construct', ...shown],
  )
  let longest = 0
  for (const [construct, make] of chosen) {
    const tokens = make(constructTokens)
    const cells = []
    let plain = NaN
    for (const name of shown) {
      if (isPeer(name) && isTimeUp()) {
        cells.push('not run')
        continue
      }
      const [repeats, budget] = isPeer(name)
        ? [1, budgetMs.peerOnConstruct]
        : [Math.min(rounds, 2), budgetMs.ours]
      const result = await measure(name, tokens, 1, repeats, budget)
      if (name === reference) plain = result.last
      if (ours.includes(name)) longest = Math.max(longest, result.costliest)
      const over = name === reference ? '' : ` (${ratio(result.last / plain)})`
      cells.push(
        result.done < tokens.length
          ? `stopped at ${whole(result.done)}`
          : `${number(result.first)} → ${number(result.last)}${over}`,
      )
    }
    row(construct, ...cells)
  }
  print(
    `\nNo ${stretch} tokens of them cost ours more than ${number(longest)} ms, so no flush was a long task (${longTaskMs} ms).`,
  )
}

if (!only || only === 'pathological') {
  const slow = []
  let worst = { parse: 0 }
  const all = Object.entries(texts.pathological)
  for (const [name, text] of all) {
    const { parse, draw } = await inPage(async (_page, cost) => {
      const parsed = await cost((source) => window.bench.parseWhole(source), text)
      const drawn = await cost(() => window.bench.drawWhole())
      return { parse: parsed.all * 1e3, draw: drawn.all * 1e3 }
    })
    if (parse > worst.parse) worst = { name, parse }
    if (parse > longTaskMs) slow.push([name, number(parse), number(draw)])
  }
  table(
    `${all.length} pathological texts of 100 kB: those that take more than ${longTaskMs} ms to parse`,
    ['text', 'parse, ms', 'draw, ms'],
  )
  for (const cells of slow) row(...cells)
  print(`\nThe worst, ${worst.name}, takes ${number(worst.parse)} ms to parse as a whole.`)
}

if (!only) {
  table('µs per token, flushed per token, as the README of the package has it', [
    'engine',
    '2,000 tokens',
    '10,000',
    '40,000',
  ])
  for (const name of contenders.slice(1)) {
    row(name, ...[2000, 10_000, 40_000].map((count) => summary.get(`${name} ${count}`) ?? '–'))
  }
}
const load = loadavg()[0].toFixed(1)
print(`\n${rounds} rounds on ${cpus().length} cores, load ${load} at the end.`)

if (has('write')) {
  const readme = join(here, 'README.md')
  const [before] = readFileSync(readme, 'utf8').split(/(?<=<!-- measured -->\n)/)
  writeFileSync(readme, `${before}\n${lines.join('\n').trim()}\n`)
}
await browser.close()
server.close()
rmSync(folder, { recursive: true })
