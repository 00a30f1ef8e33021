import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { createRelay } from './createRelay.ts'
import { answerWell, pageOrigin, secret, startUpstream } from './fixtures/startRelay.ts'
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

test('rejects when its port is taken', async () => {
  const first = await serve(createTestRelay(), { port: 0, hostname: '127.0.0.1' })
  const port = Number(new URL(first.url).port)
  const second = serve(createTestRelay(), { port, hostname: '127.0.0.1' })
  await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE' })
  await first.close()
  await expect(fetch(first.url)).rejects.toThrow('fetch failed')
})
