import { expect, onTestFinished, test } from 'vitest'
import { createCuttingProxy, type CuttingProxyOptions } from './createCuttingProxy.ts'
import { createScriptedProvider } from './createScriptedProvider.ts'

async function start(options: Omit<CuttingProxyOptions, 'target'>) {
  const provider = await createScriptedProvider()
  const proxy = await createCuttingProxy({ target: provider.url, ...options })
  onTestFinished(async () => {
    await proxy.close()
    await provider.close()
  })
  return { provider, proxy }
}

/** What came of a body, and how it ended. */
async function read(response: Response) {
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return { text, end: 'whole' }
      text += value
    }
  } catch {
    return { text, end: 'broken' }
  }
}

test('passes requests and answers on as they are', async () => {
  const { provider, proxy } = await start({ cutAfter: () => undefined })
  provider.reply({ status: 201, headers: { 'x-mark': 'a' }, chunks: ['hello ', 'there'] })
  const response = await fetch(`${proxy.url}/v1/x?y=1`, { method: 'POST', body: '{"z":2}' })
  expect([response.status, response.headers.get('x-mark')]).toEqual([201, 'a'])
  expect(await read(response)).toEqual({ text: 'hello there', end: 'whole' })
  expect(provider.requests).toMatchObject([{ method: 'POST', path: '/v1/x?y=1', body: { z: 2 } }])
  expect(proxy.cutCount).toBe(0)
})

test('breaks an answer at any byte, and the server learns of it', async () => {
  let bytes = 0
  const { provider, proxy } = await start({ cutAfter: () => bytes })
  provider.replyAlways({ chunks: ['hello ', 'there'], then: 'stall' })
  for (bytes = 0; bytes <= 11; bytes++) {
    const response = await fetch(proxy.url)
    expect(await read(response)).toEqual({ text: 'hello there'.slice(0, bytes), end: 'broken' })
  }
  expect(proxy.cutCount).toBe(12)
  await provider.untilAborted(12)
})

test('leaves the server with a connection that nobody reads', async () => {
  const { provider, proxy } = await start({ cutAfter: () => 3, tellsServer: false })
  provider.reply({ chunks: ['hello'], then: 'stall' })
  expect(await read(await fetch(proxy.url))).toEqual({ text: 'hel', end: 'broken' })
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(provider.aborted).toHaveLength(0)
})

test('passes on that a client has left, or that it is down', async () => {
  const { provider, proxy } = await start({ cutAfter: () => undefined })
  provider.reply({ chunks: ['hello'], then: 'stall' })
  const response = await fetch(proxy.url)
  await response.body!.cancel()
  await provider.untilAborted(1)
  proxy.isDown = true
  await expect(fetch(proxy.url)).rejects.toThrow(/./)
  expect(provider.requests).toHaveLength(1)
})
