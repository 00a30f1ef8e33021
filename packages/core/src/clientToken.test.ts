import { createScriptedProvider, type ScriptedProvider } from '@parlance/testing/node'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createSessionToken, toRelayUrl } from './clientToken.ts'

let provider: ScriptedProvider
let count = 0

beforeEach(async () => {
  count = 0
  provider = await createScriptedProvider()
  provider.replyAlways(() => ({ json: { token: `token-${++count}`, expires_in: 600 } }))
})
afterEach(async () => {
  vi.useRealTimers()
  await provider.close()
})

test('asks the relay for a session once, however many ask at once', async () => {
  const token = createSessionToken({ url: provider.url, headers: { 'x-page': 'shop' } })
  expect(await Promise.all([token(), token(), token()])).toEqual(['token-1', 'token-1', 'token-1'])
  expect(await token()).toBe('token-1')
  expect(provider.requests).toHaveLength(1)
  expect(provider.requests[0]).toMatchObject({ method: 'POST', path: '/session', body: {} })
  expect(provider.requests[0]?.headers['x-page']).toBe('shop')
})

test('asks for another with the one it has after four fifths of its life', async () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  const token = createSessionToken({ url: provider.url })
  await token()
  vi.advanceTimersByTime(479_000)
  expect(await token()).toBe('token-1')
  vi.advanceTimersByTime(2_000)
  expect(await token()).toBe('token-2')
  expect(provider.requests[1]?.body).toEqual({ token: 'token-1' })
})

test('does not look at a clock that can be set', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  const token = createSessionToken({ url: provider.url })
  await token()
  vi.setSystemTime(Date.now() + 3_600_000)
  expect(await token()).toBe('token-1')
})

test('replaces a refused token once for all who were refused', async () => {
  const token = createSessionToken({ url: provider.url })
  await token()
  expect(await Promise.all([token('token-1'), token('token-1')])).toEqual(['token-2', 'token-2'])
  expect(await token('token-1')).toBe('token-2')
  expect(provider.requests).toHaveLength(2)
})

test('fails with what the relay says, and asks anew the next time', async () => {
  provider.reply({ status: 403, json: { error: { code: 'origin_not_allowed' } } })
  const token = createSessionToken({ url: provider.url })
  await expect(token()).rejects.toMatchObject({ code: 'origin_not_allowed' })
  expect(await token()).toBe('token-1')
})

test('fails for an answer without a token', async () => {
  provider.reply({ json: { hello: 1 } }, { chunks: ['<html>'] }, { status: 204 })
  const token = createSessionToken({ url: provider.url })
  await expect(token()).rejects.toMatchObject({ code: 'protocol' })
  await expect(token()).rejects.toMatchObject({ code: 'protocol' })
  await expect(token()).rejects.toMatchObject({ code: 'protocol' })
})

test('does not wait for ever', async () => {
  const soon = AbortSignal.timeout(1)
  const limit = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(soon)
  const never: typeof fetch = (_, init) =>
    new Promise((_resolve, reject) => {
      const signal = init!.signal!
      signal.addEventListener('abort', () => reject(signal.reason as Error))
    })
  const failure = createSessionToken({ fetch: never })().catch((error: unknown) => error)
  expect(await failure).toMatchObject({ code: 'timeout', retryable: true })
  expect(limit).toHaveBeenCalledExactlyOnceWith(30_000)
})

test.each([
  ['/api/chat', '/api/chat'],
  ['/api/chat/', '/api/chat'],
  ['/api/chat/v1', '/api/chat'],
  ['/api/chat/v1/', '/api/chat'],
  ['http://localhost:11434', 'http://localhost:11434'],
  ['http://localhost:11434/v1', 'http://localhost:11434'],
  ['/chatv1', '/chatv1'],
  ['', ''],
  ['/', ''],
])('takes %s for a relay at %s', (url, relay) => {
  expect(toRelayUrl(url)).toBe(relay)
})
