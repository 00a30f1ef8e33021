// Measures what a script tag costs a page that nobody chats on, beside two peers, at a CPU slowed down four times.
// Once: pnpm install --ignore-scripts here, and the build of packages/widget. Then: node embed.mjs [rounds=7]
// Every page is loaded in each round, in turn, in a fresh context; the table shows medians. Milliseconds are the machine's.
import { createReadStream, existsSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'
import process from 'node:process'
import { createGzip } from 'node:zlib'
import { chromium } from 'playwright'
import { launchOptions } from '../../../scripts/chromium.mjs'

const rounds = Number(process.argv.find((word) => word.startsWith('rounds='))?.split('=')[1] ?? 7)
const here = import.meta.dirname
const folders = {
  parlance: join(here, '../../../packages/widget/dist/embed'),
  'deep-chat': join(here, 'node_modules/deep-chat/dist'),
  n8n: join(here, 'node_modules/@n8n/chat/dist'),
}

/** How each is pasted, and what a visitor needs to see of it: a launcher, or the field where there is none. */
const pages = {
  'no chat': { tag: '', ready: 'document.body' },
  parlance: {
    tag: '<script async src="/parlance/loader.js" data-url="/api/chat"></script>',
    ready: `document.querySelector('parlance-chat')?.shadowRoot.querySelector('.pl-launcher')`,
  },
  'deep-chat': {
    tag: '<script type="module" src="/deep-chat/deepChat.bundle.js"></script><deep-chat demo="true"></deep-chat>',
    ready: `document.querySelector('deep-chat')?.shadowRoot?.querySelector('#text-input')`,
  },
  n8n: {
    tag: `<link href="/n8n/style.css" rel="stylesheet" /><script type="module">
      import { createChat } from '/n8n/chat.bundle.es.js'
      createChat({ webhookUrl: '/api/chat' })</script>`,
    ready: `document.querySelector('.chat-window-toggle')`,
  },
}

const types = {
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.ico': 'image/x-icon',
}

const server = createServer((request, response) => {
  const [, name = '', ...rest] = new URL(request.url, 'http://host').pathname.split('/')
  const page = pages[decodeURIComponent(name)]
  if (page && rest.length === 0) {
    response.setHeader('content-type', 'text/html')
    response.end(
      `<!doctype html><html lang="en"><link rel="icon" href="data:," /><body><h1>A page</h1>${page.tag}`,
    )
    return
  }
  const file = folders[name] && join(folders[name], normalize(`/${rest.join('/')}`))
  if (!file || !existsSync(file) || !statSync(file).isFile()) {
    response.writeHead(404).end()
    return
  }
  response.writeHead(200, {
    'content-type': types[extname(file)] ?? 'application/octet-stream',
    'content-encoding': 'gzip',
  })
  createReadStream(file)
    .pipe(createGzip({ level: 9 }))
    .pipe(response)
})
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const origin = `http://127.0.0.1:${server.address().port}`

const browser = await chromium.launch(launchOptions())

async function measure(name) {
  const context = await browser.newContext()
  const page = await context.newPage()
  const cdp = await context.newCDPSession(page)
  let bytes = 0
  cdp.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength))
  await cdp.send('Network.enable')
  await cdp.send('Performance.enable')
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: 4 })
  await page.addInitScript(`
    window.longTasks = []
    new PerformanceObserver((list) => longTasks.push(...list.getEntries().map((task) => task.duration)))
      .observe({ type: 'longtask', buffered: true })
    const look = () => {
      const element = ${pages[name].ready}
      if (element && element.getBoundingClientRect().width > 0) window.readyMs = performance.now()
      else requestAnimationFrame(look)
    }
    requestAnimationFrame(look)`)
  await page.goto(`${origin}/${encodeURIComponent(name)}`)
  await page.waitForFunction('window.readyMs !== undefined', undefined, { timeout: 30_000 })
  await page.waitForLoadState('networkidle')
  await page.waitForTimeout(500)
  const { readyMs, longTasks } = await page.evaluate('({ readyMs, longTasks })')
  await cdp.send('HeapProfiler.collectGarbage')
  const { metrics } = await cdp.send('Performance.getMetrics')
  const valueOf = (metric) => metrics.find((each) => each.name === metric).value
  await context.close()
  return {
    readyMs,
    longTasks: longTasks.length,
    longMs: longTasks.reduce((sum, ms) => sum + ms, 0),
    scriptMs: valueOf('ScriptDuration') * 1000,
    heapMib: valueOf('JSHeapUsedSize') / 2 ** 20,
    kib: bytes / 1024,
  }
}

const median = (values) =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)]
const results = Object.fromEntries(Object.keys(pages).map((name) => [name, []]))
for (let round = 0; round < rounds; round++) {
  for (const name of Object.keys(pages)) results[name].push(await measure(name))
}
await browser.close()
server.close()

console.table(
  Object.fromEntries(
    Object.entries(results).map(([name, runs]) => [
      name,
      Object.fromEntries(
        Object.keys(runs[0]).map((key) => [
          key,
          Number(median(runs.map((run) => run[key])).toFixed(1)),
        ]),
      ),
    ]),
  ),
)
