import type { ServerResponse } from 'node:http'
import type { ByteSource, Chunk } from './byteSource.ts'

/** Writes bytes to a reader as they come, and asks for more only when the last were taken. */
export function sendBytes(source: ByteSource, response: ServerResponse): void {
  response.on('close', () => source.cancel())
  source.onGiveUp?.(() => response.destroy())

  const next = () => source.read(send)

  function send(chunk: Chunk | undefined, failure?: unknown) {
    if (response.destroyed) return
    // A body that ends well tells a reader that it is whole.
    if (failure) response.destroy()
    else if (!chunk) response.end()
    else if (response.write(chunk)) next()
    else response.once('drain', next)
  }

  next()
}
