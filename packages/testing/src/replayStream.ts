import type { Recording } from './recording.ts'

export interface ReplayOptions {
  /** How many times as fast as it was recorded; `Infinity` waits for nothing. Default 1. */
  readonly speed?: number | undefined
  /** Cuts each recorded piece further, such as `(piece) => cutEvery(piece, 1)`. */
  readonly cut?: ((piece: Uint8Array) => readonly Uint8Array[]) | undefined
}

/**
 * A `fetch` that answers from recordings instead of the network, so that a story or a test runs the real chat over
 * real bytes. The first request gets the first recording, and so on; the last one repeats. It honours `signal`, and
 * answers the relay's other routes too: a token for `/session`, a plain yes for `/stop` and `/feedback`.
 */
export function replayStream(
  recordings: Recording | readonly Recording[],
  options: ReplayOptions = {},
): typeof fetch {
  const { speed = 1, cut } = options
  const queue = 'pieces' in recordings ? [recordings] : [...recordings]
  if (queue.length === 0) throw new TypeError('replayStream: give at least one recording.')
  if (!(speed > 0)) throw new RangeError('replayStream: `speed` must be more than 0.')
  let next = 0

  return async (input, init) => {
    const signal = init?.signal ?? (input instanceof Request ? input.signal : null)
    signal?.throwIfAborted()
    const address = input instanceof Request ? input.url : String(input)
    const { pathname } = new URL(address, 'http://recorded.invalid')
    if (pathname.endsWith('/session')) {
      return Response.json({ token: 'recorded-token', expires_in: 600 })
    }
    if (/\/(?:stop|feedback)$/.test(pathname)) return new Response(null, { status: 204 })
    const { status, headers, pieces } = queue[Math.min(next++, queue.length - 1)]!
    const body = toBody(pieces, { speed, cut, signal })
    return new Response(body, { status, headers })
  }
}

function toBody(
  pieces: Recording['pieces'],
  { speed, cut, signal }: ReplayOptions & { speed: number; signal: AbortSignal | null },
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder()
  const waiting = pieces.flatMap(({ afterMs, text }) => {
    const bytes = encoder.encode(text)
    const parts = cut ? cut(bytes) : [bytes]
    return parts.map((part, index) => ({ part, waitMs: index === 0 ? afterMs / speed : 0 }))
  })
  const isOver = new AbortController()
  let at = 0
  return new ReadableStream({
    start(controller) {
      const fail = () => {
        controller.error(signal?.reason)
        isOver.abort()
      }
      signal?.addEventListener('abort', fail, { once: true, signal: isOver.signal })
    },
    async pull(controller) {
      const piece = waiting[at++]
      if (!piece) {
        controller.close()
        return isOver.abort()
      }
      if (piece.waitMs > 0) await wait(piece.waitMs, isOver.signal)
      // A copy, because the reader may transfer what it gets.
      if (!isOver.signal.aborted) controller.enqueue(new Uint8Array(piece.part))
    },
    cancel: () => isOver.abort(),
  })
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end)
  })
}
