import type { ServerResponse } from 'node:http'
import { createSseReader, type SseEvent } from '@parlance/core'
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

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

function readEvents(text: string): SseEvent[] {
  const events: SseEvent[] = []
  const reader = createSseReader({ strict: true, onEvent: (event) => events.push(event) })
  reader.push(new TextEncoder().encode(text))
  return events
}

const idsOf = (events: readonly SseEvent[]) => events.map(({ id }) => Number(id))

/** Reads an answer until its text holds `part`, and breaks the connection. */
async function readAndLeave(response: Response, part: string): Promise<SseEvent[]> {
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  while (!text.includes(part)) text += (await reader.read()).value
  await reader.cancel()
  return readEvents(text)
}

const resume = (
  relay: RunningRelay,
  runId: string | null,
  token: string,
  lastId?: number | string,
  headers: HeadersInit = { origin: pageOrigin },
) =>
  fetch(`${relay.url}/v1/runs/${runId}`, {
    headers: {
      ...Object.fromEntries(new Headers(headers)),
      authorization: `Bearer ${token}`,
      ...(lastId !== undefined && { 'last-event-id': String(lastId) }),
    },
  })

const stop = (relay: RunningRelay, runId: string | null, token: string) =>
  fetch(`${relay.url}/v1/runs/${runId}/stop`, {
    method: 'POST',
    headers: { origin: pageOrigin, authorization: `Bearer ${token}` },
  })

const outcomesOf = async ({ relay }: RunningRelay) =>
  (await relay.ledger.entries()).map(({ outcome }) => outcome)

async function untilBooked(running: RunningRelay) {
  while ((await outcomesOf(running)).length === 0) await wait(5)
}

/** A provider that begins `Yes, ` and says the rest when told. */
async function startSlowUpstream() {
  const open: ServerResponse[] = []
  const upstream = await startUpstream((response) => {
    writeStream(response, smallStream.slice(0, 2), 'leave-open')
    open.push(response)
  })
  const goOn = () => {
    for (const response of open.splice(0)) {
      for (const event of smallStream.slice(2)) response.write(event)
      response.end()
    }
  }
  return { upstream, goOn }
}

test('says that a reply can be resumed, where it can', async () => {
  const upstream = await startUpstream(answerWell)
  const on = await startRelay({ upstream, resume: { graceMs: 7_000 } })
  const off = await startRelay({ upstream })
  const { headers } = await on.ask(question)
  expect(headers.get('x-resumable-ms')).toBe('7000')
  expect(headers.get('access-control-expose-headers')).toContain('x-resumable-ms')
  expect((await off.ask(question)).headers.has('x-resumable-ms')).toBe(false)
  const whole = await on.ask({ ...question, stream: false })
  expect(whole.headers.has('x-resumable-ms')).toBe(false)
})

test('lets nobody resume unless it is switched on', async () => {
  const { upstream } = await startSlowUpstream()
  const running = await startRelay({ upstream })
  const token = await running.mint()
  const response = await running.ask(question, { token })
  expect((await resume(running, response.headers.get('x-request-id'), token, 1)).status).toBe(404)
  await response.body?.cancel()
})

test('goes on after each event, in order, once each', async () => {
  const { upstream, goOn } = await startSlowUpstream()
  const running = await startRelay({ upstream, resume: {} })
  const token = await running.mint()
  const response = await running.ask(question, { token })
  const runId = response.headers.get('x-request-id')
  const before = await readAndLeave(response, 'Yes, ')
  expect(idsOf(before)).toEqual([1, 2])
  goOn()
  await untilBooked(running)
  for (let lastId = 0; lastId <= 6; lastId++) {
    const resumed = await resume(running, runId, token, lastId)
    expect(resumed.headers.get('x-request-id')).toBe(runId)
    expect(resumed.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(resumed.headers.get('x-accel-buffering')).toBe('no')
    expect(resumed.headers.get('cache-control')).toBe('no-store, no-transform')
    const events = readEvents(await resumed.text())
    expect(idsOf(events)).toEqual([1, 2, 3, 4, 5, 6].slice(lastId))
    if (lastId === 2) {
      const text = [...before, ...events].map(({ data }) => /"content":"([^"]+)"/.exec(data)?.[1])
      expect(text.join('')).toBe('Yes, we do.')
    }
    if (lastId < 6) expect(events.at(-1)?.data).toBe('[DONE]')
  }
  expect(upstream.requests).toHaveLength(1)
})

