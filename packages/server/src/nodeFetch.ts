import http, { type IncomingMessage } from 'node:http'
import https from 'node:https'
import { pipeline, type Readable } from 'node:stream'
import { createBrotliDecompress, createUnzip } from 'node:zlib'
import { type ByteSource, type TakeChunk, toBody } from './byteSource.ts'

/** Answers that have no body, by https://fetch.spec.whatwg.org/#null-body-status. */
const bodilessStatuses: readonly number[] = [204, 205, 304]

/** What may lie here before the network is asked to wait. */
const maxArrivedBytes = 65_536

/**
 * `fetch` on `node:http`, which spares most of what a streamed token costs: our ends take the bytes from the socket
 * without a Web stream between. Redirects are answers like others and never followed. Connections are those of the
 * global agents of `node:http` and `node:https`, so a dispatcher of undici has no effect.
 */
export const nodeFetch: typeof fetch = async (input, init) => {
  // Of the request only what is said; its own signal is a copy that the collector may take before it is needed.
  const request = new Request(input, { ...init, signal: null })
  const signal = init?.signal ?? (input instanceof Request ? input.signal : undefined)
  const body = request.body ? Buffer.from(await request.arrayBuffer()) : undefined
  signal?.throwIfAborted()
  const url = new URL(request.url)
  const { request: open } = url.protocol === 'https:' ? https : http
  const headers = {
    'user-agent': 'node',
    ...Object.fromEntries(request.headers),
    // Compression holds back what should be seen at once.
    'accept-encoding': 'identity',
  }
  return new Promise<Response>((resolve, reject) => {
    const sent = open(url, { method: request.method, headers })
    const fail = (cause: unknown) => reject(new TypeError('fetch failed', { cause }))
    const onAbort = () => {
      reject(signal!.reason as Error)
      sent.destroy()
    }
    signal?.addEventListener('abort', onAbort, { once: true })
    sent.on('close', () => signal?.removeEventListener('abort', onAbort))
    sent.on('error', fail)
    sent.on('response', (message) => {
      try {
        resolve(toResponse(message))
      } catch (cause) {
        fail(cause)
        sent.destroy()
      }
    })
    sent.end(body)
  })
}

/** Throws a `RangeError` or `TypeError` for a status or header no `Response` can have. */
function toResponse(message: IncomingMessage): Response {
  const { statusCode: status = 0, rawHeaders } = message
  const headers = new Headers()
  for (let at = 0; at < rawHeaders.length; at += 2) {
    headers.append(rawHeaders[at]!, rawHeaders[at + 1]!)
  }
  const hasBody = !bodilessStatuses.includes(status)
  if (!hasBody) message.resume()
  const body = hasBody ? toBody(createStreamSource(toPlain(message))) : null
  return new Response(body, { status, headers })
}

/** The body as it was before a service compressed it, which some do unasked. */
function toPlain(message: IncomingMessage): Readable {
  const plain = createDecompressor(message.headers['content-encoding'])
  // What goes wrong with either is told by the last one's own error.
  return plain ? pipeline(message, plain, () => {}) : message
}

function createDecompressor(encoding: string | undefined) {
  switch (encoding?.trim().toLowerCase()) {
    case 'gzip':
    case 'x-gzip':
    case 'deflate':
      return createUnzip()
    case 'br':
      return createBrotliDecompress()
    default:
      return undefined
  }
}

function createStreamSource(stream: Readable): ByteSource {
  let arrived: Uint8Array[] = []
  let arrivedBytes = 0
  let isOver = false
  let failure: Error | undefined
  let waiting: TakeChunk | undefined

  function tell() {
    if (!waiting || (!isOver && arrivedBytes === 0)) return
    const take = waiting
    waiting = undefined
    if (arrivedBytes === 0) return take(undefined, failure)
    const bytes = arrived.length === 1 ? arrived[0] : Buffer.concat(arrived)
    arrived = []
    arrivedBytes = 0
    if (stream.isPaused()) stream.resume()
    take(bytes)
  }

  function end(cause?: Error) {
    if (isOver) return
    isOver = true
    failure = cause
    tell()
  }

  stream.on('data', (bytes: Uint8Array) => {
    arrived.push(bytes)
    arrivedBytes += bytes.length
    tell()
    if (arrivedBytes >= maxArrivedBytes) stream.pause()
  })
  stream.on('end', () => end())
  stream.on('error', end)
  stream.on('close', () => {
    if (!isOver) end(new Error('The connection was closed.'))
  })

  return {
    read(take) {
      waiting = take
      tell()
    },
    cancel() {
      waiting = undefined
      stream.destroy()
    },
  }
}
