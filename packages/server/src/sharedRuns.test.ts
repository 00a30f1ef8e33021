import type { ServerResponse } from 'node:http'
import { createSseReader } from '@parlance/core'
import { describe, expect, test } from 'vitest'
import { createMemoryRunStore } from './fixtures/createMemoryRunStore.ts'
import { startProcess } from './fixtures/startProcess.ts'
import {
  pageOrigin,
  question,
  type RunningRelay,
  secret,
  startRelay,
  startUpstream,
  until,
} from './fixtures/startRelay.ts'
import { hasRedis, startRedis } from './fixtures/startRedis.ts'
import { createRedisRunStore } from './redis/createRedisRunStore.ts'
import type { RunStore } from './runStore.ts'

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

const chunk = (content: string) =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`
const end = `data: ${JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })}\n\ndata: [DONE]\n\n`

/** A provider whose answers are written by hand. */
async function startHandUpstream() {
  const open: ServerResponse[] = []
  const upstream = await startUpstream((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(chunk('0 '))
    open.push(response)
  })
  return {
    upstream,
    write: (text: string) => open.forEach((response) => response.write(chunk(text))),
    end: () => open.splice(0).forEach((response) => response.end(end)),
  }
}

interface Address {
  readonly url: string
}

const ask = ({ url }: Address, token: string) =>
  fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: {
      origin: pageOrigin,
      'content-type': 'application/json',
      authorization: `Bearer ${token}`,
    },
    body: JSON.stringify(question),
  })

const resume = ({ url }: Address, runId: string, token: string, lastId: number) =>
  fetch(`${url}/v1/runs/${runId}`, {
    headers: {
      origin: pageOrigin,
      authorization: `Bearer ${token}`,
      'last-event-id': String(lastId),
    },
  })

const stop = ({ url }: Address, runId: string, token: string) =>
  fetch(`${url}/v1/runs/${runId}/stop`, {
    method: 'POST',
    headers: { origin: pageOrigin, authorization: `Bearer ${token}` },
  })

async function mint({ url }: Address): Promise<string> {
  const response = await fetch(`${url}/session`, {
    method: 'POST',
    headers: { origin: pageOrigin },
  })
  return ((await response.json()) as { token: string }).token
}

/** Reads events one by one, and leaves after so many, or when told. */
function follow(response: Response) {
  const events: { id: number; data: string }[] = []
  const reader = createSseReader({
    strict: true,
    onEvent: ({ id, data }) => events.push({ id: Number(id), data }),
  })
  const body = response.body!.getReader()
  const ended = (async () => {
    for (let next = await body.read(); !next.done; next = await body.read()) reader.push(next.value)
  })().catch(() => {})
  return {
    events,
    ended,
    leave: () => body.cancel(),
    async until(count: number) {
      await until(() => events.length >= count)
    },
  }
}

const textOf = (events: readonly { data: string }[]) =>
  events.map(({ data }) => /"content":"([^"]+)"/.exec(data)?.[1] ?? '').join('')

const outcomesOf = async ({ relay }: RunningRelay) =>
  (await relay.ledger.entries()).map(({ outcome }) => outcome)

describe.each([
  ['memory', true, async () => createMemoryRunStore()],
  ['Redis', hasRedis, async () => createRedisRunStore((await startRedis()).command)],
] as const)('two relays that share runs in %s', (_, isHere, start: () => Promise<RunStore>) => {
  async function startPair(graceMs = 15_000) {
    const hand = await startHandUpstream()
    const store = await start()
    const options = { upstream: hand.upstream, resume: { store, graceMs } }
    const first = await startRelay(options)
    const second = await startRelay(options)
    const token = await first.mint()
    const response = await ask(first, token)
    const runId = response.headers.get('x-request-id')!
    return { ...hand, store, first, second, token, runId, reading: follow(response) }
  }

  test.runIf(isHere)('the other goes on with a reply, in order and once', async () => {
    const { first, second, token, runId, reading, ...hand } = await startPair()
    await reading.until(2)
    await reading.leave()
    hand.write('1 ')
    hand.write('2 ')
    await wait(100)
    const response = await resume(second, runId, token, 2)
    expect(response.headers.get('x-request-id')).toBe(runId)
    const resumed = follow(response)
    await resumed.until(2)
    hand.write('3 ')
    await resumed.until(3)
    hand.end()
    await resumed.ended
    const events = [...reading.events, ...resumed.events]
    expect(textOf(events)).toBe('0 1 2 3 ')
    expect(events.map(({ id }) => id)).toEqual(events.map((_event, at) => at + 1))
    expect(events.at(-1)?.data).toBe('[DONE]')
    expect(hand.upstream.requests).toHaveLength(1)
    expect([await outcomesOf(first), await outcomesOf(second)]).toEqual([['complete'], []])
    // The finished run, once more.
    const again = follow(await resume(second, runId, token, 0))
    await again.ended
    expect(again.events).toEqual(events)
  })

  test.runIf(isHere)('the other’s reader keeps a run alive, and their going ends it', async () => {
    const { first, second, token, runId, reading, ...hand } = await startPair(2_500)
    await reading.until(2)
    await reading.leave()
    await wait(100)
    const resumed = follow(await resume(second, runId, token, 2))
    await wait(4_000)
    expect(hand.upstream.abortedCount).toBe(0)
    hand.write('1 ')
    await resumed.until(1)
    await resumed.leave()
    await until(() => hand.upstream.abortedCount === 1)
    await wait(50)
    expect(await outcomesOf(first)).toEqual(['disconnected'])
    expect((await resume(second, runId, token, 2)).status).toBe(404)
  })

  test.runIf(isHere)(
    'a reader may go back to the first, and is not disturbed by where they were',
    async () => {
      const { first, second, token, runId, reading, ...hand } = await startPair()
      await reading.until(2)
      await reading.leave()
      await wait(100)
      const there = follow(await resume(second, runId, token, 2))
      await wait(200)
      hand.write('1 ')
      await there.until(1)
      await there.leave()
      const back = follow(await resume(first, runId, token, 3))
      for (const text of ['2 ', '3 ', '4 ']) {
        hand.write(text)
        await wait(400)
      }
      hand.end()
      await back.ended
      expect(textOf([...reading.events, ...there.events, ...back.events])).toBe('0 1 2 3 4 ')
    },
  )

  test.runIf(isHere)('the other takes a run over from a reader whose loss nobody saw', async () => {
    const { second, token, runId, reading, ...hand } = await startPair()
    await reading.until(2)
    await wait(100)
    const resumed = follow(await resume(second, runId, token, 2))
    // The one who is dismissed finds a body without an end.
    await reading.ended
    hand.write('1 ')
    hand.end()
    await resumed.ended
    expect(textOf(resumed.events)).toBe('1 ')
    expect(reading.events.at(-1)?.data).not.toBe('[DONE]')
  })

  test.runIf(isHere)('the other stops a run', async () => {
    const { first, second, token, runId, reading, ...hand } = await startPair()
    await reading.until(2)
    // Known elsewhere a moment after it has begun.
    await expect.poll(async () => (await stop(second, runId, token)).status).toBe(200)
    await until(() => hand.upstream.abortedCount === 1)
    await reading.ended
    expect(reading.events.at(-1)?.data).toBe('[DONE]')
    expect(await outcomesOf(first)).toEqual(['stopped'])
  })

  test.runIf(isHere)('the other knows no run of another visitor', async () => {
    const { second, token, runId, reading } = await startPair()
    await wait(100)
    const stranger = await second.mint()
    expect((await resume(second, runId, stranger, 1)).status).toBe(404)
    expect((await stop(second, runId, stranger)).status).toBe(404)
    expect((await resume(second, 'reply_none', token, 1)).status).toBe(404)
    await reading.leave()
  })
})

test('a run goes on for its reader when the store fails, and the owner is told', async () => {
  const hand = await startHandUpstream()
  const store: RunStore = {
    append: async () => {
      throw new Error('The store is down.')
    },
    read: async () => {
      throw new Error('The store is down.')
    },
    ask: async () => {},
  }
  const running = await startRelay({ upstream: hand.upstream, resume: { store } })
  const token = await running.mint()
  const response = await ask(running, token)
  const runId = response.headers.get('x-request-id')!
  const reading = follow(response)
  await reading.until(2)
  await reading.leave()
  hand.write('1 ')
  const resumed = follow(await resume(running, runId, token, 2))
  hand.end()
  await resumed.ended
  expect(textOf([...reading.events, ...resumed.events])).toBe('0 1 ')
  const told = running.logs.filter(({ event }) => event === 'run-store-failed')
  expect(told).toMatchObject([
    { level: 'error', replyId: runId, detail: 'Error: The store is down.' },
  ])
  const unknown = await resume(running, 'reply_none', token, 0)
  expect([unknown.status, await unknown.json()]).toMatchObject([
    503,
    { error: { retryable: true } },
  ])
})

describe.runIf(hasRedis)('two processes and Redis', () => {
  async function startTwo() {
    const { socketPath } = await startRedis()
    const hand = await startHandUpstream()
    const baseUrl = hand.upstream.baseUrl
    const module = new URL('fixtures/relayProcess.ts', import.meta.url).pathname
    const start = () => startProcess(module, { socketPath, baseUrl, secret, origin: pageOrigin })
    const processes = [start(), start()] as const
    const [first, second] = await Promise.all(
      processes.map(async (one) => (await one.read()) as Address),
    )
    const token = await mint(first!)
    const response = await ask(first!, token)
    const runId = response.headers.get('x-request-id')!
    return {
      ...hand,
      processes,
      first: first!,
      second: second!,
      token,
      runId,
      reading: follow(response),
    }
  }

  test('200 events are read once each and in order, by connections that break and change sides', async () => {
    const { first, second, token, runId, reading, ...hand } = await startTwo()
    const writing = (async () => {
      for (let at = 1; at < 200; at++) {
        hand.write(`${at} `)
        await wait(5)
      }
      hand.end()
    })()
    const seen = reading.events
    await reading.until(30)
    await reading.leave()
    const sides = [second, first, second, second, first, second]
    for (const [at, side] of sides.entries()) {
      const response = await resume(side, runId, token, seen.at(-1)!.id)
      expect(response.status).toBe(200)
      const resumed = follow(response)
      if (at < sides.length - 1) {
        await resumed.until(25)
        await resumed.leave()
      } else {
        await writing
        await resumed.ended
      }
      seen.push(...resumed.events)
    }
    expect(seen.map(({ id }) => id)).toEqual(seen.map((_event, at) => at + 1))
    expect(textOf(seen)).toBe(Array.from({ length: 200 }, (_item, at) => `${at} `).join(''))
    expect(seen.at(-1)?.data).toBe('[DONE]')
    expect(hand.upstream.requests).toHaveLength(1)
  })

  test('a run whose process is killed ends for its reader, without an end', async () => {
    const { processes, second, token, runId, reading, ...hand } = await startTwo()
    hand.write('1 ')
    await reading.until(3)
    const resumed = follow(await resume(second, runId, token, 2))
    await resumed.until(1)
    await processes[0].kill()
    await resumed.ended
    expect(textOf(resumed.events)).toBe('1 ')
    expect((await resume(second, runId, token, 2)).status).toBe(404)
  })
})
