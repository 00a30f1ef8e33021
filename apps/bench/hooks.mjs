// Measures the hooks beside their peers in Chromium: main-thread CPU of one reply. Once: pnpm --ignore-workspace install.
//   node hooks.mjs [quick] [rounds=3] [only=fast2k] [with=Parlance,reference]
// Ratios are to the limit (fetch, SSE, JSON.parse, append to a text node) of the same round; milliseconds are the machine's.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright'
import { build } from 'vite'
import { launchOptions } from '../../scripts/chromium.mjs'

const option = (name) => process.argv.find((word) => word.startsWith(`${name}=`))?.split('=')[1]
const quick = process.argv.includes('quick')
const rounds = Number(option('rounds') ?? (quick ? 1 : 3))
const only = option('only')
/** Parts of the names of those that are measured; the limit always is. */
const measured = (option('with') ?? '').split(',')

const loads = [
  { name: 'fast500', what: '500 tokens as fast as possible', tokens: 500 },
  { name: 'fast2k', what: '2,000 tokens as fast as possible', tokens: 2_000 },
  { name: 'fast10k', what: '10,000 tokens as fast as possible', tokens: 10_000 },
  { name: 'fast40k', what: '40,000 tokens as fast as possible', tokens: 40_000 },
  { name: 'hist0', what: '2,000 tokens at 2,000/s', tokens: 2_000, perSecond: 2_000 },
  ...[100, 1_000, 5_000].map((history) => ({
    name: `hist${history}`,
    what: `2,000 tokens at 2,000/s after ${history} messages`,
    tokens: 2_000,
    perSecond: 2_000,
    history,
  })),
].filter(({ name, tokens, history = 0 }) =>
  only ? name === only : !quick || (tokens <= 10_000 && history <= 1_000),
)

const word = (index) => `word${index % 1_000} `
const charsOf = (tokens) => {
  let chars = 0
  for (let index = 0; index < tokens; index++) chars += word(index).length
  return chars
}

/** One answer in each wire: before the first token, each token, after the last. */
const wires = {
  openai: {
    token: (content) => ({
      id: 'r1',
      object: 'chat.completion.chunk',
      created: 1,
      model: 'm',
      choices: [{ index: 0, delta: { content }, finish_reason: null }],
    }),
    last: [{ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }],
    done: true,
  },
  ai: {
    first: [
      { type: 'start', messageId: 'r1' },
      { type: 'text-start', id: '0' },
    ],
    token: (delta) => ({ type: 'text-delta', id: '0', delta }),
    last: [{ type: 'text-end', id: '0' }, { type: 'finish' }],
    done: true,
  },
  'ag-ui': {
    first: [
      { type: 'RUN_STARTED', runId: 'run', threadId: 'thread' },
      { type: 'TEXT_MESSAGE_START', messageId: 'r1', role: 'assistant' },
    ],
    token: (delta) => ({ type: 'TEXT_MESSAGE_CONTENT', messageId: 'r1', delta }),
    last: [
      { type: 'TEXT_MESSAGE_END', messageId: 'r1' },
      { type: 'RUN_FINISHED', runId: 'run', threadId: 'thread' },
    ],
  },
}

let load = loads[0]
let answers = 0

async function answer(wire, response) {
  const { first = [], token, last, done } = wires[wire]
  // Ids of messages must differ between the answers of one conversation.
  const id = `r${++answers}`
  const write = (events) => {
    const text = events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')
    return response.write(text.replaceAll('"r1"', `"${id}"`))
  }
  response.writeHead(200, {
    'content-type': 'text/event-stream',
    'x-vercel-ai-ui-message-stream': 'v1',
  })
  write(first)
  const startedAt = performance.now()
  for (let index = 0; index < load.tokens && !response.destroyed;) {
    const due = load.perSecond
      ? Math.min(load.tokens, ((performance.now() - startedAt) / 1_000) * load.perSecond)
      : Math.min(load.tokens, index + 64)
    const events = []
    for (; index < due; index++) events.push(token(word(index)))
    const isDrained = events.length === 0 || write(events)
    if (load.perSecond) await new Promise((resolve) => setTimeout(resolve, 5))
    else if (!isDrained) await new Promise((resolve) => response.once('drain', resolve))
  }
  write(last)
  response.end(done ? 'data: [DONE]\n\n' : '')
}

