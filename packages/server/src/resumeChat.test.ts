// The whole way, over sockets: a provider, a relay that lets replies go on, a connection that breaks, a chat.
import type { ServerResponse } from 'node:http'
import { type Chat, type ChatOptions, createChat, type Message, messagesOf } from '@parlance/core'
import { createCuttingProxy, type CuttingProxyOptions } from '@parlance/testing/node'
import { expect, onTestFinished, test } from 'vitest'
import {
  pageOrigin,
  type RunningRelay,
  startRelay,
  startUpstream,
  until,
  type Upstream,
  writeStream,
} from './fixtures/startRelay.ts'
import type { ResumeOptions } from './relayOptions.ts'

const chunk = (delta: object, finish: string | null = null) =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`

/** An answer with characters of one to four bytes, thought, and what it took. */
const answer = 'Ja – «schön», 東京 👩‍🚀 and ünïcode; '.repeat(3)
const wholeStream: readonly string[] = [
  chunk({ role: 'assistant', content: '' }),
  chunk({ reasoning_content: 'Où? ' }),
  ...(answer.match(/.{1,7}/gsu) ?? []).map((content) => chunk({ content })),
  chunk({}, 'stop'),
  `data: ${JSON.stringify({ choices: [], usage: { prompt_tokens: 9, completion_tokens: 40 } })}\n\n`,
  'data: [DONE]\n\n',
]

interface SceneOptions {
  readonly upstream: Upstream
  readonly resume?: false | ResumeOptions
  readonly cutAfter?: CuttingProxyOptions['cutAfter']
  readonly tellsServer?: boolean
  readonly chat?: ChatOptions
}

async function startScene(options: SceneOptions) {
  const { upstream, resume = {}, cutAfter = () => undefined, tellsServer } = options
  const running = await startRelay({
    upstream,
    resume,
    allowMissingOrigin: true,
    limits: { concurrentReplies: 1e6 },
    // The time a reply took is in it, and all are to have the same bytes.
    now: () => Date.UTC(2026, 10, 26),
  })
  const { origin, pathname } = new URL(running.url)
  const proxy = await createCuttingProxy({ target: origin, cutAfter, tellsServer })
  onTestFinished(() => proxy.close())
  const chat = createChat({
    url: proxy.url + pathname,
    body: { model: 'fast' },
    retry: { baseMs: 1 },
    ...options.chat,
  })
  onTestFinished(() => chat.dispose())
  return { ...running, proxy, chat }
}

const textOf = (message: Message | null | undefined) =>
  message?.parts.map((part) => (part.type === 'text' ? part.text : '')).join('')

const lastOf = (chat: Chat) => messagesOf(chat.getSnapshot()).at(-1)

/** What a reader sees of a message, without what no two replies share. */
const seen = (message: Message | null) => {
  const { parts, status, finishReason, usage } = message!
  return { parts, status, finishReason, usage }
}

const isRun = (path: string) => path.includes('/v1/chat/completions') || path.includes('/v1/runs/')

/** Cuts the answers of one turn after these bytes each, in their order. */
function planCuts() {
  let plan: number[] = []
  return {
    cutAfter: ({ path }: { path: string }) => (isRun(path) ? plan.shift() : undefined),
    set: (...next: number[]) => {
      plan = next
    },
  }
}

/** The bytes of the relay's whole answer, and where its events end. */
async function measure({ url, mint }: RunningRelay) {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: {
      origin: pageOrigin,
      'content-type': 'application/json',
      authorization: `Bearer ${await mint()}`,
    },
    body: JSON.stringify({
      model: 'fast',
      stream: true,
      messages: [{ role: 'user', content: 'Hi' }],
    }),
  })
  const bytes = Buffer.from(await response.arrayBuffer())
  const ends: number[] = []
  for (let at = bytes.indexOf('\n\n'); at !== -1; at = bytes.indexOf('\n\n', at + 2))
    ends.push(at + 2)
  return { size: bytes.length, ends }
}

async function startCutScene() {
  const upstream = await startUpstream((response) => writeStream(response, wholeStream))
  const cuts = planCuts()
  const scene = await startScene({ upstream, cutAfter: cuts.cutAfter })
  const { size, ends } = await measure(scene)
  const whole = await scene.chat.send('Hello?')
  expect(textOf(whole)).toBe(answer)
  let turns = upstream.requests.length

  async function ask(...at: number[]) {
    cuts.set(...at)
    const reply = await scene.chat.send('Hello?')
    expect({ at, ...seen(reply) }).toEqual({ at, ...seen(whole) })
    turns += 1
    expect(upstream.requests).toHaveLength(turns)
    scene.chat.clear()
  }
  return { ...scene, upstream, size, ends, ask }
}

test('an answer cut at the end of each event and within each is the whole answer, asked for once', async () => {
  const { ends, ask, proxy, relay } = await startCutScene()
  const cutsBefore = proxy.cutCount
  const starts = [0, ...ends.slice(0, -1)]
  const places = starts.flatMap((start, at) => {
    const end = ends[at]!
    return [start, start + 1, Math.floor((start + end) / 2), end - 2, end - 1]
  })
  for (const place of places) await ask(place)
  expect(proxy.cutCount - cutsBefore).toBe(places.length)
  expect(places.length).toBeGreaterThan(90)
  const { requests, outcomes } = await relay.ledger.summary()
  expect(outcomes.complete).toBe(requests)
})

test('an answer cut at random bytes, once to four times, is the whole answer', async () => {
  const { size, ask, proxy } = await startCutScene()
  let state = 20_261_126
  const random = (below: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return state % below
  }
  for (let turn = 0; turn < 150; turn++) {
    await ask(...Array.from({ length: 1 + random(4) }, () => random(size)))
  }
  expect(proxy.cutCount).toBeGreaterThan(150)
})

test('an answer whose server saw no connection end goes on for the new one', async () => {
  const upstream = await startUpstream((response) => writeStream(response, wholeStream))
  const cuts = planCuts()
  const scene = await startScene({ upstream, cutAfter: cuts.cutAfter, tellsServer: false })
  cuts.set(700, 300, 2_000)
  const reply = await scene.chat.send('Hello?')
  expect([reply?.status, textOf(reply)]).toEqual(['complete', answer])
  expect(scene.proxy.cutCount).toBeGreaterThan(1)
  expect(upstream.requests).toHaveLength(1)
})

/** A provider that says the first half, and the rest when told. */
async function startHalfUpstream() {
  const open: ServerResponse[] = []
  const half = Math.floor(wholeStream.length / 2)
  const upstream = await startUpstream((response) => {
    writeStream(response, wholeStream.slice(0, half), 'leave-open')
    open.push(response)
  })
  return {
    upstream,
    goOn() {
      for (const response of open.splice(0)) {
        for (const event of wholeStream.slice(half)) response.write(event)
        response.end()
      }
    },
  }
}

/** Sends a question and waits until a part of its answer is there. */
async function begin(chat: Chat) {
  const reply = chat.send('Hello?')
  await expect.poll(() => textOf(lastOf(chat))).toContain('東京')
  return { reply }
}

/** All that the chat asked, by method and path. */
function watchRequests(): { readonly fetch: typeof fetch; readonly steps: string[] } {
  const steps: string[] = []
  return {
    steps,
    fetch: (input, init) => {
      steps.push(
        `${init?.method ?? 'GET'} ${new URL(input as string).pathname.replace(/reply_[\w-]+/, 'ID')}`,
      )
      return fetch(input, init)
    },
  }
}

test('a connection that is away for a while says so, and the answer is whole', async () => {
  const { upstream, goOn } = await startHalfUpstream()
  const { chat, proxy } = await startScene({ upstream, chat: { retry: { baseMs: 20, maxMs: 50 } } })
  const notices = new Set<string | null>()
  chat.subscribe(() => notices.add(chat.getSnapshot().notice))
  const { reply } = await begin(chat)
  proxy.isDown = true
  proxy.cutAll()
  await expect.poll(() => notices).toContain('retrying')
  goOn()
  await new Promise((resolve) => setTimeout(resolve, 120))
  proxy.isDown = false
  expect(seen(await reply)).toMatchObject({ status: 'complete', usage: { outputTokens: 40 } })
  expect(textOf(await reply)).toBe(answer)
  expect(chat.getSnapshot().notice).toBeNull()
})

test('a device that slept beyond the grace time keeps the text, and the upstream was ended once', async () => {
  const { upstream } = await startHalfUpstream()
  // Nothing runs on a sleeping device: its next try is made when it wakes.
  let awake = Promise.resolve()
  const { chat, proxy, relay } = await startScene({
    upstream,
    resume: { graceMs: 100 },
    chat: { fetch: (input, init) => awake.then(() => fetch(input, init)) },
  })
  const { reply } = await begin(chat)
  let wake = () => {}
  awake = new Promise((resolve) => {
    wake = resolve
  })
  proxy.cutAll()
  await until(() => upstream.abortedCount === 1)
  wake()
  const message = await reply
  expect(message?.status).toBe('truncated')
  expect(answer.startsWith(textOf(message)!)).toBe(true)
  expect(textOf(message)).toContain('東京')
  expect((await relay.ledger.entries()).map(({ outcome }) => outcome)).toEqual(['disconnected'])
  expect(upstream.abortedCount).toBe(1)
})

test('a relay that was started anew does not know the run: the text stays, and one click asks again', async () => {
  const { upstream, goOn } = await startHalfUpstream()
  const second = await startRelay({ upstream, resume: {}, allowMissingOrigin: true })
  let isRestarted = false
  const { chat, proxy } = await startScene({
    upstream,
    chat: {
      fetch: (input, init) => {
        const { origin, pathname } = new URL(input as string)
        return fetch((isRestarted ? new URL(second.url).origin : origin) + pathname, init)
      },
    },
  })
  const { reply } = await begin(chat)
  isRestarted = true
  proxy.cutAll()
  const message = await reply
  expect(message?.status).toBe('truncated')
  expect(textOf(message)).toContain('東京')
  const again = chat.retry()
  await until(() => upstream.requests.length === 2)
  goOn()
  expect([(await again)?.status, textOf(await again)]).toEqual(['complete', answer])
})

test('Stop ends the provider at once, though the relay would wait for a lost reader', async () => {
  const { upstream } = await startHalfUpstream()
  const { fetch, steps } = watchRequests()
  const { chat, relay } = await startScene({ upstream, chat: { fetch } })
  const { reply } = await begin(chat)
  chat.stop()
  expect((await reply)?.status).toBe('stopped')
  await until(() => upstream.abortedCount === 1)
  await expect.poll(() => relay.ledger.entries()).toHaveLength(1)
  expect(await relay.ledger.entries()).toMatchObject([{ outcome: 'stopped' }])
  expect(steps.at(-1)).toBe('POST /api/chat/v1/runs/ID/stop')
})

test('Stop while the connection is away ends the provider when the grace time is over', async () => {
  const { upstream } = await startHalfUpstream()
  const { chat, proxy } = await startScene({ upstream, resume: { graceMs: 150 } })
  const { reply } = await begin(chat)
  chat.subscribe(() => {
    if (chat.getSnapshot().notice === 'retrying') chat.stop()
  })
  proxy.isDown = true
  proxy.cutAll()
  expect((await reply)?.status).toBe('stopped')
  await until(() => upstream.abortedCount === 1)
})

test('an answer of a relay that does not resume is cut off as it always was', async () => {
  const { upstream } = await startHalfUpstream()
  const { fetch, steps } = watchRequests()
  const { chat, proxy } = await startScene({ upstream, resume: false, chat: { fetch } })
  const { reply } = await begin(chat)
  proxy.cutAll()
  expect((await reply)?.status).toBe('truncated')
  await until(() => upstream.abortedCount === 1)
  expect(steps.filter((step) => step.includes('/runs/'))).toEqual([])
})
