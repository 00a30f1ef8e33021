import { createServer, request as open } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface CuttingProxyOptions {
  /** Where requests go on to, such as `http://127.0.0.1:3000`. */
  readonly target: string
  /**
   * Asked for each answer: after how many bytes of its body the connection breaks, wherever that is. Undefined lets it
   * be whole.
   */
  readonly cutAfter: (request: {
    readonly method: string
    readonly path: string
  }) => number | undefined
  /**
   * Whether the server learns at once that its reader is lost, as of a closed tab. False leaves it with a connection
   * that nobody reads, as of a phone in a tunnel. Default true.
   */
  readonly tellsServer?: boolean | undefined
}

/** A connection to lose: a proxy on loopback that breaks answers at a byte. */
export interface CuttingProxy {
  /** Stands for the target's, such as `http://127.0.0.1:40123`. */
  readonly url: string
  /** Answers it has broken. */
  readonly cutCount: number
  /** While true every request is broken before its answer. Default false. */
  isDown: boolean
  /** Breaks all answers that are on their way. */
  cutAll(): void
  /** Breaks all connections and ends the proxy. */
  close(): Promise<void>
}

/** Starts a proxy on a free port of loopback. */
export async function createCuttingProxy(options: CuttingProxyOptions): Promise<CuttingProxy> {
  const { target, cutAfter, tellsServer = true } = options
  /** Answers on their way, each with what breaks it. */
  const passing = new Set<() => void>()
  /** Ends the connections that no server was told of. */
  const deserted = new Set<() => void>()
  let cutCount = 0

  const server = createServer((request, response) => {
    if (proxy.isDown) return void request.socket.destroy()
    const { method = '', url: path = '', headers } = request
    let leftBytes = cutAfter({ method, path }) ?? Infinity
    const onward = open(target + path, { method, headers, agent: false })
    request.pipe(onward)
    let isCut = false
    response.on('close', () => {
      // The client left by itself, or all was said.
      if (!isCut) onward.destroy()
    })
    onward.on('error', () => response.destroy())
    onward.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders).flushHeaders()
      passing.add(cut)
      function cut() {
        isCut = true
        passing.delete(cut)
        cutCount++
        answer.off('data', pass)
        answer.pause()
        // Bytes already given to the kernel would be lost with a reset: let them go first.
        setImmediate(() => response.socket?.destroy())
        if (tellsServer) onward.destroy()
        else deserted.add(() => onward.destroy())
      }
      function pass(bytes: Buffer) {
        response.write(bytes.subarray(0, leftBytes))
        leftBytes -= bytes.length
        if (leftBytes <= 0) cut()
      }
      answer.on('error', () => response.destroy())
      answer.on('close', () => passing.delete(cut))
      answer.on('end', () => response.end())
      if (leftBytes <= 0) cut()
      else answer.on('data', pass)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  const proxy: CuttingProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    isDown: false,
    get cutCount() {
      return cutCount
    },
    cutAll() {
      for (const cut of passing) cut()
    },
    close() {
      for (const end of deserted) end()
      return new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()))
        server.closeAllConnections()
      })
    },
  }
  return proxy
}
