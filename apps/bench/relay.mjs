// Measures the relay, as it is and with `resume`, against a bare pipe: the first chunk it adds, its CPU for each token, its memory for each idle
// stream, and how fast a thousand upstreams end when their clients leave. Run it by `node apps/bench/relay.mjs`, or
// with `rounds=9` for more than five of its rounds of tokens.
// Each party is a process of its own, so that CPU and memory are its own; ratios hold, milliseconds are this machine's.
import { fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import http from 'node:http'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import process from 'node:process'
import { fileURLToPath, pathToFileURL } from 'node:url'

const origin = 'https://bench.example'
const secret = 'a secret of the bench, long enough to sign'
const root = resolve(import.meta.dirname, '../..')

/** What the upstream sends: `count` tokens, one each `everyMs`, 0 as fast as may be; then it ends, or stays open. */
const plans = {
  first: { count: 1, everyMs: 0, end: true },
  fast: { count: 20_000, everyMs: 0, end: true },
  paced: { count: Infinity, everyMs: 200, end: true },
  idle: { count: 1, everyMs: 0, end: false },
}
const streams = 1000
/** How long the tokens of the open streams are counted, in one round. */
const windowMs = 4000
const repeats = 300
const rounds = Number(process.argv.find((word) => word.startsWith('rounds='))?.slice(7) ?? 5)

const wait = (ms) => new Promise((done) => (ms > 0 ? setTimeout(done, ms) : setImmediate(done)))

function listen(server) {
  return new Promise((done) => {
    server.listen(0, '127.0.0.1', 8192, () => done(server.address().port))
  })
}

async function readBody(request) {
  let body = ''
  for await (const piece of request) body += piece
  return body
}

async function runUpstream() {
  const chunk = (content) =>
    `data: {"id":"bench","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"${content}"},"finish_reason":null}]}\n\n`
  const end =
    'data: {"id":"bench","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
  let closedCount = 0
  let sentCount = 0
  const server = http.createServer(async (request, response) => {
    response.on('close', () => closedCount++)
    const plan = plans[JSON.parse(await readBody(request)).model]
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (let sent = 0; sent < plan.count && !response.destroyed; sent++) {
      if (sent > 0) await wait(plan.everyMs)
      response.write(chunk(` word${sent}`))
      sentCount++
    }
    if (plan.end) response.end(end)
  })
  return {
    port: await listen(server),
    closedCount: () => closedCount,
    sentCount: () => sentCount,
  }
}

/** The least a server between can do: pass bytes on, and end one side with the other. */
async function runPipe(upstreamPort) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: Infinity })
  const server = http.createServer((request, response) => {
    const options = { port: upstreamPort, method: 'POST', path: request.url, agent }
    const onward = http.request(options, (answer) => {
      response.writeHead(answer.statusCode, answer.headers)
      answer.pipe(response)
    })
    onward.on('error', () => response.destroy())
    response.on('close', () => onward.destroy())
    request.pipe(onward)
  })
  return { port: await listen(server) }
}

async function runRelay(upstreamPort, bundle, resume) {
  const { createRelay, openai, serve } = await import(pathToFileURL(bundle))
  const models = Object.fromEntries(Object.keys(plans).map((name) => [name, name]))
  const relay = createRelay({
    provider: openai({ baseUrl: `http://127.0.0.1:${upstreamPort}/v1`, apiKey: 'bench', models }),
    secret,
    origins: [origin],
    // With a grace time so short that a thousand clients who leave are gone before the next measurement.
    resume: resume && { graceMs: 100 },
    limits: {
      concurrentReplies: 100_000,
      requestsPerMinutePerVisitor: 1_000_000,
      requestsPerMinutePerAddress: 1_000_000,
    },
  })
  const { url } = await serve(relay, { port: 0, hostname: '127.0.0.1' })
  return { port: Number(new URL(url).port) }
}

