import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Recording } from './recording.ts'

/** What the server does for one request. Every field may be left out: the default is an empty event stream. */
export interface ScriptedReply {
  /** Default 200, or the recording's. */
  readonly status?: number | undefined
  /** Default an event stream, or the recording's. `false` sends nothing, not even a status, before `then`. */
  readonly headers?: Readonly<Record<string, string>> | false | undefined
  /** The body's pieces, each written by itself. Bytes may be junk. */
  readonly chunks?: readonly (string | Uint8Array)[] | undefined
  /** The body as one JSON answer, in place of `chunks`. */
  readonly json?: unknown
  /** The answer as it was recorded, in place of `chunks`. */
  readonly recording?: Recording | undefined
  /** How many times as fast as it was recorded. Default `Infinity`: no waits. */
  readonly speed?: number | undefined
  /** Wait before the headers, in milliseconds. Default 0. */
  readonly afterMs?: number | undefined
  /** Wait before each chunk, in milliseconds. Default 0. */
  readonly everyMs?: number | undefined
  /** Sends no more of the body than so many bytes, wherever that is. */
  readonly cutAtByte?: number | undefined
  /** `end`: the body is over. `reset`: the connection breaks. `stall`: it stays open and silent. Default `end`. */
  readonly then?: 'end' | 'reset' | 'stall' | undefined
}

/** A request as it came. */
export interface ScriptedRequest {
  readonly method: string
  /** With its query. */
  readonly path: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  /** Parsed where it is JSON, else its text. */
  readonly body: unknown
  /** `aborted`: the client left before the answer was over. `reset`: we broke it. */
  readonly outcome: 'open' | 'answered' | 'aborted' | 'reset'
}

/** A reply that a test drives by hand, step by step. Steps taken before its request came are done when it comes. */
export interface HandReply {
  /** Resolves with the request it answers. */
  readonly request: Promise<ScriptedRequest>
  /** Sends the next piece of the body, after status and headers if they are still to go. */
  send(piece: string | Uint8Array): void
  end(): void
  /** Breaks the connection. */
  reset(): void
}

/** A chat-completion provider on loopback that does as it is told. */
export interface ScriptedProvider {
  /** Such as `http://127.0.0.1:40123`. Every path is answered. */
  readonly url: string
  /** `url` and `/v1`, as OpenAI-compatible clients want it. */
  readonly baseUrl: string
  /** Scripts the answers to the next requests, in order. Without one, a request is answered 501. */
  reply(...replies: readonly ScriptedReply[]): void
  /** Scripts all answers that `reply` does not. */
  replyAlways(reply: ScriptedReply | ((request: ScriptedRequest) => ScriptedReply)): void
  /** Answers the next request by hand. */
  replyByHand(options?: Pick<ScriptedReply, 'status' | 'headers'>): HandReply
  /** All requests so far, oldest first. */
  readonly requests: readonly ScriptedRequest[]
  /** Those whose client left before the answer was over. */
  readonly aborted: readonly ScriptedRequest[]
  /** Resolves once so many requests have come. */
  untilRequests(count: number): Promise<void>
  /** Resolves once so many clients have left. */
  untilAborted(count: number): Promise<void>
  /** Breaks all connections and ends the server. */
  close(): Promise<void>
}

interface Exchange {
  readonly request: ScriptedRequest & { outcome: ScriptedRequest['outcome'] }
  readonly response: ServerResponse
}

type Answer = (exchange: Exchange) => Promise<void>

const eventStream = { 'content-type': 'text/event-stream; charset=utf-8' }
const json = { 'content-type': 'application/json; charset=utf-8' }
const unscripted: ScriptedReply = {
  status: 501,
  json: { error: { message: 'No reply is scripted for this request.', code: 'unscripted' } },
}

