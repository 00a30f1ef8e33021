import { createServer, type RequestListener, type Server } from 'node:http'
import https from 'node:https'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { brotliCompressSync, createGzip, deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, onTestFinished, test } from 'vitest'
import { localhostCertificate } from './fixtures/localhostCertificate.ts'
import { until } from './fixtures/startRelay.ts'
import { nodeFetch } from './nodeFetch.ts'

async function listen(server: Server | https.Server, host = '127.0.0.1'): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, host, resolve)
  })
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return (server.address() as AddressInfo).port
}

const serve = async (listener: RequestListener) =>
  `http://127.0.0.1:${await listen(createServer(listener))}`

/** A server of one answer that no well-behaved one would give. */
async function serveRaw(answer: string): Promise<string> {
  const server = createTcpServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => socket.end(answer))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const hasIpv6 = Object.values(networkInterfaces()).some((addresses) =>
  addresses?.some(({ address }) => address === '::1'),
)

/** The runtime's own and ours: whoever is passed one must not tell them apart. */
const both = [
  ['fetch', fetch],
  ['nodeFetch', nodeFetch],
] as const

describe.each(both)('%s', (_name, ask) => {
  test('sends method, headers and body, and gives status, headers and body', async () => {
    const url = await serve((request, response) => {
      let body = ''
      request.on('data', (data: Buffer) => (body += data.toString()))
      request.on('end', () => {
        const { method, url: path, headers } = request
        response.writeHead(404, [
          ['x-one', 'a'],
          ['x-one', 'b'],
        ])
        response.end(JSON.stringify({ method, path, body, headers }))
      })
    })
    const response = await ask(`${url}/v1/chat?x=1`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer key' },
      body: '{"a":"é"}',
    })
    expect([response.status, response.ok, response.headers.get('x-one')]).toEqual([
      404,
      false,
      'a, b',
    ])
    expect(await response.json()).toMatchObject({
      method: 'POST',
      path: '/v1/chat?x=1',
      body: '{"a":"é"}',
      headers: {
        'content-type': 'application/json',
        'content-length': '10',
        authorization: 'Bearer key',
        host: url.slice('http://'.length),
      },
    })
  })

  test('takes a Request, with a body of bytes', async () => {
    const url = await serve((request, response) => request.pipe(response))
    const bytes = Uint8Array.from({ length: 256 }, (_item, index) => index)
    const response = await ask(new Request(url, { method: 'PUT', body: bytes }))
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(bytes)
  })

  test('gives an answer that has no body as one', async () => {
    const url = await serve((_request, response) => response.writeHead(204).end())
    const response = await ask(url)
    expect([response.status, response.body, await response.text()]).toEqual([204, null, ''])
  })

  test.each([
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ] as const)('reads what a service compressed unasked: %s', async (encoding, compress) => {
    const url = await serve((_request, response) => {
      response.writeHead(200, { 'content-encoding': encoding })
      response.end(compress(Buffer.from('Yes, wé do.')))
    })
    expect(await (await ask(url)).text()).toBe('Yes, wé do.')
  })

  test('reads a compressed piece when it comes, not when all have come', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' })
      const gzip = createGzip()
      gzip.pipe(response)
      gzip.write('first')
      gzip.flush()
    })
    const reader = (await ask(url)).body!.getReader()
    expect(Buffer.from((await reader.read()).value!).toString()).toBe('first')
    await reader.cancel()
  })

  test('does not follow a redirect', async () => {
    let asked = 0
    const other = await serve((_request, response) => {
      asked++
      response.end()
    })
    const url = await serve((_request, response) => {
      response.writeHead(307, { location: other }).end()
    })
    const response = await ask(url, { method: 'POST', body: '{}', redirect: 'manual' })
    expect([response.ok, asked]).toEqual([false, 0])
  })

  test.each(['a\r\nx-evil: 1', 'a\nb', 'a\0b', 'ключ'])(
    'sends no header that would be two or none: %j',
    async (value) => {
      let asked = 0
      const url = await serve((_request, response) => {
        asked++
        response.end()
      })
      await expect(ask(url, { headers: { authorization: value } })).rejects.toThrow(TypeError)
      expect(asked).toBe(0)
    },
  )

  test('sends no line break of a path as one', async () => {
    const url = await serve((request, response) => response.end(request.url))
    const response = await ask(`${url}/a b\r\nx-evil: 1`)
    expect(await response.text()).toBe('/a%20bx-evil:%201')
  })

  test.each([
    ['an address that nobody listens at', () => 'http://127.0.0.1:9/'],
    ['what is no HTTP', () => serveRaw('hello')],
    ['a connection that closes', () => serveRaw('')],
    ['a name that has no address', () => 'http://nobody.invalid/'],
  ])('rejects for %s as fetch does', async (_what, start) => {
    await expect(ask(await start())).rejects.toThrow(TypeError)
  })

  test('rejects a body whose connection breaks', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('part')
      setImmediate(() => response.destroy())
    })
    await expect((await ask(url)).text()).rejects.toThrow(/./)
  })

  test('is aborted before, while and after it waits for an answer', async () => {
    let asked = 0
    let closed = 0
    const url = await serve((request, response) => {
      asked++
      response.on('close', () => closed++)
      if (request.url === '/begin') response.write('part')
    })
    const reason = new Error('The visitor left.')
    const before = ask(url, { signal: AbortSignal.abort(reason) })
    await expect(before).rejects.toBe(reason)
    expect(asked).toBe(0)

    const leaving = new AbortController()
    const pending = ask(url, { signal: leaving.signal })
    await until(() => asked === 1)
    leaving.abort(reason)
    await expect(pending).rejects.toBe(reason)
    await until(() => closed === 1)

    const later = new AbortController()
    const response = await ask(`${url}/begin`, { signal: later.signal })
    later.abort(reason)
    await expect(response.text()).rejects.toThrow(/./)
    await until(() => closed === 2)
  })

  test('ends the connection of a body that is cancelled', async () => {
    let closed = 0
    const url = await serve((_request, response) => {
      response.on('close', () => closed++)
      response.write('part')
    })
    const reader = (await ask(url)).body!.getReader()
    await reader.read()
    await reader.cancel()
    await until(() => closed === 1)
    expect(await reader.read()).toMatchObject({ done: true })
  })

  test.each(['localhost', '127.0.0.1', ...(hasIpv6 ? ['::1'] : [])])(
    'reaches a server at %s',
    async (host) => {
      const server = createServer((_request, response) => response.end('reached'))
      const port = await listen(server, host)
      const name = host.includes(':') ? `[${host}]` : host
      expect(await (await ask(`http://${name}:${port}/`)).text()).toBe('reached')
    },
  )

  test('tells a secret to no server whose certificate nobody vouches for', async () => {
    let asked = 0
    const server = https.createServer(localhostCertificate, (_request, response) => {
      asked++
      response.end()
    })
    const url = `https://localhost:${await listen(server)}/`
    await expect(ask(url, { headers: { authorization: 'Bearer key' } })).rejects.toThrow(TypeError)
    expect(asked).toBe(0)
  })
})

