// Measures the panel of the script tag on a CPU slowed down four times: what its first open costs the page, and what a
// frame costs while an answer grows under 2,000 turns, beside the same under one.
// Once: the build of packages/widget. Then: node panel.mjs [rounds=5] [turns=2000]
// Milliseconds are the machine's; the ratio of the two transcripts is not.
import { createReadStream, existsSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { join, normalize } from 'node:path'
import process from 'node:process'
import { createGzip } from 'node:zlib'
import { chromium } from 'playwright'
import { launchOptions } from '../../../scripts/chromium.mjs'

const numberOf = (name, otherwise) =>
  Number(process.argv.find((word) => word.startsWith(`${name}=`))?.split('=')[1] ?? otherwise)
const rounds = numberOf('rounds', 5)
const turns = numberOf('turns', 2000)
const embed = join(import.meta.dirname, '../../../packages/widget/dist/embed')
const host =
  '<!doctype html><html lang="en"><link rel="icon" href="data:," /><body><h1>A page</h1>' +
  '<script async src="/parlance/loader.js" data-url="/api/chat"></script>'

const words =
  'An answer of the usual kind: some **strong** words, a [link](https://example.com/), and `code`. '
const earlier = `${words.repeat(3)}\n\n- one point\n- another point\n\n${words}`
const chunkEveryMs = 10
const measuredMs = 4000

const server = createServer(async (request, response) => {
  const { pathname } = new URL(request.url, 'http://host')
  if (pathname === '/') {
    response.setHeader('content-type', 'text/html')
    return response.end(host)
  }
  if (pathname === '/api/chat/session') {
    response.setHeader('content-type', 'application/json')
    return response.end('{"token":"bench","expires_in":900}')
  }
  if (pathname === '/api/chat/v1/chat/completions') {
    response.setHeader('content-type', 'text/event-stream')
    // One block that does not end, a hundred words a second.
    let count = 0
    const timer = setInterval(() => {
      const content = `${count++ % 9 === 0 ? '**word**' : 'words'} `
      response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`)
    }, chunkEveryMs)
    return response.on('close', () => clearInterval(timer))
  }
  const file = join(embed, normalize(`/${pathname.replace('/parlance/', '')}`))
  if (!existsSync(file) || !statSync(file).isFile()) return response.writeHead(404).end()
  response.writeHead(200, { 'content-type': 'text/javascript', 'content-encoding': 'gzip' })
  return createReadStream(file)
    .pipe(createGzip({ level: 9 }))
    .pipe(response)
})
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const origin = `http://127.0.0.1:${server.address().port}`
const browser = await chromium.launch(launchOptions())

/** Puts a conversation on the device, as an earlier visit would have left it. */
function keepConversation({ count, text }) {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open('parlance:/api/chat|', 1)
    request.addEventListener('upgradeneeded', () => request.result.createObjectStore('kept'))
    request.addEventListener('error', () => reject(request.error))
    request.addEventListener('success', () => {
      const database = request.result
      const transaction = database.transaction('kept', 'readwrite')
      const store = transaction.objectStore('kept')
      const startMs = Date.now() - count * 60_000
      let parentId = null
      const put = (id, role, content, createdAtMs) => {
        const parts = [{ type: 'text', text: content }]
        const message = { id, parentId, role, parts, status: 'complete', createdAtMs }
        store.put(message, ['message', 'bench', id])
        parentId = id
      }
      for (let turn = 0; turn < count; turn++) {
        put(`q${turn}`, 'user', `Question ${turn}?`, startMs + turn * 60_000)
        put(`r${turn}`, 'assistant', text, startMs + turn * 60_000 + 1)
      }
      const entry = {
        id: 'bench',
        title: 'Bench',
        createdAtMs: startMs,
        updatedAtMs: startMs,
        headId: parentId,
        serverConversationId: null,
      }
      store.put(entry, ['entry', 'bench'])
      store.put('bench', ['note', 'current'])
      transaction.addEventListener('complete', () => {
        database.close()
        resolve()
      })
    })
  })
}

async function openPage() {
  const context = await browser.newContext()
  const page = await context.newPage()
  const cdp = await context.newCDPSession(page)
  // The thread's own time: a busy machine makes the clock on the wall go faster, not this one.
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' })
  await page.goto(origin)
  const metrics = async () =>
    Object.fromEntries(
      (await cdp.send('Performance.getMetrics')).metrics.map(({ name, value }) => [name, value]),
    )
  const slowDown = () => cdp.send('Emulation.setCPUThrottlingRate', { rate: 4 })
  return { context, page, cdp, metrics, slowDown }
}

/** Main thread of the page from the click to the second frame of the open panel, less the same without a click. */
async function measureOpen() {
  const { context, page, metrics, slowDown } = await openPage()
  await page.getByRole('button', { name: 'Open chat' }).waitFor()
  await slowDown()
  await page.evaluate(() => {
    window.longTasks = []
    new PerformanceObserver((list) => window.longTasks.push(...list.getEntries())).observe({
      type: 'longtask',
    })
  })
  const before = await metrics()
  const openMs = await page.evaluate(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(() => resolve()))
    const startedMs = performance.now()
    await window.Parlance.open()
    await frame()
    await frame()
    return performance.now() - startedMs
  })
  const after = await metrics()
  await page.waitForTimeout(200)
  const longMs = await page.evaluate(() =>
    Math.max(0, ...window.longTasks.map(({ duration }) => duration)),
  )
  await context.close()
  return {
    'open, ms': openMs,
    'main thread, ms': (after.TaskDuration - before.TaskDuration) * 1000,
    'script, ms': (after.ScriptDuration - before.ScriptDuration) * 1000,
    'longest task, ms': longMs,
  }
}

/** The least a page can do with the same stream: put it into one text node at the end of a box that scrolls. */
function drawPlainly() {
  const box = document.body.appendChild(document.createElement('div'))
  Object.assign(box.style, { height: '400px', width: '360px', overflow: 'auto' })
  const text = box.appendChild(document.createTextNode(''))
  const read = async () => {
    const { body } = await fetch('/api/chat/v1/chat/completions', { method: 'POST' })
    let waiting = ''
    const draw = () => {
      text.appendData(waiting)
      box.scrollTop = box.scrollHeight
      waiting = ''
    }
    for await (const part of body.pipeThrough(new TextDecoderStream())) {
      for (const line of part.split('\n')) {
        if (line === '') continue
        if (waiting === '') requestAnimationFrame(draw)
        waiting += JSON.parse(line.slice('data: '.length)).choices[0].delta.content
      }
    }
  }
  void read()
}

async function askUnder(page, count) {
  if (count > 0) {
    await page.evaluate(keepConversation, { count, text: earlier })
    await page.reload()
  }
  const startedMs = performance.now()
  await page.evaluate(() => window.Parlance.open())
  if (count > 0) await page.locator('parlance-chat [data-message]').last().waitFor()
  const shownMs = performance.now() - startedMs
  if (count > 0) {
    const last = page.locator('parlance-chat [data-message]').nth(2 * count - 1)
    await last.waitFor({ state: 'attached', timeout: 120_000 })
  }
  const drawnMs = performance.now() - startedMs
  await page.waitForTimeout(1000)
  await page.evaluate(() => void window.Parlance.send('And now?'))
  await page.locator('parlance-chat [data-state="streaming"] .pl-text').first().waitFor()
  return { shownMs, drawnMs }
}

/** Main thread per frame while one block grows under so many turns; without a number, in a page of its own. */
async function measureStreaming(count) {
  const { context, page, metrics, slowDown } = await openPage()
  const waited =
    count === undefined ? await page.evaluate(drawPlainly) : await askUnder(page, count)
  await slowDown()
  await page.waitForTimeout(500)
  await page.evaluate(() => {
    window.frames = 0
    const count = () => {
      window.frames++
      requestAnimationFrame(count)
    }
    requestAnimationFrame(count)
  })
  const before = await metrics()
  await page.waitForTimeout(measuredMs)
  const after = await metrics()
  const frames = await page.evaluate(() => window.frames)
  await context.close()
  const perFrame = (name) => ((after[name] - before[name]) * 1000) / frames
  return {
    'frames a second': (frames * 1000) / measuredMs,
    'frame, ms': perFrame('TaskDuration'),
    'script, ms': perFrame('ScriptDuration'),
    'style, ms': perFrame('RecalcStyleDuration'),
    'layout, ms': perFrame('LayoutDuration'),
    'end shown after, ms': waited?.shownMs ?? 0,
    'all drawn after, ms': waited?.drawnMs ?? 0,
  }
}

const median = (values) =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)]

async function table(cases) {
  const results = Object.fromEntries(Object.keys(cases).map((name) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const [name, measure] of Object.entries(cases)) results[name].push(await measure())
  }
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
}

await table({ 'first open': measureOpen })
await table({
  'as plain text, without a chat': () => measureStreaming(),
  'an answer grows alone': () => measureStreaming(0),
  [`an answer grows under ${turns} turns`]: () => measureStreaming(turns),
})
await browser.close()
server.close()