const here = import.meta.dirname
const folder = mkdtempSync(join(tmpdir(), 'hooks-bench-'))
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
    lib: { entry: join(here, 'hooks.page.tsx'), formats: ['es'], fileName: 'page' },
  },
})

const server = createServer((request, response) => {
  const wire = request.url.split('/')[1]
  if (wires[wire] && request.method === 'POST') return void answer(wire, response)
  const isScript = request.url.endsWith('.js')
  response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
  response.end(
    isScript
      ? readFileSync(join(folder, request.url))
      : '<!doctype html><meta charset="utf-8"><body><script type="module" src="/page.js"></script>',
  )
})
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const origin = `http://127.0.0.1:${server.address().port}`
const browser = await chromium.launch(launchOptions())

async function openPage() {
  const page = await browser.newPage({ viewport: { width: 480, height: 800 } })
  page.on('pageerror', (error) => console.error(String(error)))
  await page.goto(`${origin}/`)
  await page.waitForFunction(() => 'hooks' in window)
  return page
}

/** A fresh page for every measurement: contenders must not share a heap. The first, short reply pays for compilation. */
async function measure(name, { tokens, perSecond, history = 0 }) {
  const page = await openPage()
  try {
    const wire = await page.evaluate((contender) => window.hooks.wireOf(contender), name)
    await page.evaluate(
      ([contender, setup]) => window.hooks.draw(contender, setup),
      [name, { history, url: `${origin}/${wire}` }],
    )
    load = { tokens: 100 }
    await page.evaluate((chars) => window.hooks.ask(chars), charsOf(100))
    await page.waitForTimeout(200)
    load = { tokens, perSecond }
    const session = await page.context().newCDPSession(page)
    await session.send('Performance.enable')
    const cpu = async () => {
      const { metrics } = await session.send('Performance.getMetrics')
      const of = (key) => metrics.find((metric) => metric.name === key).value * 1_000
      // Tasks, as `ScriptDuration` leaves out what runs in the microtasks of a stream's read.
      return { cpu: of('TaskDuration'), layout: of('LayoutDuration') + of('RecalcStyleDuration') }
    }
    const before = await cpu()
    const result = await page.evaluate((chars) => window.hooks.ask(chars), charsOf(tokens))
    const after = await cpu()
    return { ...result, cpu: after.cpu - before.cpu, layout: after.layout - before.layout }
  } finally {
    await page.close()
  }
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
const number = (value) => (value >= 100 ? Math.round(value).toString() : value.toFixed(1))

const first = await openPage()
const all = await first.evaluate(() => window.hooks.names)
const names = all.filter((name, at) => at === 0 || measured.some((part) => name.includes(part)))
await first.close()

/** Left out of the loads that follow: they would only show the same, for minutes. */
const tooSlow = new Set()

for (const { what, ...settings } of loads) {
  const taking = names.filter((name) => !tooSlow.has(name))
  const results = new Map(taking.map((name) => [name, []]))
  // Interleaved, so that other load on the machine meets all alike.
  for (let round = 0; round < rounds; round++) {
    let limit = 1
    for (const name of taking) {
      const result = await measure(name, settings)
      if (name === names[0]) limit = result.cpu
      results.get(name).push({ ...result, ratio: result.cpu / limit })
    }
  }
  console.log(`\n### ${what} (${rounds} rounds)\n`)
  console.log(
    '| contender | CPU ms | x limit | of it layout | row renders | wall ms | longest task ms |',
  )
  console.log('| --- | ---: | ---: | ---: | ---: | ---: | ---: |')
  for (const [name, all] of results) {
    const whole = all.filter(({ isThere }) => isThere)
    const share = whole.length < all.length ? ` (whole in ${whole.length} of ${all.length})` : ''
    if (whole.length === 0) {
      console.log(`| ${name}${share} | – | – | – | – | – | – |`)
      continue
    }
    const of = (key) => median(whole.map((result) => result[key]))
    const longest = of('longestTaskMs')
    if (of('wallMs') > 8_000) tooSlow.add(name)
    console.log(
      `| ${name}${share} | ${number(of('cpu'))} | ${of('ratio').toFixed(2)} | ${number(of('layout'))} | ${of('rows')} | ${number(of('wallMs'))} | ${longest < 50 ? '< 50' : number(longest)} |`,
    )
  }
}

await browser.close()
server.close()
rmSync(folder, { recursive: true })