test('speaks TLS to a server whose certificate is known, and to no other name of it', async () => {
  const server = https.createServer(localhostCertificate, (request, response) =>
    response.end(request.headers.authorization),
  )
  const port = await listen(server, 'localhost')
  https.globalAgent.options.ca = localhostCertificate.cert
  onTestFinished(() => {
    delete https.globalAgent.options.ca
  })
  const ask = (name: string) =>
    nodeFetch(`https://${name}:${port}/`, { headers: { authorization: 'Bearer key' } })
  expect(await (await ask('localhost')).text()).toBe('Bearer key')
  await expect(ask('localhost.localdomain')).rejects.toThrow(TypeError)
})

test('rejects for a status that no Response can have', async () => {
  const url = await serveRaw('HTTP/1.1 999 What\r\ncontent-length: 0\r\n\r\n')
  await expect(nodeFetch(url)).rejects.toThrow(TypeError)
})

test('fails to read what was compressed and cut off', async () => {
  const url = await serve((_request, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' })
    response.end(gzipSync('x'.repeat(100_000)).subarray(0, 40))
  })
  await expect((await nodeFetch(url)).text()).rejects.toThrow(/./)
})

test('uses a connection again', async () => {
  let connections = 0
  const server = createServer((_request, response) => response.end('done'))
  server.on('connection', () => connections++)
  const url = `http://127.0.0.1:${await listen(server)}`
  for (let asked = 0; asked < 3; asked++) {
    await (await nodeFetch(url, { method: 'POST', body: '{}' })).text()
  }
  expect(connections).toBe(1)
})

test('asks for no compression, which would hold pieces back', async () => {
  const url = await serve((request, response) => response.end(request.headers['accept-encoding']))
  expect(await (await nodeFetch(url)).text()).toBe('identity')
})

test('is still aborted when the collector has run', async () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  let closed = 0
  const url = await serve((_request, response) => {
    response.on('close', () => closed++)
    response.write('part')
  })
  const leaving = new AbortController()
  const response = await nodeFetch(url, { signal: leaving.signal })
  for (let turn = 0; turn < 3; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 5))
    collect()
  }
  leaving.abort()
  await until(() => closed === 1)
  await expect(response.text()).rejects.toThrow(/./)
})

test('takes no more from the network than its reader does', async () => {
  const piece = Buffer.alloc(64_000, 'x')
  let writtenBytes = 0
  let isFull = false
  const url = await serve((_request, response) => {
    const write = () => {
      while (writtenBytes < 100_000_000) {
        writtenBytes += piece.length
        if (response.write(piece)) continue
        isFull = true
        response.once('drain', write)
        return
      }
      response.end()
    }
    write()
  })
  const response = await nodeFetch(url)
  await until(() => isFull)
  await new Promise((resolve) => setTimeout(resolve, 200))
  // What lies in the sockets is some megabytes; a client that reads ahead takes all 100.
  expect(writtenBytes).toBeLessThan(20_000_000)
  expect((await response.arrayBuffer()).byteLength).toBe(writtenBytes)
  expect(writtenBytes).toBeGreaterThanOrEqual(100_000_000)
})
