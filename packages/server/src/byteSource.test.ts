import { expect, test } from 'vitest'
import { type ByteSource, type Chunk, takeSource, toBody, toByteSource } from './byteSource.ts'

/** A source of these chunks; then it ends, or fails. */
function createSource(chunks: readonly Chunk[], failure?: Error) {
  const left = [...chunks]
  const seen = { reads: 0, cancels: 0 }
  const source: ByteSource = {
    read(take) {
      seen.reads++
      const chunk = left.shift()
      take(chunk, chunk === undefined ? failure : undefined)
    },
    cancel() {
      seen.cancels++
    },
  }
  return { source, seen }
}

/** All that a source gives. */
function readAll(source: ByteSource): Promise<{ chunks: Chunk[]; failure: unknown }> {
  const chunks: Chunk[] = []
  return new Promise((resolve) => {
    const next = () =>
      source.read((chunk, failure) => {
        if (chunk === undefined) return resolve({ chunks, failure })
        chunks.push(chunk)
        next()
      })
    next()
  })
}

test('is an ordinary body for whoever knows no more', async () => {
  const { source } = createSource(['grüß ', Buffer.from('dich')])
  expect(await new Response(toBody(source)).text()).toBe('grüß dich')
})

test('asks its source only when the body is read', async () => {
  const { source, seen } = createSource(['a', 'b'])
  const reader = toBody(source).getReader()
  await new Promise((resolve) => setTimeout(resolve, 5))
  expect(seen.reads).toBe(0)
  await reader.read()
  expect(seen.reads).toBe(1)
})

test('is found again beneath a body, also through a Response and another', async () => {
  const { source, seen } = createSource(['a'])
  const first = new Response(toBody(source))
  const second = new Response(first.body, { headers: { 'x-more': '1' } })
  expect(takeSource(second.body!)).toBe(source)
  expect(second.bodyUsed || second.body!.locked).toBe(true)
  expect(seen.reads).toBe(0)
})

test('is not found beneath a body that is read already, or that is no source of ours', () => {
  const body = toBody(createSource(['a']).source)
  body.getReader()
  expect(() => takeSource(body)).toThrow(TypeError)
  expect(takeSource(new Response('a').body!)).toBeUndefined()
})

test('makes a source of any body, with its end and its failure', async () => {
  const foreign = toByteSource(new Response('abc').body!)
  const { chunks, failure } = await readAll(foreign)
  expect([Buffer.concat(chunks as Uint8Array[]).toString(), failure]).toEqual(['abc', undefined])

  const cause = new Error('The connection broke.')
  const broken = new ReadableStream<Uint8Array>({ start: (controller) => controller.error(cause) })
  expect(await readAll(toByteSource(broken))).toEqual({ chunks: [], failure: cause })
})

test('fails its body when it fails, and cancels when its body is cancelled', async () => {
  const cause = new Error('The connection broke.')
  const failing = createSource(['a'], cause)
  await expect(new Response(toBody(failing.source)).text()).rejects.toBe(cause)

  const left = createSource(['a'])
  await toBody(left.source).cancel()
  expect(left.seen).toEqual({ reads: 0, cancels: 1 })
})

test('fails its body when it gives its reader up', async () => {
  let giveUp = (_error: Error) => {}
  const source: ByteSource = {
    read: () => {},
    cancel: () => {},
    onGiveUp: (listener) => {
      giveUp = listener
    },
  }
  const pending = toBody(source).getReader().read()
  const cause = new Error('Nobody reads.')
  giveUp(cause)
  await expect(pending).rejects.toBe(cause)
})
