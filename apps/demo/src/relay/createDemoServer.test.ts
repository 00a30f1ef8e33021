import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createChat, type Message, messagesOf, textOf } from '@parlance/core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createDemoServer } from './createDemoServer.ts'
import type { LedgerRow } from './createLedgerFeed.ts'

const guides = join(import.meta.dirname, '../../../../docs/guides')

/** The demo as `npm start` makes it of the environment, on a port of its own, and the chat of its page. */
async function start(environment: Readonly<Record<string, string>>) {
  const server = createServer((request, response) =>
    demo.handle(request, response, () => response.writeHead(404).end()),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const origin = `http://127.0.0.1:${port}`
  const warnings: string[] = []
  const demo = await createDemoServer({
    environment,
    origins: [origin],
    guides,
    warn: (message) => warnings.push(message),
  })
  onTestFinished(() => {
    demo.close()
    server.close()
    server.closeAllConnections()
  })
  const chat = createChat({
    url: `${origin}/api/chat`,
    retry: false,
    fetch: (input, init) => {
      const headers = new Headers(init?.headers)
      headers.set('origin', origin)
      return fetch(input, { ...init, headers })
    },
  })
  return {
    demo,
    warnings,
    async ask(text: string): Promise<Message> {
      await chat.send(text)
      return messagesOf(chat.getSnapshot()).at(-1)!
    },
    async rows(): Promise<readonly LedgerRow[]> {
      const response = await fetch(`${origin}/api/ledger`)
      const reader = response.body!.getReader()
      const { value } = await reader.read()
      await reader.cancel()
      return JSON.parse(new TextDecoder().decode(value).replace('data: ', '')) as LedgerRow[]
    },
  }
}

/** What the stub of each provider lets its message say. */
const told = {
  chipipay: { model: 'haiku', provider: 'anthropic', cost: 'reported', usage: true },
  chipp: { model: 'myapp-123', usage: false },
  routed: { model: 'qwen/qwen3.5-9b', cost: 'estimated', usage: true },
  aiapi: { model: 'gemini-2.5-flash', usage: false },
  aimo: { model: 'gpt-4o', cost: 'estimated', usage: true },
  openai: { model: 'stub-model', cost: 'estimated', usage: true },
} as const

describe.each(Object.entries(told))('PARLANCE_PROVIDER=%s PARLANCE_STUB=1', (name, expected) => {
  it('answers with no account, and says in message and ledger what it took', async () => {
    const { demo, ask, rows } = await start({ PARLANCE_PROVIDER: name, PARLANCE_STUB: '1' })
    expect(demo.greeting).toContain(`A stand-in for ${name} on this machine answers.`)
    const message = await ask('What is USDC?')
    expect(textOf(message)).toMatch(/^This is the stub of \*\*.*“What is USDC\?” ✓ 😄$/)
    expect(message.status).toBe('complete')
    expect(message.model).toBe(expected.model)
    if ('provider' in expected) expect(message.provider).toBe(expected.provider)
    expect(message.latencyMs).toBeGreaterThan(0)
    expect((message.usage?.outputTokens ?? 0) > 0).toBe(expected.usage)
    expect(message.cost?.source).toBe('cost' in expected ? expected.cost : undefined)
    if (message.cost) {
      expect(message.cost.currency).toBe('USD')
      expect(message.cost.micros).toBeGreaterThan(0)
    }
    await ask('And what does it cost?')
    const entries = await rows()
    expect(entries).toHaveLength(2)
    for (const row of entries) {
      expect(row).toMatchObject({ provider: name, outcome: 'complete', conversation: 1 })
      expect(row.usage.outputTokens).toBeGreaterThan(0)
      expect(row.cost?.micros).toBeGreaterThan(0)
      expect(row).not.toHaveProperty('visitorId')
    }
    expect(entries[0]?.cost).toEqual(message.cost ?? entries[0]?.cost)
  })

  it('shows a failure with an id that is in the log of its owner, and no word of the provider', async () => {
    const { ask, warnings, rows } = await start({ PARLANCE_PROVIDER: name, PARLANCE_STUB: '1' })
    const message = await ask('stub:401')
    expect(message.status).toBe('failed')
    expect(message.error).toMatchObject({ code: 'provider_error' })
    expect(JSON.stringify(message)).not.toMatch(/api key/i)
    const { requestId } = message.error!
    expect(requestId).toMatch(/^reply_/)
    expect(warnings.join('\n')).toContain(`provider-refused: ${requestId}: unauthorized`)
    expect(await rows()).toMatchObject([{ outcome: 'failed', code: 'unauthorized' }])
  })
})

it('PARLANCE_PROVIDER=routed shows the receipt of a machine payment in message and ledger', async () => {
  const { ask, rows } = await start({ PARLANCE_PROVIDER: 'routed', PARLANCE_STUB: '1' })
  const message = await ask('stub:paid')
  const receipt = { challengeId: '...', method: 'tempo', reference: '0x...', status: 'success' }
  expect(message.receipt).toEqual(receipt)
  expect(await rows()).toMatchObject([{ receipt }])
})

it.each([{}, { PARLANCE_STUB: '1' }])(
  'PARLANCE_PROVIDER=docs answers from the pages, with or without %o',
  async (more) => {
    const { demo, ask, rows } = await start({ PARLANCE_PROVIDER: 'docs', ...more })
    expect(demo.greeting).toContain('no key is needed')
    const message = await ask('How is my API key kept safe?')
    expect(message.status).toBe('complete')
    expect(message.parts.some(({ type }) => type === 'citations')).toBe(true)
    expect(await rows()).toMatchObject([{ provider: 'docs', outcome: 'complete' }])
  },
)

it('says at the start what is missing', async () => {
  await expect(start({ PARLANCE_PROVIDER: 'aimo' })).rejects.toThrow('Set PARLANCE_WALLET_KEY')
  await expect(start({ PARLANCE_PROVIDER: 'gpt', PARLANCE_STUB: '1' })).rejects.toThrow(
    'There is no stub `gpt`',
  )
})
