import OpenAI from 'openai'
import { expect, test } from 'vitest'
import {
  answerWell,
  canaryKey,
  pageOrigin,
  question,
  startRelay,
  startUpstream,
  until,
  writeStream,
  smallStream,
} from './fixtures/startRelay.ts'

/** The official client, as another server would use it with a client token for its key. */
function createClient(url: string, token: string) {
  return new OpenAI({ apiKey: token, baseURL: `${url}/v1`, maxRetries: 0 })
}

async function startForClient(options: Parameters<typeof startRelay>[0]) {
  const running = await startRelay({ allowMissingOrigin: true, ...options })
  const response = await fetch(`${running.url}/session`, { method: 'POST' })
  const { token } = (await response.json()) as { token: string }
  return { ...running, client: createClient(running.url, token) }
}

const ask = { model: 'fast', messages: [{ role: 'user' as const, content: 'Do you ship?' }] }

test('streams to the official client', async () => {
  const upstream = await startUpstream(answerWell)
  const { client } = await startForClient({ upstream })
  let text = ''
  let usage: unknown
  for await (const chunk of await client.chat.completions.create({ ...ask, stream: true })) {
    text += chunk.choices[0]?.delta.content ?? ''
    usage = chunk.usage ?? usage
    expect(chunk.model).toBe('fast')
    expect(chunk.id).toMatch(/^reply_/)
  }
  expect(text).toBe('Yes, we do.')
  expect(usage).toMatchObject({ prompt_tokens: 9, completion_tokens: 4, total_tokens: 13 })
})

test('answers the official client whole', async () => {
  const upstream = await startUpstream(answerWell)
  const { client } = await startForClient({ upstream })
  const answer = await client.chat.completions.create(ask)
  expect(answer.choices[0]).toMatchObject({
    message: { role: 'assistant', content: 'Yes, we do.' },
    finish_reason: 'stop',
  })
  expect(answer.usage).toMatchObject({ total_tokens: 13 })
})

test('ends the provider when the official client aborts', async () => {
  const upstream = await startUpstream((response) =>
    writeStream(response, smallStream.slice(0, 2), 'leave-open'),
  )
  const { client } = await startForClient({ upstream })
  const stream = await client.chat.completions.create({ ...ask, stream: true })
  for await (const _chunk of stream) stream.controller.abort()
  await until(() => upstream.abortedCount === 1)
  expect(upstream.requests).toHaveLength(1)
})

test('takes nothing from what a host passes beside the request', async () => {
  const upstream = await startUpstream(answerWell)
  const { relay, mint } = await startRelay({ upstream })
  const request = new Request('http://relay.example/api/chat/v1/chat/completions', {
    method: 'POST',
    headers: {
      origin: pageOrigin,
      authorization: `Bearer ${await mint()}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify(question),
  })
  // Bun's server, which has a `fetch` of its own.
  const host = { address: { port: 3000 }, fetch: () => Promise.reject(new Error('not a provider')) }
  const response = await relay.fetch(request, host as object)
  expect(await response.text()).toContain('data: [DONE]')
  expect(upstream.requests).toHaveLength(1)
})

test('refuses the official client without a good token', async () => {
  const { url } = await startForClient({})
  const failure = createClient(url, 'not-a-token').chat.completions.create(ask)
  await expect(failure).rejects.toMatchObject({ status: 401, code: 'unauthorized' })
})

test('tells the official client to wait when it asks too often', async () => {
  const upstream = await startUpstream(answerWell)
  const { client } = await startForClient({ upstream, limits: { requestsPerMinutePerVisitor: 1 } })
  await client.chat.completions.create(ask)
  const failure = client.chat.completions.create(ask)
  await expect(failure).rejects.toMatchObject({ status: 429, code: 'rate_limited' })
})

test('asks the provider with the key of the owner and answers the page without it', async () => {
  const upstream = await startUpstream(answerWell)
  const relay = await startRelay({ upstream })
  const response = await relay.ask(question)
  const seen = JSON.stringify([...response.headers]) + (await response.text())
  expect(upstream.requests[0]?.headers.authorization).toBe(`Bearer ${canaryKey}`)
  expect(seen).not.toContain(canaryKey)
  expect(response.headers.get('access-control-allow-origin')).toBe(pageOrigin)
})