/** A party's side of the talk with the process that measures. */
async function runChild(role, upstreamPort, ...args) {
  const run = { upstream: runUpstream, pipe: runPipe, relay: runRelay }[role]
  const party = await run(Number(upstreamPort), ...args)
  process.on('message', () => {
    const { user, system } = process.cpuUsage()
    globalThis.gc?.()
    process.send({
      cpuUs: user + system,
      rss: process.memoryUsage.rss(),
      closedCount: party.closedCount?.(),
      sentCount: party.sentCount?.(),
    })
  })
  process.send({ port: party.port })
}

const next = (child) => new Promise((done) => child.once('message', done))

async function startChild(...args) {
  const file = fileURLToPath(import.meta.url)
  const child = fork(file, args.map(String), { execArgv: ['--expose-gc'] })
  const { port } = await next(child)
  const ask = () => {
    const answer = next(child)
    child.send('measure')
    return answer
  }
  return { port, ask, stop: () => child.kill() }
}

/** Sends one question. Resolves with the first chunk; `ended` resolves with the answer's end. */
function send(port, model, headers, agent) {
  const body = JSON.stringify({ model, stream: true, messages: [{ role: 'user', content: 'hi' }] })
  const begunAt = performance.now()
  return new Promise((done, fail) => {
    const options = {
      port,
      agent,
      method: 'POST',
      path: headers ? '/api/chat/v1/chat/completions' : '/v1/chat/completions',
      headers: { ...headers, 'content-type': 'application/json', 'content-length': body.length },
    }
    const request = http.request(options, (response) => {
      if (response.statusCode !== 200) fail(new Error(`status ${response.statusCode}`))
      const ended = new Promise((end) => response.on('close', end))
      response.on('error', () => {})
      response.once('data', () => {
        done({ firstMs: performance.now() - begunAt, ended, leave: () => request.destroy() })
        response.resume()
      })
    })
    request.on('error', fail)
    request.end(body)
  })
}

async function mint(port) {
  const response = await fetch(`http://127.0.0.1:${port}/api/chat/session`, {
    method: 'POST',
    headers: { origin },
  })
  return { origin, authorization: `Bearer ${(await response.json()).token}` }
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]

async function measureFirst(port, headers) {
  const agent = new http.Agent({ keepAlive: true })
  const times = []
  for (let repeat = 0; repeat < repeats; repeat++) {
    const { firstMs, ended } = await send(port, 'first', headers, agent)
    await ended
    // The first requests warm the engine up.
    if (repeat >= repeats / 3) times.push(firstMs)
  }
  agent.destroy()
  return median(times)
}

/** Opens so many streams, in batches that every party's queue of new connections can hold. */
async function openStreams(port, model, headers) {
  const open = []
  while (open.length < streams) {
    const batch = Array.from({ length: 100 }, () => send(port, model, headers, false))
    open.push(...(await Promise.all(batch)))
  }
  return open
}

/** Leaves all at once. Resolves with how many upstreams have ended, and after how long; gives up after ten seconds. */
async function leaveAll(open, upstream) {
  const before = (await upstream.ask()).closedCount
  const leftAt = performance.now()
  for (const { leave } of open) leave()
  let closedCount = 0
  while (closedCount < open.length && performance.now() - leftAt < 10_000) {
    await wait(10)
    closedCount = (await upstream.ask()).closedCount - before
  }
  return { closedCount, endedMs: performance.now() - leftAt }
}

/** Long enough for the engine to have compiled what is done for a token. */
async function warmUp({ port }, headers) {
  for (let stream = 0; stream < 5; stream++) {
    const { ended } = await send(port, 'fast', headers, false)
    await ended
  }
}

