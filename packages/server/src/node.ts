import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { NodeRequest as WebRequest, sendNodeResponse } from 'srvx/node'
import { takeSource } from './byteSource.ts'
import type { Relay } from './createRelay.ts'
import { nodeFetch } from './nodeFetch.ts'
import { sendBytes } from './sendBytes.ts'

/** A request of Node, perhaps with what Express or Connect added to it. */
type NodeRequest = IncomingMessage & {
  originalUrl?: string
  body?: unknown
  rawBody?: unknown
}

/** A listener of `node:http`, and a middleware of Express, Connect and Vite. */
export type NodeHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  next?: (error?: unknown) => void,
) => void

/** Serves a relay on Node. Requests outside its `basePath` go on to `next`, where there is one. */
export function toNodeHandler(relay: Relay): NodeHandler {
  async function handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const request = new WebRequest({ req, res })
    const answer = await relay.fetch(request, { address: request.ip, askProvider: nodeFetch })
    const source = answer.body && !res.destroyed ? takeSource(answer.body) : undefined
    if (!source) return sendNodeResponse(res, answer)
    res.writeHead(answer.status, [...answer.headers].flat())
    sendBytes(source, res)
  }

  return (request: NodeRequest, response, next) => {
    // Express and Connect cut the path they are mounted at off `url`.
    const url = request.originalUrl ?? request.url ?? ''
    if (next && !url.startsWith(`${relay.basePath}/`)) return next()
    request.url = url
    // A body parser before us has used the stream up; what it read is passed on.
    if (request.readableEnded && request.body !== undefined) {
      request.rawBody ??= Buffer.from(JSON.stringify(request.body))
    }
    // After a refusal with the body still on its way, the connection is of no more use.
    response.on('finish', () => {
      if (!request.complete) request.destroy()
    })
    handle(request, response).catch(() => response.destroy())
  }
}

export interface ServeOptions {
  /** Default 3000; 0 takes a free one. */
  readonly port?: number | undefined
  /** Default: all interfaces. */
  readonly hostname?: string | undefined
}

/** A relay that listens. */
export interface RelayServer {
  /** Such as `http://localhost:3000`. */
  readonly url: string
  readonly server: Server
  /** Ends all replies and connections. */
  close(): Promise<void>
}

/** Starts a server of its own for a relay. Rejects when the port is taken. */
export async function serve(relay: Relay, options: ServeOptions = {}): Promise<RelayServer> {
  const { port = 3000, hostname } = options
  const server = createServer(toNodeHandler(relay))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, hostname, () => resolve())
  })
  const address = server.address()
  const boundPort = typeof address === 'object' && address ? address.port : port
  return {
    url: `http://${hostname ?? 'localhost'}:${boundPort}`,
    server,
    close() {
      relay.close()
      return new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()))
        server.closeAllConnections()
      })
    },
  }
}
