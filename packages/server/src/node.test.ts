import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { createRelay, type Relay } from './createRelay.ts'
import {
  answerWell,
  pageOrigin,
  question,
  secret,
  smallStream,
  startUpstream,
} from './fixtures/startRelay.ts'
import { serve, toNodeHandler } from './node.ts'
import { openai } from './openai.ts'

function createTestRelay(baseUrl = 'http://127.0.0.1:9/v1') {
  const provider = openai({ baseUrl, models: { fast: 'm' } })
  return createRelay({ provider, secret, origins: [pageOrigin] })
}

async function listen(
  listener: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<string> {
  const server: Server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const mint = (url: string) =>
  fetch(`${url}/api/chat/session`, {
    method: 'POST',
    headers: { origin: pageOrigin, 'content-type': 'application/json' },
    body: '{}',
  })

test('leaves other paths to what comes next', async () => {
  const handler = toNodeHandler(createTestRelay())
  const url = await listen((request, response) =>
    handler(request, response, () => response.writeHead(418).end('next')),
  )
  expect((await fetch(`${url}/`)).status).toBe(418)
  expect((await fetch(`${url}/api/chatter/health`)).status).toBe(418)
  expect((await mint(url)).status).toBe(200)
})

test('answers under a path that Express cut off', async () => {
  const handler = toNodeHandler(createTestRelay())
  const url = await listen((request, response) => {
    const { url: originalUrl = '' } = request
    Object.assign(request, { originalUrl, url: originalUrl.replace('/api/chat', '') })
    handler(request, response)
  })
  expect((await mint(url)).status).toBe(200)
})

test('takes a body that was parsed before it', async () => {
  const upstream = await startUpstream(answerWell)
  const handler = toNodeHandler(createTestRelay(upstream.baseUrl))
  const url = await listen((request, response) => {
    let text = ''
    request.on('data', (data: Buffer) => {
      text += data.toString()
    })
    request.on('end', () => {
      Object.assign(request, { body: JSON.parse(text) as unknown })
      // As Express goes on: in a later turn, when the stream has ended.
      setImmediate(() => handler(request, response))
    })
  })
  const { token } = (await (await mint(url)).json()) as { token: string }
  const response = await fetch(`${url}/api/chat/v1/chat/completions`, {
    method: 'POST',
    headers: {
      origin: pageOrigin,
      'content-type': 'application/json',
      authorization: `Bearer ${token}`,
    },
    body: JSON.stringify({ messages: [{ role: 'user', content: 'hi' }] }),
  })
  expect(response.status).toBe(200)
  expect(upstream.requests[0]?.body).toContain('"content":"hi"')
})

/** Asks a relay on Node, and gives its answer as text. */
async function askOnNode(relay: Relay) {
  const url = await listen(toNodeHandler(relay))
  const { token } = (await (await mint(url)).json()) as { token: string }
  const response = await fetch(`${url}/api/chat/v1/chat/completions`, {
    method: 'POST',
    headers: {
      origin: pageOrigin,
      'content-type': 'application/json',
      authorization: `Bearer ${token}`,
    },
    body: JSON.stringify(question),
  })
  return response.text()
}

test('asks providers by the way of Node that costs least', async () => {
  const upstream = await startUpstream(answerWell)
  expect(await askOnNode(createTestRelay(upstream.baseUrl))).toContain('[DONE]')
  // What tells it from the runtime's `fetch` is that it asks for no compression.
  expect(upstream.requests[0]?.headers['accept-encoding']).toBe('identity')
})

test('asks providers by the `fetch` of the owner, where there is one', async () => {
  const asked: unknown[] = []
  const relay = createRelay({
    provider: openai({ baseUrl: 'https://provider.example/v1', models: { fast: 'm' } }),
    secret,
    origins: [pageOrigin],
    async fetch(input) {
      asked.push(input)
      const body = new Response(smallStream.join('')).body
      return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
    },
  })
  expect(await askOnNode(relay)).toContain('we do.')
  expect(asked).toEqual(['https://provider.example/v1/chat/completions'])
})

test('streams what another handler made of the answer of the relay', async () => {
  const upstream = await startUpstream(answerWell)
  const relay = createTestRelay(upstream.baseUrl)
  const wrapped: Relay = {
    ...relay,
    async fetch(request, info) {
      const answer = await relay.fetch(request, info)
      if (!answer.headers.get('content-type')?.startsWith('text/event-stream')) return answer
      const shout = new TransformStream<string, string>({
        transform: (text, controller) => controller.enqueue(text.toUpperCase()),
      })
      const body = answer.body
        ?.pipeThrough(new TextDecoderStream())
        .pipeThrough(shout)
        .pipeThrough(new TextEncoderStream())
      return new Response(body, answer)
    },
  }
  expect(await askOnNode(wrapped)).toContain('WE DO.')
})

test('rejects when its port is taken', async () => {
  const first = await serve(createTestRelay(), { port: 0, hostname: '127.0.0.1' })
  const port = Number(new URL(first.url).port)
  const second = serve(createTestRelay(), { port, hostname: '127.0.0.1' })
  await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE' })
  await first.close()
  await expect(fetch(first.url)).rejects.toThrow('fetch failed')
})