/** CPU of a party for each token, while all streams are open and none begins or ends. */
async function measureTokens({ port, ask }, upstream, headers) {
  const open = await openStreams(port, 'paced', headers)
  const before = await Promise.all([ask(), upstream.ask()])
  await wait(windowMs)
  const after = await Promise.all([ask(), upstream.ask()])
  await leaveAll(open, upstream)
  return (after[0].cpuUs - before[0].cpuUs) / (after[1].sentCount - before[1].sentCount)
}

async function measureIdle({ port, ask }, upstream, headers) {
  const before = await ask()
  const open = await openStreams(port, 'idle', headers)
  const during = await ask()
  const ended = await leaveAll(open, upstream)
  return { kbPerStream: (during.rss - before.rss) / 1024 / streams, ...ended }
}

async function bundleServer(folder) {
  const { build } = await import('vite')
  const server = join(root, 'packages/server/src')
  const entry = join(folder, 'entry.ts')
  const { writeFileSync } = await import('node:fs')
  writeFileSync(
    entry,
    `export { createRelay, openai } from '${server}/index.ts'\nexport { serve } from '${server}/node.ts'\n`,
  )
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: true },
    build: { ssr: entry, outDir: folder, emptyOutDir: false, minify: false },
  })
  return join(folder, 'entry.js')
}

async function measure() {
  const folder = mkdtempSync(join(tmpdir(), 'parlance-bench-'))
  const children = []
  const start = async (...args) => {
    const child = await startChild(...args)
    children.push(child)
    return child
  }
  try {
    const bundle = await bundleServer(folder)
    const upstream = await start('upstream')
    const pipe = await start('pipe', upstream.port)
    const relay = await start('relay', upstream.port, bundle)
    const resuming = await start('relay', upstream.port, bundle, 'resume')
    const parties = {
      direct: [upstream],
      pipe: [pipe],
      relay: [relay, await mint(relay.port)],
      'relay, resume': [resuming, await mint(resuming.port)],
    }
    const rows = Object.fromEntries(Object.keys(parties).map((name) => [name, {}]))
    // Round by round, so that a busy moment of the machine meets all of them.
    const firsts = {}
    for (let round = 0; round < 3; round++) {
      for (const [name, [party, headers]] of Object.entries(parties)) {
        ;(firsts[name] ??= []).push(await measureFirst(party.port, headers))
      }
    }
    for (const [name, row] of Object.entries(rows)) row['first chunk, ms'] = median(firsts[name])
    delete parties.direct
    for (const [name, [party, own]] of Object.entries(parties)) {
      const row = rows[name]
      const { kbPerStream, closedCount, endedMs } = await measureIdle(party, upstream, own)
      row['memory per idle stream, kB'] = kbPerStream
      row[`upstreams ended of ${streams}`] = closedCount
      row['all ended after, ms'] = endedMs
      await warmUp(party, own)
    }
    const tokens = {}
    for (let round = 0; round < rounds; round++) {
      for (const [name, [party, headers]] of Object.entries(parties)) {
        ;(tokens[name] ??= []).push(await measureTokens(party, upstream, headers))
      }
    }
    for (const name of Object.keys(parties)) rows[name]['CPU per token, µs'] = median(tokens[name])
    for (const row of Object.values(rows)) {
      for (const [name, value] of Object.entries(row)) row[name] = Math.round(value * 100) / 100
    }
    console.table(rows)
    delete parties.pipe
    for (const name of Object.keys(parties)) {
      const added = rows[name]['first chunk, ms'] - rows.pipe['first chunk, ms']
      const ratios = tokens[name].map((us, round) => us / tokens.pipe[round])
      const all = ratios.map((ratio) => ratio.toFixed(2)).join(', ')
      console.log(`${name}: first chunk ${added.toFixed(2)} ms later`)
      console.log(
        `${name}: CPU per token ${median(ratios).toFixed(2)} × the pipe, by rounds ${all}`,
      )
    }
  } finally {
    for (const child of children) child.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

const [role, ...args] = process.argv.slice(2)
await (process.send ? runChild(role, ...args) : measure())
