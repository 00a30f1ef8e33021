import { expect, test } from 'vitest'
import {
  answerWell,
  askAndLeave,
  pageOrigin,
  question,
  type RunningRelay,
  smallStream,
  startRelay,
  startUpstream,
  until,
  writeStream,
} from './fixtures/startRelay.ts'

/** Reads an answer until its text holds `part`, and leaves the rest. */
async function readUntil(response: Response, part: string) {
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  while (!text.includes(part)) {
    const { done, value } = await reader.read()
    if (done) throw new Error(`The stream ended without ${part}: ${text}`)
    text += value
  }
  return { text, reader }
}

const stop = (relay: RunningRelay, runId: string | null, token: string) =>
  fetch(`${relay.url}/v1/runs/${runId}/stop`, {
    method: 'POST',
    headers: { origin: pageOrigin, authorization: `Bearer ${token}` },
  })

test('answers with headers that no proxy collects or caches', async () => {
  const upstream = await startUpstream(answerWell)
  const { ask } = await startRelay({ upstream })
  const { headers } = await ask(question)
  expect(headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  expect(headers.get('cache-control')).toBe('no-cache, no-transform')
  expect(headers.get('x-accel-buffering')).toBe('no')
  expect(headers.get('x-request-id')).toMatch(/^reply_/)
})

test('numbers its events and gives them our own ids', async () => {
  const upstream = await startUpstream(answerWell)
  const { ask } = await startRelay({ upstream })
  const response = await ask(question)
  const text = await response.text()
  expect(text.match(/^id: \d+$/gm)).toEqual(['1', '2', '3', '4', '5', '6'].map((n) => `id: ${n}`))
  expect(text).toContain(`"id":"${response.headers.get('x-request-id')}"`)
  expect(text).not.toContain('up-1')
  expect(text.trim().endsWith('data: [DONE]')).toBe(true)
})

test('passes no header of the provider on', async () => {
  const upstream = await startUpstream((response) => {
    response.setHeader('x-provider-secret', 'abc')
    response.setHeader('set-cookie', 'a=b')
    response.setHeader('openai-organization', 'org-1')
    writeStream(response, smallStream)
  })
  const { ask } = await startRelay({ upstream })
  const { headers } = await ask(question)
  for (const name of ['x-provider-secret', 'set-cookie', 'openai-organization']) {
    expect(headers.has(name)).toBe(false)
  }
})

test('shows a heartbeat before the provider answers', async () => {
  let release = () => {}
  const upstream = await startUpstream((response) => {
    release = () => writeStream(response, smallStream)
  })
  const { ask } = await startRelay({ upstream, limits: { holdMs: 20, heartbeatMs: 20 } })
  const response = await ask(question)
  expect(response.status).toBe(200)
  const { reader } = await readUntil(response, ':\n\n:\n\n:\n\n')
  release()
  let rest = ''
  for (let next = await reader.read(); !next.done; next = await reader.read()) rest += next.value
  expect(rest).toContain('[DONE]')
})

test('keeps the status of a failure that comes early', async () => {
  const upstream = await startUpstream((response) => response.writeHead(503).end())
  const { ask } = await startRelay({ upstream })
  const response = await ask(question)
  expect(response.status).toBe(503)
  expect(await response.json()).toMatchObject({ error: { code: 'overloaded', retryable: true } })
})

test('tells a failure that comes late as the last event', async () => {
  const upstream = await startUpstream((response) => {
    setTimeout(() => response.writeHead(503).end(), 60)
  })
  const { ask } = await startRelay({ upstream, limits: { holdMs: 20 } })
  const response = await ask(question)
  const text = await response.text()
  expect(response.status).toBe(200)
  expect(text).toContain('"code":"overloaded"')
  expect(text).not.toContain('[DONE]')
})

test('keeps the status of a failure that is told inside a 200', async () => {
  const upstream = await startUpstream((response) =>
    writeStream(response, ['data: {"error":{"message":"x","code":"rate_limit_exceeded"}}\n\n']),
  )
  const { ask } = await startRelay({ upstream })
  const response = await ask(question)
  expect([response.status, await response.json()]).toMatchObject([
    429,
    { error: { code: 'rate_limited' } },
  ])
})

test('tells a failure in mid-answer as the one last event, in our words', async () => {
  const failure = 'data: {"error":{"message":"PROVIDER WORDS","code":"server_error"}}\n\n'
  const upstream = await startUpstream((response) =>
    writeStream(response, [...smallStream.slice(0, 2), failure, ...smallStream.slice(2)]),
  )
  const { ask, relay } = await startRelay({ upstream })
  const text = await (await ask(question)).text()
  expect(text).toContain('Yes, ')
  expect(text.match(/"error":/g)).toHaveLength(1)
  expect(text.trim().split('\n').at(-1)).toContain('"code":"provider_error"')
  expect(text).not.toContain('PROVIDER WORDS')
  expect(text).not.toContain('[DONE]')
  expect(await relay.ledger.entries()).toMatchObject([
    { outcome: 'failed', code: 'provider_error' },
  ])
})

/** How an answer ended, as a client that knows the format sees it; an error before the stream is its whole body. */
function endOf(text: string): 'done' | 'error' | 'neither' {
  const last = text.trim().split('\n').at(-1) ?? ''
  return last === 'data: [DONE]' ? 'done' : last.includes('{"error":') ? 'error' : 'neither'
}

test('ends in an error object wherever the provider’s stream is cut, and never in success', async () => {
  const bytes = Buffer.from(smallStream.join(''))
  // After its finish reason a choice is whole, and only the goodbye is missing.
  const wholeAt = Buffer.byteLength(smallStream.slice(0, 4).join('')) - '\n\n'.length
  const whole: string[] = []
  let cut = 0
  const upstream = await startUpstream((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(bytes.subarray(0, cut))
    // By turns a clean end and a broken connection.
    if (cut % 2 === 0) response.end()
    else setImmediate(() => response.destroy())
  })
  const { ask, mint } = await startRelay({ upstream })
  const token = await mint()
  for (cut = 0; cut < bytes.length; cut++) {
    const text = await (await ask(question, { token })).text()
    const end = endOf(text)
    expect({ cut, end }).toEqual({ cut, end: cut < wholeAt ? 'error' : 'done' })
    if (end === 'done') whole.push(text)
  }
  expect(whole.every((text) => text.includes('we do.'))).toBe(true)
  expect(cut).toBeGreaterThan(400)
})

test('answers a whole reply that is cut with an error at every byte', async () => {
  const body = JSON.stringify({
    choices: [{ index: 0, message: { content: 'Yes.' }, finish_reason: 'stop' }],
  })
  let cut = 0
  const upstream = await startUpstream((response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(body.slice(0, cut))
  })
  const { ask, mint } = await startRelay({ upstream })
  const token = await mint()
  for (cut = 0; cut < body.length; cut++) {
    const response = await ask({ ...question, stream: false }, { token })
    expect({ cut, status: response.status }).toEqual({ cut, status: 502 })
    expect(await response.json()).toHaveProperty('error.code')
  }
})

test('ends 1,000 upstreams for 1,000 clients that leave', async () => {
  const upstream = await startUpstream((response) =>
    writeStream(response, smallStream.slice(0, 2), 'leave-open'),
  )
  const { url, mint, relay } = await startRelay({ upstream, limits: { concurrentReplies: 2_000 } })
  const token = await mint()
  for (let batch = 0; batch < 10; batch++) {
    await Promise.all(Array.from({ length: 100 }, () => askAndLeave(url, token)))
    await until(() => upstream.abortedCount === (batch + 1) * 100)
  }
  expect(upstream.abortedCount).toBe(1000)
  expect((await relay.ledger.summary()).outcomes.disconnected).toBe(1000)
})

test('ends the upstream of a client that leaves before the first token', async () => {
  const upstream = await startUpstream(() => {})
  const { ask, relay } = await startRelay({ upstream })
  const leaving = new AbortController()
  const pending = ask(question, { signal: leaving.signal })
  await until(() => upstream.requests.length === 1)
  leaving.abort()
  await expect(pending).rejects.toThrow(/./)
  await until(() => upstream.abortedCount === 1)
  expect(await relay.ledger.entries()).toMatchObject([{ outcome: 'disconnected', attempts: 1 }])
})

test('ends the upstream of a client that leaves a whole answer', async () => {
  const upstream = await startUpstream(() => {})
  const { ask } = await startRelay({ upstream })
  const leaving = new AbortController()
  const pending = ask({ ...question, stream: false }, { signal: leaving.signal })
  await until(() => upstream.requests.length === 1)
  leaving.abort()
  await expect(pending).rejects.toThrow(/./)
  await until(() => upstream.abortedCount === 1)
  expect(upstream.requests).toHaveLength(1)
})

test('stops a run in mid-answer as a good end that says why', async () => {
  const upstream = await startUpstream((response) =>
    writeStream(response, smallStream.slice(0, 2), 'leave-open'),
  )
  const running = await startRelay({ upstream })
  const token = await running.mint()
  const response = await running.ask(question, { token })
  const { text, reader } = await readUntil(response, 'Yes, ')
  const runId = response.headers.get('x-request-id')
  expect((await stop(running, runId, token)).status).toBe(200)
  let rest = text
  for (let next = await reader.read(); !next.done; next = await reader.read()) rest += next.value
  expect(rest).toContain('"finish_reason":"stop","provider_reason":"stopped"')
  expect(endOf(rest)).toBe('done')
  await until(() => upstream.abortedCount === 1)
  expect(await running.relay.ledger.entries()).toMatchObject([
    { outcome: 'stopped', usageSource: 'estimated', usage: { outputTokens: 2 } },
  ])
})

test('stops a run before its first token and ends the upstream', async () => {
  const upstream = await startUpstream(() => {})
  const running = await startRelay({ upstream, limits: { holdMs: 20 } })
  const token = await running.mint()
  const response = await running.ask(question, { token })
  await stop(running, response.headers.get('x-request-id'), token)
  const text = await response.text()
  expect(endOf(text)).toBe('done')
  expect(text).toContain('"provider_reason":"stopped"')
  await until(() => upstream.abortedCount === 1)
})

test('stops no run of another visitor, and says the same as of none', async () => {
  const upstream = await startUpstream((response) =>
    writeStream(response, smallStream.slice(0, 2), 'leave-open'),
  )
  const running = await startRelay({ upstream })
  const response = await running.ask(question)
  const stranger = await running.mint()
  const foreign = await stop(running, response.headers.get('x-request-id'), stranger)
  const none = await stop(running, 'reply_none', stranger)
  const [first, second] = await Promise.all([foreign.text(), none.text()])
  expect([foreign.status, none.status]).toEqual([404, 404])
  expect(first.replace(/reply_[\w-]+/, '')).toBe(second.replace(/reply_[\w-]+/, ''))
  expect(upstream.abortedCount).toBe(0)
  await response.body?.cancel()
})

test('does not read ahead of a client that does not read', async () => {
  const piece = `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: 'x'.repeat(32_000) } }] })}\n\n`
  let writtenBytes = 0
  let isFull = false
  const upstream = await startUpstream((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const write = () => {
      while (!response.destroyed && writtenBytes < 200_000_000) {
        writtenBytes += piece.length
        if (!response.write(piece)) {
          isFull = true
          response.once('drain', write)
          return
        }
        isFull = false
      }
    }
    write()
  })
  const { ask, relay } = await startRelay({
    upstream,
    limits: { answerBytes: 300_000_000, slowReaderMs: 300 },
  })
  const response = await ask(question)
  // What lies in the sockets of four parties is some megabytes; a relay that reads ahead takes all 200.
  await until(() => isFull)
  await until(() => upstream.abortedCount === 1)
  expect(writtenBytes).toBeLessThan(40_000_000)
  await expect(response.text()).rejects.toThrow(/./)
  expect(await relay.ledger.entries()).toMatchObject([{ outcome: 'disconnected' }])
})

test('goes on in order when a client that did not read reads again', async () => {
  const count = 400
  const piece = (index: number) =>
    `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: `${index}:${'x'.repeat(20_000)};` } }] })}\n\n`
  const upstream = await startUpstream((response) =>
    writeStream(response, [
      ...Array.from({ length: count }, (_item, index) => piece(index)),
      ...smallStream.slice(3),
    ]),
  )
  const { ask, relay } = await startRelay({ upstream, limits: { answerBytes: 20_000_000 } })
  const response = await ask(question)
  await new Promise((resolve) => setTimeout(resolve, 300))
  const text = await response.text()
  const order = [...text.matchAll(/"content":"(\d+):x{20000};"/g)].map((match) => Number(match[1]))
  expect(order).toEqual(Array.from({ length: count }, (_item, index) => index))
  expect(endOf(text)).toBe('done')
  expect(await relay.ledger.entries()).toMatchObject([{ outcome: 'complete' }])
})

test('reads a stream of many choices', async () => {
  const events = [0, 1, 2].flatMap((index) => [
    `data: ${JSON.stringify({ choices: [{ index, delta: { content: `answer ${index}` } }] })}\n\n`,
    `data: ${JSON.stringify({ choices: [{ index, delta: {}, finish_reason: 'stop' }] })}\n\n`,
  ])
  const upstream = await startUpstream((response) =>
    writeStream(response, [...events, 'data: [DONE]\n\n']),
  )
  const { ask } = await startRelay({ upstream })
  const text = await (await ask(question)).text()
  for (const index of [0, 1, 2]) {
    expect(text).toContain(`{"index":${index},"delta":{"content":"answer ${index}"}`)
  }
})