test('shows what comes while it is resumed, and heartbeats meanwhile', async () => {
  const { upstream, goOn } = await startSlowUpstream()
  const running = await startRelay({ upstream, resume: {}, limits: { heartbeatMs: 20 } })
  const token = await running.mint()
  const response = await running.ask(question, { token })
  await readAndLeave(response, 'Yes, ')
  const resumed = await resume(running, response.headers.get('x-request-id'), token, 2)
  const reader = resumed.body!.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  while (!text.includes(':\n\n:\n\n:\n\n')) text += (await reader.read()).value
  goOn()
  for (let next = await reader.read(); !next.done; next = await reader.read()) text += next.value
  expect(idsOf(readEvents(text))).toEqual([3, 4, 5, 6])
})

test('counts a resumed reply once: in the ledger, the budget and the limits', async () => {
  const settled: number[] = []
  const { upstream, goOn } = await startSlowUpstream()
  const running = await startRelay({
    upstream,
    resume: {},
    dailyBudget: { tokens: 100_000 },
    budgetStore: {
      reserve: () => true,
      settle: (_day, _reserved, used) => void settled.push(used),
    },
  })
  const token = await running.mint()
  const response = await running.ask(question, { token })
  const runId = response.headers.get('x-request-id')
  await readAndLeave(response, 'Yes, ')
  for (let time = 0; time < 3; time++) {
    await readAndLeave(await resume(running, runId, token, 1), 'Yes, ')
  }
  const resumed = await resume(running, runId, token, 2)
  goOn()
  expect(await resumed.text()).toContain('[DONE]')
  expect(await running.relay.ledger.entries()).toMatchObject([
    { outcome: 'complete', attempts: 1, usage: { inputTokens: 9, outputTokens: 4 } },
  ])
  await until(() => settled.length > 0)
  expect(settled).toEqual([13])
})

test('ends the upstream once when the grace time is over, and books that nobody came back', async () => {
  const { upstream } = await startSlowUpstream()
  const running = await startRelay({ upstream, resume: { graceMs: 150 } })
  const token = await running.mint()
  const response = await running.ask(question, { token })
  await readAndLeave(response, 'Yes, ')
  await wait(60)
  expect(upstream.abortedCount).toBe(0)
  await until(() => upstream.abortedCount === 1)
  await untilBooked(running)
  expect(await running.relay.ledger.entries()).toMatchObject([
    { outcome: 'disconnected', usageSource: 'estimated', usage: { outputTokens: 2 } },
  ])
  const late = await resume(running, response.headers.get('x-request-id'), token, 2)
  expect(late.status).toBe(404)
  expect(upstream.abortedCount).toBe(1)
})

test('books a reply as complete that its provider finished while nobody read', async () => {
  const { upstream, goOn } = await startSlowUpstream()
  const running = await startRelay({ upstream, resume: {} })
  await readAndLeave(await running.ask(question), 'Yes, ')
  goOn()
  await untilBooked(running)
  expect(await running.relay.ledger.entries()).toMatchObject([
    { outcome: 'complete', usageSource: 'reported', usage: { outputTokens: 4 } },
  ])
})

