import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { cutEvery } from './cuts.ts'
import { bytesOf } from './recording.ts'
import { recordings } from './recordings.ts'
import { replayStream } from './replayStream.ts'

const address = '/api/chat/v1/chat/completions'

async function read(response: Response): Promise<{ bytes: Buffer; pieces: number }> {
  const all: Uint8Array[] = []
  for await (const piece of response.body!) all.push(piece)
  return { bytes: Buffer.concat(all), pieces: all.length }
}

describe('replayStream', () => {
  it('answers with the recorded bytes, one recording after the other, the last one again', async () => {
    const fetch = replayStream([recordings.short, recordings.rateLimited], { speed: Infinity })
    const first = await fetch(address)
    expect(first.headers.get('content-type')).toContain('text/event-stream')
    expect((await read(first)).bytes).toEqual(Buffer.from(bytesOf(recordings.short)))
    expect((await fetch(address)).status).toBe(429)
    const third = await fetch(new Request('https://shop.example/v1/chat/completions'))
    expect(third.headers.get('retry-after')).toBe('20')
  })

  it('keeps the pieces as they came, or cuts them further', async () => {
    const { pieces } = recordings.short
    const whole = replayStream(recordings.short, { speed: Infinity })
    expect((await read(await whole(address))).pieces).toBe(pieces.length)
    const cut = (piece: Uint8Array) => cutEvery(piece, 1)
    const byByte = replayStream(recordings.short, { speed: Infinity, cut })
    expect((await read(await byByte(address))).pieces).toBe(bytesOf(recordings.short).length)
  })

  it('breaks the body with the reason of the abort', async () => {
    const abort = new AbortController()
    const response = await replayStream(recordings.long)(address, { signal: abort.signal })
    const reading = read(response)
    abort.abort()
    await expect(reading).rejects.toMatchObject({ name: 'AbortError' })
    await expect(
      replayStream(recordings.long)(address, { signal: abort.signal }),
    ).rejects.toMatchObject({ name: 'AbortError' })
  })

  it('waits as long as it was recorded, divided by the speed', async () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const recording = { ...recordings.short, pieces: [{ afterMs: 40, text: 'a' }] }
    const response = await replayStream(recording, { speed: 2 })(address)
    const onEnd = vi.fn<() => void>()
    void read(response).then(onEnd)
    await vi.advanceTimersByTimeAsync(19)
    expect(onEnd).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1)
    expect(onEnd).toHaveBeenCalled()
  })

  it('answers the other routes of a relay', async () => {
    const fetch = replayStream(recordings.short)
    const session = await fetch('/api/chat/session', { method: 'POST' })
    expect(await session.json()).toEqual({ token: 'recorded-token', expires_in: 600 })
    expect((await fetch('/api/chat/v1/runs/reply-1/stop', { method: 'POST' })).status).toBe(204)
  })

  it('refuses to play nothing', () => {
    expect(() => replayStream([])).toThrow(TypeError)
    expect(() => replayStream(recordings.short, { speed: 0 })).toThrow(RangeError)
  })
})