/** Starts a scripted provider on a free port of loopback. */
export async function createScriptedProvider(): Promise<ScriptedProvider> {
  const exchanges: Exchange[] = []
  const queue: Answer[] = []
  const waiting = new Set<() => void>()
  let otherwise: (request: ScriptedRequest) => ScriptedReply = () => unscripted

  const requests = () => exchanges.map(({ request }) => request)
  const aborted = () => requests().filter(({ outcome }) => outcome === 'aborted')
  const changed = () => {
    for (const look of waiting) look()
  }
  const until = (isReached: () => boolean) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (!isReached()) return
        waiting.delete(look)
        resolve()
      }
      waiting.add(look)
      look()
    })

  async function take(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url: path = '', headers } = message
    const body = parse(await readText(message))
    const request: Exchange['request'] = { method, path, headers, body, outcome: 'open' }
    const exchange = { request, response }
    response.on('close', () => {
      if (request.outcome === 'open') {
        request.outcome = response.writableFinished ? 'answered' : 'aborted'
      }
      changed()
    })
    exchanges.push(exchange)
    changed()
    const answer = queue.shift() ?? ((taken) => play(otherwise(request), taken))
    await answer(exchange)
  }

  const server = createServer((message, response) => {
    // A client that leaves while it is still asking is no request.
    take(message, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  return {
    url,
    baseUrl: `${url}/v1`,
    reply(...replies) {
      queue.push(
        ...replies.map(
          (reply): Answer =>
            (exchange) =>
              play(reply, exchange),
        ),
      )
    },
    replyAlways(reply) {
      otherwise = typeof reply === 'function' ? reply : () => reply
    },
    replyByHand({ status = 200, headers = eventStream } = {}) {
      let come!: (exchange: Exchange) => void
      const coming = new Promise<Exchange>((resolve) => {
        come = resolve
      })
      queue.push(async (exchange) => {
        if (headers) exchange.response.writeHead(status, headers).flushHeaders()
        come(exchange)
      })
      return {
        request: coming.then(({ request }) => request),
        send: (piece) => void coming.then(({ response }) => response.write(piece)),
        end: () => void coming.then(({ response }) => response.end()),
        reset: () => void coming.then(reset),
      }
    },
    get requests() {
      return requests()
    },
    get aborted() {
      return aborted()
    },
    untilRequests: (count) => until(() => exchanges.length >= count),
    untilAborted: (count) => until(() => aborted().length >= count),
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()))
        server.closeAllConnections()
      }),
  }
}

async function play(reply: ScriptedReply, exchange: Exchange): Promise<void> {
  const { response } = exchange
  const { recording, speed = Infinity, everyMs = 0, afterMs = 0, then = 'end' } = reply
  const { cutAtByte = Infinity } = reply
  const headers = reply.headers ?? recording?.headers ?? ('json' in reply ? json : eventStream)
  const isGone = () => response.destroyed

  await wait(afterMs, response)
  if (isGone()) return
  if (headers) {
    response.writeHead(reply.status ?? recording?.status ?? 200, headers).flushHeaders()
    let sentBytes = 0
    for (const { bytes, waitMs } of toPieces(reply, { everyMs, speed })) {
      if (sentBytes >= cutAtByte) break
      await wait(waitMs, response)
      if (isGone()) return
      const part = bytes.subarray(0, cutAtByte - sentBytes)
      sentBytes += part.length
      await write(response, part)
    }
  }
  if (isGone() || then === 'stall') return
  if (then === 'reset') return reset(exchange)
  response.end()
}

function toPieces(
  { recording, chunks = [], ...reply }: ScriptedReply,
  { everyMs, speed }: { everyMs: number; speed: number },
): { bytes: Uint8Array; waitMs: number }[] {
  if (recording) {
    return recording.pieces.map(({ text, afterMs }) => ({
      bytes: Buffer.from(text),
      waitMs: afterMs / speed,
    }))
  }
  const bodies = 'json' in reply ? [JSON.stringify(reply.json)] : chunks
  return bodies.map((body) => ({
    bytes: typeof body === 'string' ? Buffer.from(body) : body,
    waitMs: everyMs,
  }))
}

function reset({ request, response }: Exchange): void {
  request.outcome = 'reset'
  // Bytes already given to the kernel would be lost with a reset: let them go first.
  setImmediate(() => response.socket?.resetAndDestroy())
}

/** Waits for room, so that a client which reads slowly slows us too. */
function write(response: ServerResponse, bytes: Uint8Array): Promise<void> | void {
  if (response.write(bytes)) return
  return new Promise((resolve) => {
    const end = () => {
      response.off('drain', end)
      response.off('close', end)
      resolve()
    }
    response.on('drain', end)
    response.on('close', end)
  })
}

function wait(ms: number, response: ServerResponse): Promise<void> | void {
  if (ms <= 0) return
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      response.off('close', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    response.on('close', end)
  })
}

async function readText(message: IncomingMessage): Promise<string> {
  message.setEncoding('utf8')
  let text = ''
  for await (const piece of message) text += piece as string
  return text
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