test('ends the upstream at once for a stop within the grace time', async () => {
  const { upstream } = await startSlowUpstream()
  const running = await startRelay({ upstream, resume: {} })
  const token = await running.mint()
  const response = await running.ask(question, { token })
  const runId = response.headers.get('x-request-id')
  await readAndLeave(response, 'Yes, ')
  expect((await stop(running, runId, token)).status).toBe(200)
  await until(() => upstream.abortedCount === 1)
  const events = readEvents(await (await resume(running, runId, token, 2)).text())
  expect(events.map(({ data }) => data).join('\n')).toContain('"provider_reason":"stopped"')
  expect(events.at(-1)?.data).toBe('[DONE]')
  expect(await outcomesOf(running)).toEqual(['stopped'])
})

test('ends the upstream at once for a client that leaves before it knows of the run', async () => {
  const upstream = await startUpstream(() => {})
  const running = await startRelay({ upstream, resume: {} })
  const leaving = new AbortController()
  const pending = running.ask(question, { signal: leaving.signal })
  await until(() => upstream.requests.length === 1)
  leaving.abort()
  await expect(pending).rejects.toThrow(/./)
  await until(() => upstream.abortedCount === 1)
  expect(await outcomesOf(running)).toEqual(['disconnected'])
})

test('goes on with a reply that had not begun when its reader was lost', async () => {
  let begin = () => {}
  const upstream = await startUpstream((response) => {
    begin = () => writeStream(response, smallStream)
  })
  const running = await startRelay({ upstream, resume: {}, limits: { holdMs: 20 } })
  const token = await running.mint()
  const response = await running.ask(question, { token })
  await readAndLeave(response, ':\n\n')
  const resumed = await resume(running, response.headers.get('x-request-id'), token)
  begin()
  expect(idsOf(readEvents(await resumed.text()))).toEqual([1, 2, 3, 4, 5, 6])
})

test('answers another visitor, another token and an unknown run alike', async () => {
  const { upstream } = await startSlowUpstream()
  const running = await startRelay({ upstream, resume: {} })
  const token = await running.mint()
  const response = await running.ask(question, { token })
  const runId = response.headers.get('x-request-id')!
  const stranger = await running.mint()
  const texts = new Set<string>()
  for (const id of [runId, 'reply_none', runId.slice(0, -1), `${runId}x`]) {
    for (const lastId of [undefined, 1, 2, 999]) {
      const answer = await resume(running, id, stranger, lastId)
      expect(answer.status).toBe(404)
      expect(answer.headers.has('x-resumable-ms')).toBe(false)
      texts.add((await answer.text()).replace(/reply_[\w-]+/, ''))
    }
  }
  expect(texts.size).toBe(1)
  for (const bad of ['', 'x.y.z', `${token}x`]) {
    expect((await resume(running, runId, bad, 1)).status).toBe(401)
  }
  const evil = { origin: 'https://evil.example' }
  expect((await resume(running, runId, token, 1, evil)).status).toBe(403)
  // The reader who may is still there.
  expect(upstream.abortedCount).toBe(0)
  await response.body?.cancel()
})

test('resumes for a page of its own origin, whose GET carries none', async () => {
  const { upstream, goOn } = await startSlowUpstream()
  const running = await startRelay({ upstream, resume: {} })
  const token = await running.mint()
  const response = await running.ask(question, { token })
  await readAndLeave(response, 'Yes, ')
  goOn()
  const resumed = await resume(running, response.headers.get('x-request-id'), token, 2, {})
  expect(resumed.status).toBe(200)
  expect(await resumed.text()).toContain('[DONE]')
})

test('refuses an id that is none of an event', async () => {
  const { upstream } = await startSlowUpstream()
  const running = await startRelay({ upstream, resume: {} })
  const token = await running.mint()
  const response = await running.ask(question, { token })
  const runId = response.headers.get('x-request-id')
  for (const bad of ['-1', '1.5', 'abc', '1e3', '99999999999', '0x1']) {
    expect((await resume(running, runId, token, bad)).status).toBe(400)
  }
  expect((await resume(running, runId, token, 3)).status).toBe(404)
  await response.body?.cancel()
})

