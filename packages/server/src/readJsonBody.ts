import { ChatError } from '@parlance/core'

const maxDepth = 32

/** How much of a body that is too large is read and dropped, in multiples of the limit. */
const drainFactor = 16

export interface BodyLimits {
  readonly maxBytes: number
  readonly timeoutMs: number
}

/**
 * The JSON body of a request. Bytes are counted as they come, whatever the headers say. Throws `ChatError`
 * `invalid_request` (400, 415), `too_large` (413) or `timeout` (408).
 */
export async function readJsonBody(request: Request, limits: BodyLimits): Promise<unknown> {
  if (!/^application\/json\s*(;|$)/i.test(request.headers.get('content-type') ?? '')) {
    throw invalid('The body must be JSON: send it with content-type application/json.', 415)
  }
  const encoding = request.headers.get('content-encoding')
  if (encoding && encoding !== 'identity') {
    throw invalid('The body must not be compressed.', 415)
  }
  const text = decode(await readBytes(request, limits))
  checkDepth(text)
  try {
    return JSON.parse(text)
  } catch {
    // The parser's own message quotes the body, so it is not kept.
    throw invalid('The body is not valid JSON.', 400)
  }
}

async function readBytes(request: Request, { maxBytes, timeoutMs }: BodyLimits) {
  const chunks: Uint8Array[] = []
  if (!request.body) return chunks
  // Given up on, the reader is let go and not cancelled: on Node, a cancelled body takes the connection with it
  // before our answer is sent.
  const reader = request.body.getReader()
  let byteCount = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_resolve, reject) => {
    const error = new ChatError('timeout', 'The request took too long to arrive.', { status: 408 })
    timer = setTimeout(() => reject(error), timeoutMs)
  })
  try {
    for (;;) {
      const { done, value } = await Promise.race([readOrFail(reader), late])
      if (done && byteCount > maxBytes) throw tooLarge(maxBytes)
      if (done) return chunks
      byteCount += value.byteLength
      if (byteCount <= maxBytes) chunks.push(value)
      // A body a little too large is read to its end, or its sender would see a broken connection and no reason.
      if (byteCount > maxBytes * drainFactor) throw tooLarge(maxBytes)
    }
  } finally {
    clearTimeout(timer)
  }
}

async function readOrFail(reader: ReadableStreamDefaultReader<Uint8Array>) {
  try {
    return await reader.read()
  } catch (cause) {
    throw new ChatError('invalid_request', 'The request broke off.', { status: 400, cause })
  }
}

function decode(chunks: readonly Uint8Array[]): string {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  try {
    let text = ''
    for (const chunk of chunks) text += decoder.decode(chunk, { stream: true })
    return text + decoder.decode()
  } catch {
    throw invalid('The body is not valid UTF-8.', 400)
  }
}

/** Before parsing, because a recursive parser is what deep nesting attacks. */
function checkDepth(text: string): void {
  let depth = 0
  let isInString = false
  for (let index = 0; index < text.length; index++) {
    const character = text[index]
    if (isInString) {
      if (character === '\\') index++
      else if (character === '"') isInString = false
    } else if (character === '"') {
      isInString = true
    } else if (character === '{' || character === '[') {
      depth++
      if (depth > maxDepth) throw invalid(`The body is nested deeper than ${maxDepth} levels.`, 400)
    } else if (character === '}' || character === ']') {
      depth--
    }
  }
}

function invalid(message: string, status: number): ChatError {
  return new ChatError('invalid_request', message, { status })
}

function tooLarge(maxBytes: number): ChatError {
  const message = `The request is larger than ${maxBytes} bytes: shorten the conversation or begin a new one.`
  return new ChatError('too_large', message, { status: 413 })
}
