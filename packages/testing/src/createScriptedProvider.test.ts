import { describe, expect, it, onTestFinished } from 'vitest'
import { createScriptedProvider, type ScriptedProvider } from './createScriptedProvider.ts'
import { bytesOf } from './recording.ts'
import { recordings } from './recordings.ts'

async function start(): Promise<ScriptedProvider> {
  const provider = await createScriptedProvider()
  onTestFinished(() => provider.close())
  return provider
}

const ask = (provider: ScriptedProvider, init: RequestInit = {}) =>
  fetch(`${provider.baseUrl}/chat/completions`, { method: 'POST', body: '{"n":1}', ...init })

const bytesIn = async (response: Response) => Buffer.from(await response.arrayBuffer())

async function readUntilBroken(response: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  try {
    for await (const piece of response.body!) text += decoder.decode(piece, { stream: true })
  } catch {
    return `${text}|broken`
  }
  return `${text}|over`
}

describe('createScriptedProvider', () => {
  it('answers as scripted, in order, and then as always', async () => {
    const provider = await start()
    provider.reply({ chunks: ['data: 1\n\n', 'data: 2\n\n'] }, { status: 429, json: { no: 1 } })
    provider.replyAlways(({ path }) => ({ json: { path } }))
    const first = await ask(provider)
    expect(first.headers.get('content-type')).toContain('text/event-stream')
    expect(await first.text()).toBe('data: 1\n\ndata: 2\n\n')
    const second = await ask(provider)
    expect([second.status, await second.json()]).toEqual([429, { no: 1 }])
    expect(await (await ask(provider)).json()).toEqual({ path: '/v1/chat/completions' })
  })

  it('says so when nothing is scripted', async () => {
    expect((await ask(await start())).status).toBe(501)
  })

  it('remembers what it was asked', async () => {
    const provider = await start()
    provider.replyAlways({ headers: { 'x-own': 'yes' }, chunks: ['ok'] })
    const headers = { authorization: 'Bearer key' }
    const response = await ask(provider, { headers })
    expect(response.headers.get('x-own')).toBe('yes')
    await response.text()
    await ask(provider, { body: 'no JSON' })
    expect(provider.requests).toMatchObject([
      { method: 'POST', path: '/v1/chat/completions', headers, body: { n: 1 } },
      { body: 'no JSON' },
    ])
  })

  it('plays a recording, its status and headers included', async () => {
    const provider = await start()
    provider.reply({ recording: recordings.short }, { recording: recordings.rateLimited })
    expect(await bytesIn(await ask(provider))).toEqual(Buffer.from(bytesOf(recordings.short)))
    const refused = await ask(provider)
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '20'])
  })

  it('cuts the body at a byte, in the middle of a character too', async () => {
    const provider = await start()
    const whole = Buffer.from('data: Grüße\n\n')
    provider.replyAlways({ chunks: ['data: Gr', 'üße\n\n'], cutAtByte: 9 })
    expect(await bytesIn(await ask(provider))).toEqual(whole.subarray(0, 9))
  })

  it('sends junk bytes as they are', async () => {
    const provider = await start()
    const junk = Uint8Array.from([0, 255, 254, 10, 13])
    provider.reply({ chunks: [junk] })
    expect(await bytesIn(await ask(provider))).toEqual(Buffer.from(junk))
  })

  it('breaks the connection after what it sent, or before anything', async () => {
    const provider = await start()
    provider.reply({ chunks: ['data: 1\n\n'], then: 'reset' }, { headers: false, then: 'reset' })
    expect(await readUntilBroken(await ask(provider))).toBe('data: 1\n\n|broken')
    await expect(ask(provider)).rejects.toThrow('fetch failed')
    expect(provider.requests.map(({ outcome }) => outcome)).toEqual(['reset', 'reset'])
  })

  it('stays silent when told to, and sees the client leave', async () => {
    const provider = await start()
    provider.reply({ chunks: ['data: 1\n\n'], then: 'stall' })
    const abort = new AbortController()
    const response = await ask(provider, { signal: abort.signal })
    const reader = response.body!.getReader()
    await reader.read()
    expect(provider.aborted).toHaveLength(0)
    abort.abort()
    await provider.untilAborted(1)
    expect(provider.requests[0]?.outcome).toBe('aborted')
  })

  it('stops its waits when the client leaves', async () => {
    const provider = await start()
    provider.reply({ chunks: ['a', 'b'], everyMs: 600_000 })
    const abort = new AbortController()
    await ask(provider, { signal: abort.signal })
    abort.abort()
    await provider.untilAborted(1)
    expect(provider.aborted).toHaveLength(1)
  })

  it('is driven by hand', async () => {
    const provider = await start()
    const reply = provider.replyByHand()
    reply.send('data: 0\n\n')
    const asking = ask(provider)
    expect(await reply.request).toMatchObject({ body: { n: 1 }, outcome: 'open' })
    reply.send('data: 1\n\n')
    reply.end()
    expect(await (await asking).text()).toBe('data: 0\n\ndata: 1\n\n')
    const broken = provider.replyByHand({ status: 206 })
    const again = await ask(provider)
    expect(again.status).toBe(206)
    broken.send('half')
    broken.reset()
    expect(await readUntilBroken(again)).toBe('half|broken')
  })

  it('closes with replies still open', async () => {
    const provider = await createScriptedProvider()
    provider.reply({ then: 'stall' })
    const response = await ask(provider)
    await provider.close()
    expect(await readUntilBroken(response)).toBe('|broken')
  })
})
