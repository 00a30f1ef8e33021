import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Stub, StubRequest } from './stub.ts'

export interface StartStubOptions {
  /** Default 0: any that is free. */
  readonly port?: number | undefined
  /** Wait between two events, in milliseconds. Default 0. */
  readonly paceMs?: number | undefined
}

/** A stub that listens on this machine. */
export interface RunningStub {
  readonly baseUrl: string
  /** What was asked, oldest first. */
  readonly requests: readonly StubRequest[]
  /** Streams whose client left before their end. */
  readonly abortedCount: number
  close(): Promise<void>
}

/** Serves a stub over HTTP, on the loopback address alone. Node only. */
export async function startStub(stub: Stub, options: StartStubOptions = {}): Promise<RunningStub> {
  const { port = 0, paceMs = 0 } = options
  const requests: StubRequest[] = []
  let abortedCount = 0
  const cut = new WeakSet<ServerResponse>()

  const server = createServer((incoming, response) => {
    response.on('close', () => {
      if (!response.writableEnded && !cut.has(response)) abortedCount++
    })
    void answer(incoming, response)
  })
  async function answer(incoming: IncomingMessage, response: ServerResponse) {
    const request = await readRequest(incoming)
    requests.push(request)
    const { status, headers = {}, body, events, cutAfter } = stub.answer(request)
    if (!events) {
      response.writeHead(status, { 'content-type': 'application/json', ...headers })
      response.end(JSON.stringify(body))
      return
    }
    response.writeHead(status, { 'content-type': 'text/event-stream', ...headers })
    for (const [index, event] of events.entries()) {
      if (response.destroyed) return
      if (index === cutAfter) {
        cut.add(response)
        response.destroy()
        return
      }
      response.write(event)
      await new Promise((resolve) => setTimeout(resolve, paceMs))
    }
    response.end()
  }

  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const { port: bound } = server.address() as AddressInfo
  return {
    baseUrl: `http://127.0.0.1:${bound}${stub.basePath}`,
    requests,
    get abortedCount() {
      return abortedCount
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function readRequest(incoming: IncomingMessage): Promise<StubRequest> {
  let text = ''
  incoming.setEncoding('utf8')
  for await (const piece of incoming) text += piece as string
  const headers = new Headers()
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers.set(name, String(value))
  }
  const path = (incoming.url ?? '').replace(/\?.*$/, '')
  return { method: incoming.method ?? '', path, headers, text }
}
