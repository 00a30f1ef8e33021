import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { pageOrigin, question, startRelay } from './fixtures/startRelay.ts'
import { readJsonBody } from './readJsonBody.ts'

const limits = { maxBytes: 1000, timeoutMs: 1000 }

function toRequest(body: BodyInit, headers: HeadersInit = { 'content-type': 'application/json' }) {
  return new Request('http://relay.example/', {
    method: 'POST',
    headers,
    body,
    duplex: 'half',
  } as RequestInit)
}

/** A body in pieces, and how many of them were taken. */
function toPieces(pieces: readonly Uint8Array[]) {
  let taken = 0
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const piece = pieces[taken]
        if (!piece) return controller.close()
        taken++
        controller.enqueue(piece)
      },
    },
    { highWaterMark: 0 },
  )
  return { stream, takenCount: () => taken }
}

test('reads JSON in any pieces', async () => {
  const bytes = new TextEncoder().encode('{"text":"Grüße 👋"}')
  const { stream } = toPieces([...bytes].map((byte) => Uint8Array.of(byte)))
  expect(await readJsonBody(toRequest(stream), limits)).toEqual({ text: 'Grüße 👋' })
})

test('counts bytes as they come and stops reading a body that never ends', async () => {
  const piece = new Uint8Array(500).fill(32)
  const { stream, takenCount } = toPieces(Array<Uint8Array>(1000).fill(piece))
  const failure = readJsonBody(toRequest(stream), limits)
  await expect(failure).rejects.toMatchObject({ code: 'too_large', status: 413 })
  expect(takenCount()).toBe(33)
})

test('takes a body of exactly the limit and no byte more', async () => {
  const fits = `"${'x'.repeat(998)}"`
  expect(await readJsonBody(toRequest(fits), limits)).toHaveLength(998)
  const failure = readJsonBody(toRequest(`${fits} `), limits)
  await expect(failure).rejects.toMatchObject({ code: 'too_large' })
})

test('gives up on a sender who is too slow', async () => {
  const stream = new ReadableStream<Uint8Array>({ pull: () => new Promise(() => {}) })
  const failure = readJsonBody(toRequest(stream), { ...limits, timeoutMs: 20 })
  await expect(failure).rejects.toMatchObject({ code: 'timeout', status: 408 })
})

test.each([
  ['text/plain', 415],
  ['application/x-www-form-urlencoded', 415],
  ['multipart/form-data; boundary=x', 415],
  ['application/jsonp', 415],
  ['text/plain; application/json', 415],
])('refuses content of type %s', async (type, status) => {
  const failure = readJsonBody(toRequest('{}', { 'content-type': type }), limits)
  await expect(failure).rejects.toMatchObject({ code: 'invalid_request', status })
})

test('refuses a compressed body', async () => {
  const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' }
  await expect(readJsonBody(toRequest('{}', headers), limits)).rejects.toMatchObject({
    status: 415,
  })
})

test.each([
  ['cut JSON', '{"a":'],
  ['two values', '{} {}'],
  ['nothing', ''],
])('refuses %s, without quoting it', async (_name, body) => {
  const failure = readJsonBody(toRequest(body), limits)
  await expect(failure).rejects.toMatchObject({
    message: 'The body is not valid JSON.',
    status: 400,
  })
})

test('refuses bytes that are no UTF-8', async () => {
  const failure = readJsonBody(toRequest(Uint8Array.of(0x22, 0xff, 0x22)), limits)
  await expect(failure).rejects.toMatchObject({ code: 'invalid_request' })
})

test('takes 32 levels and refuses 33', async () => {
  const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
  expect(await readJsonBody(toRequest(nested(32)), limits)).toHaveLength(1)
  await expect(readJsonBody(toRequest(nested(33)), limits)).rejects.toMatchObject({ status: 400 })
})

test('does not count brackets in texts', async () => {
  const text = '[{"\\'.repeat(60)
  expect(await readJsonBody(toRequest(JSON.stringify({ text })), limits)).toEqual({ text })
})

test('answers 413 to a body over the limit, whatever its content-length says', async () => {
  const { ask, mint } = await startRelay({})
  const token = await mint()
  const messages = [{ role: 'user', content: 'x'.repeat(100_000) }]
  const response = await ask({ ...question, messages }, { token })
  expect(response.status).toBe(413)
  expect(await response.json()).toMatchObject({ error: { code: 'too_large', retryable: false } })
})

/** Sends bytes as they are and gives all that comes back. */
function sendRaw(url: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = connect(Number(port), hostname, () => socket.write(bytes))
    socket.setEncoding('utf8')
    socket.on('data', (data: string) => {
      answer += data
      socket.end()
    })
    socket.on('close', () => resolve(answer))
    socket.on('error', reject)
  })
}

const head = (...lines: string[]) =>
  [
    'POST /api/chat/session HTTP/1.1',
    'Host: relay.example',
    `Origin: ${pageOrigin}`,
    ...lines,
    '',
    '',
  ].join('\r\n')

test.each([
  ['a bare CR in a value', head('Content-Length: 0', 'X-Test: a\rb: c')],
  ['a bare LF that begins a line', head('Content-Length: 0', 'X-Test: a\n\nb')],
  ['a NUL in a value', head('Content-Length: 0', 'X-Test: a\0b')],
  ['a NUL in the origin', head('Content-Length: 0').replace(pageOrigin, `${pageOrigin}\0`)],
  ['a space before the colon', head('Content-Length: 0', 'X-Test : a')],
  ['both lengths', `${head('Content-Length: 3', 'Transfer-Encoding: chunked')}0\r\n\r\n`],
  ['two lengths', head('Content-Length: 0', 'Content-Length: 1')],
  ['a chunk size that is none', `${head('Transfer-Encoding: chunked')}zz\r\n{}\r\n0\r\n\r\n`],
  ['headers that never end', head(...Array<string>(3000).fill(`X-Long: ${'x'.repeat(100)}`))],
])('answers %s with a 4xx and closes', async (_name, bytes) => {
  const { url } = await startRelay({})
  const answer = await sendRaw(url, bytes)
  expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /)
  expect(answer.toLowerCase()).toContain('connection: close')
})
