/** Bytes, or a text that stands for its UTF-8: Node writes it without a copy in between. */
export type Chunk = Uint8Array | string

/** Gets what was asked for: never empty, undefined after the last. `failure` says why that came before the end. */
export type TakeChunk = (chunk: Chunk | undefined, failure?: unknown) => void

/**
 * Bytes that come when they are asked for, one question at a time. It calls back instead of making promises: on Node
 * all that is done for a token then happens within the one event of the socket it came by, which halves its cost.
 */
export interface ByteSource {
  /** Calls `take` once, perhaps before it returns. */
  read(take: TakeChunk): void
  /** Nobody will ask again, and nobody is told any more. */
  cancel(): void
  /** Says who is to be told, at most once, when the source gives up a reader who does not read. */
  readonly onGiveUp?: ((listener: (error: Error) => void) => void) | undefined
}

const encoder = new TextEncoder()

export function toBytes(chunk: Chunk): Uint8Array {
  return typeof chunk === 'string' ? encoder.encode(chunk) : chunk
}

const sources = new WeakMap<ReadableStream, ByteSource>()

/** A source as the body of a `Request` or `Response`, for whoever knows no more than the standard. */
export function toBody(source: ByteSource): ReadableStream<Uint8Array> {
  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        source.onGiveUp?.((error) => controller.error(error))
      },
      pull(controller) {
        return new Promise<void>((resolve, reject) => {
          source.read((chunk, failure) => {
            if (failure) return reject(failure as Error)
            if (chunk) controller.enqueue(toBytes(chunk))
            else controller.close()
            resolve()
          })
        })
      },
      cancel: () => source.cancel(),
    },
    // Nothing is read ahead, so an untouched body can be left for the source beneath it.
    { highWaterMark: 0 },
  )
  sources.set(body, source)
  return body
}

/**
 * The source a body was made of, so that two ends of ours meet without a Web stream between them, which costs more than
 * all else that is done for a token. Undefined for other bodies. A body that gave its source counts as being read.
 */
export function takeSource(body: ReadableStream<Uint8Array>): ByteSource | undefined {
  const source = sources.get(body)
  if (source) body.getReader()
  return source
}

/** The source of any body. Throws a `TypeError` when it is being read. */
export function toByteSource(body: ReadableStream<Uint8Array>): ByteSource {
  const source = takeSource(body)
  if (source) return source
  const reader = body.getReader()
  return {
    read(take) {
      reader.read().then(
        ({ value }) => take(value),
        (failure) => take(undefined, failure ?? new Error('The body failed.')),
      )
    },
    cancel: () => void reader.cancel().catch(() => {}),
  }
}
