// Measures streaming Markdown in Chromium. Once: pnpm --ignore-workspace install. Then:
//   node markdown.mjs [quick] [only=2000]      one table for the mixed answer, one per construct, one for pathological texts
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright'
import { build, runnerImport } from 'vite'
import { launchOptions } from '../../scripts/chromium.mjs'
import { constructs, mixed } from './markdown.texts.mjs'

const quick = process.argv.includes('quick')
/** Only the mixed answer of so many tokens, and only the engines that are fast. */
const only = Number(process.argv.find((word) => word.startsWith('only='))?.slice(5) ?? 0)
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
const inPage = async (run, argument) => {
  const page = await browser.newPage({ viewport: { width: 480, height: 800 } })
  await page.goto(`http://127.0.0.1:${server.address().port}/`)
  await page.waitForFunction(() => 'bench' in window)
  const result = await page.evaluate(run, argument)
  await page.close()
  return result
}

const number = (value) => (value >= 100 ? Math.round(value) : value.toFixed(1))
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
const measure = async (name, tokens, perFlush = 1, repeats = 3) => {
  const results = []
  for (let index = 0; index < repeats; index++) {
    results.push(
      await inPage(
        ([engine, list, flush]) => {
          // The first tokens pay for compilation, so a short answer goes before.
          window.bench.run(engine, list.slice(0, 600), flush, 3000)
          return window.bench.run(engine, list, flush, 15_000)
        },
        [name, tokens, perFlush],
      ),
    )
    if (results[0].done < tokens.length) break
  }
  return Object.fromEntries(
    Object.keys(results[0]).map((key) => [key, median(results.map((result) => result[key]))]),
  )
}

const names = await inPage(() => window.bench.names)
const fast = names.slice(0, 4)

for (const [count, perFlush, list] of [
  [500, 1, names],
  [2000, 1, names],
  [2000, 8, names],
  [10_000, 1, quick ? fast : names],
  [40_000, 1, quick ? fast : names.slice(0, 6)],
]) {
  if (only > 0 && only !== count) continue
  console.log(
    `\nmixed answer, ${count} tokens, a flush per ${perFlush} token(s): µs of script per token, layout forced every 16`,
  )
  console.log(
    'engine | script: mean | first tenth | last tenth | growth | layout | script and layout over plain React | tokens over 50 ms | heap MB | DOM nodes touched per token',
  )
  const tokens = mixed(count)
  let plain = 1
  for (const name of only > 0 ? fast : list) {
    const result = await measure(name, tokens, perFlush, quick ? 1 : 3)
    const total = result.us + result.layoutUs
    if (name === 'plain text through React') plain = total
    const mutations =
      count === 500
        ? number(
            await inPage(
              ([engine, part]) => window.bench.countMutations(engine, part),
              [name, tokens],
            ),
          )
        : ''
    const cut = result.done < tokens.length ? ` (stopped after ${result.done})` : ''
    console.log(
      `${name}${cut} | ${[result.us, result.firstUs, result.lastUs, result.lastUs / result.firstUs, result.layoutUs, total / plain].map(number).join(' | ')} | ${result.longTasks} | ${number(result.heapMB)} | ${mutations}`,
    )
  }
}

console.log(
  '\none construct of 10,000 tokens: µs of script per token, first tenth → last tenth; last tenth over plain text through React',
)
for (const [name, make] of only > 0 ? [] : Object.entries(constructs)) {
  const tokens = make(10_000)
  const plain = await measure('plain text through React', tokens, 1, 1)
  const ours = await measure('ours, parser', tokens, 1, quick ? 1 : 3)
  const property = await measure('ours, text prop', tokens, 1, quick ? 1 : 3)
  console.log(
    `${name} | plain ${number(plain.firstUs)} → ${number(plain.lastUs)} | ours ${number(ours.firstUs)} → ${number(ours.lastUs)} | ${number(ours.lastUs / plain.lastUs)}x | text prop ${number(property.lastUs)} | over 50 ms: ${ours.longTasks}`,
  )
}

console.log(
  '\npathological texts of 100 kB: ms to parse, to parse and draw; only what parses in over 50 ms',
)
let worst = 0
for (const [name, text] of only > 0 ? [] : Object.entries(texts.pathological)) {
  const { parse, render } = await inPage((source) => window.bench.renderWhole(source), text)
  worst = Math.max(worst, parse)
  if (parse > 50) console.log(`${name} | ${number(parse)} | ${number(render)}`)
}
console.log(`worst parse ${number(worst)} ms of ${Object.keys(texts.pathological).length} texts`)

await browser.close()
server.close()
rmSync(folder, { recursive: true })