test('gives the same request again the same reply, and asks nobody twice', async () => {
  const { upstream, goOn } = await startSlowUpstream()
  const running = await startRelay({ upstream, resume: {} })
  const token = await running.mint()
  const headers = { 'idempotency-key': 'turn-1' }
  const response = await running.ask(question, { token, headers })
  await readAndLeave(response, 'Yes, ')
  const again = await running.ask(question, { token, headers })
  expect(again.headers.get('x-request-id')).toBe(response.headers.get('x-request-id'))
  goOn()
  expect(idsOf(readEvents(await again.text()))).toEqual([1, 2, 3, 4, 5, 6])
  const finished = await running.ask(question, { token, headers })
  expect(idsOf(readEvents(await finished.text()))).toEqual([1, 2, 3, 4, 5, 6])
  // A key is its visitor's own.
  const stranger = await running.ask(question, { headers })
  expect(stranger.headers.get('x-request-id')).not.toBe(response.headers.get('x-request-id'))
  await stranger.body?.cancel()
  expect(upstream.requests).toHaveLength(2)
})

test('knows no run after a restart', async () => {
  const { upstream } = await startSlowUpstream()
  const first = await startRelay({ upstream, resume: {} })
  const second = await startRelay({ upstream, resume: {} })
  const token = await first.mint()
  const response = await first.ask(question, { token })
  await readAndLeave(response, 'Yes, ')
  expect((await resume(second, response.headers.get('x-request-id'), token, 2)).status).toBe(404)
})

test('ends runs that nobody reads when it closes', async () => {
  const { upstream } = await startSlowUpstream()
  const running = await startRelay({ upstream, resume: {} })
  await readAndLeave(await running.ask(question), 'Yes, ')
  running.relay.close()
  await until(() => upstream.abortedCount === 1)
  await untilBooked(running)
  expect(await outcomesOf(running)).toEqual(['failed'])
})

test('holds no more than it may of a reply whose reader is away', async () => {
  const piece = `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: 'x'.repeat(30_000) } }] })}\n\n`
  let writtenBytes = 0
  const upstream = await startUpstream((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const write = () => {
      while (!response.destroyed && writtenBytes < 200_000_000) {
        writtenBytes += piece.length
        if (!response.write(piece)) return response.once('drain', write)
      }
    }
    write()
  })
  const running = await startRelay({
    upstream,
    resume: { graceMs: 800 },
    limits: { answerBytes: 300_000_000 },
  })
  const response = await running.ask(question)
  await readAndLeave(response, 'xxx')
  await until(() => upstream.abortedCount === 1)
  // Some megabytes lie in the sockets.
  expect(writtenBytes).toBeLessThan(40_000_000)
  expect(await outcomesOf(running)).toEqual(['disconnected'])
})

test('gives a reader up who does not read, and ends its run after the grace time', async () => {
  const piece = `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: 'x'.repeat(30_000) } }] })}\n\n`
  const upstream = await startUpstream((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const write = () => {
      while (!response.destroyed) if (!response.write(piece)) return response.once('drain', write)
    }
    write()
  })
  const running = await startRelay({
    upstream,
    resume: { graceMs: 300 },
    limits: { answerBytes: 300_000_000, slowReaderMs: 200 },
  })
  const response = await running.ask(question)
  await until(() => upstream.abortedCount === 1)
  await expect(response.text()).rejects.toThrow(/./)
  expect(await outcomesOf(running)).toEqual(['disconnected'])
})

test('ends 1,000 upstreams for 1,000 clients that do not come back', async () => {
  const upstream = await startUpstream((response) =>
    writeStream(response, smallStream.slice(0, 2), 'leave-open'),
  )
  const { url, mint, relay } = await startRelay({
    upstream,
    resume: { graceMs: 100 },
    limits: { concurrentReplies: 2_000 },
  })
  const token = await mint()
  for (let batch = 0; batch < 10; batch++) {
    await Promise.all(Array.from({ length: 100 }, () => askAndLeave(url, token)))
    await until(() => upstream.abortedCount === (batch + 1) * 100)
  }
  expect((await relay.ledger.summary()).outcomes.disconnected).toBe(1000)
})
