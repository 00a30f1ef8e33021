import { type ChatOptions, createChat } from '@parlance/core'
import { createScriptedProvider } from '@parlance/testing/node'
import { expect, it, onTestFinished } from 'vitest'
import { pageOrigin, question, startRelay } from './fixtures/startRelay.ts'
import { openai } from './openai.ts'
import type { RelayOptions } from './relayOptions.ts'

const quick = { attempts: 2, baseMs: 1, maxMs: 2, maxRetryAfterMs: 20 }

async function start(options: Partial<RelayOptions> = {}) {
  const provider = await createScriptedProvider()
  onTestFinished(() => provider.close())
  const relay = await startRelay({
    provider: openai({ baseUrl: `${provider.url}/v1`, models: { fast: 'gpt-test' } }),
    retry: quick,
    ...options,
  })
  const ask = (more: ChatOptions = {}) => {
    const chat = createChat({
      url: relay.url,
      headers: { origin: pageOrigin },
      retry: { ...quick, maxRetryAfterMs: 60_000 },
      ...more,
    })
    return { chat, reply: chat.send('Hi') }
  }
  return { provider, relay, ask }
}

it.each([429, 500, 502, 503, 504])(
  'asks a provider that answers %i three times for one question, and not three times three',
  async (status) => {
    const { provider, ask } = await start()
    provider.replyAlways({ status })
    const reply = await ask().reply
    expect([reply?.status, reply?.error?.retryable]).toEqual(['failed', true])
    expect(provider.requests).toHaveLength(3)
  },
)

it('counts the tries that the page makes after a wait the relay does not sit out', async () => {
  const { provider, ask } = await start()
  const later = { status: 429, headers: { 'retry-after-ms': '30' } }
  provider.reply(later, { status: 503 }, { status: 503 }, { status: 503 }, { status: 503 })
  const { chat, reply } = ask()
  const notices: unknown[] = []
  chat.subscribe(() => notices.push(chat.getSnapshot().notice))
  expect((await reply)?.error?.code).toBe('overloaded')
  expect(notices).toContain('waiting')
  expect(provider.requests).toHaveLength(3)
}, 10_000)

it('makes one try where its owner wants no other', async () => {
  const { provider, ask } = await start({ retry: false })
  provider.replyAlways({ status: 503 })
  await ask().reply
  expect(provider.requests).toHaveLength(1)
})

it('lets the next question have tries of its own', async () => {
  const { provider, ask } = await start()
  provider.replyAlways({ status: 503 })
  const { chat, reply } = ask()
  await reply
  await chat.retry()
  expect(provider.requests).toHaveLength(6)
})

it('tells OpenAI’s clients, too, and only once its own tries are used', async () => {
  const { provider, relay } = await start()
  provider.replyAlways({ status: 429, headers: { 'retry-after': '30' } })
  const token = await relay.mint()
  const told: unknown[] = []
  for (let at = 0; at < 3; at++) {
    const response = await relay.ask(question, { token, headers: { 'idempotency-key': 'one' } })
    told.push([response.status, response.headers.get('x-should-retry')])
  }
  expect(told).toEqual([
    [429, 'true'],
    [429, 'true'],
    [429, 'false'],
  ])
})
