/** A request as a stub sees it. */
export interface StubRequest {
  readonly method: string
  /** Path below the host, without the query. */
  readonly path: string
  readonly headers: Headers
  /** The body as it came. */
  readonly text: string
}

/** What a stub answers. `events` are whole SSE events as text; without them `body` is sent as JSON. */
export interface StubAnswer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly body?: unknown
  readonly events?: readonly string[] | undefined
  /** Closes the connection after so many events, as a provider that breaks off. */
  readonly cutAfter?: number | undefined
}

/**
 * A provider written from its document alone. It decides and does not wait, so that it can stand in a test, behind a
 * server, or behind `fetch`.
 */
export interface Stub {
  readonly name: string
  /** What follows host and port in its base URL. */
  readonly basePath: string
  /** A model it knows. */
  readonly model: string
  /** The Bearer key it takes; absent where the provider is not paid by key. */
  readonly apiKey?: string | undefined
  answer(request: StubRequest): StubAnswer
}

/** The key every stub takes. It opens nothing. */
export const stubKey = 'stub-key'

/**
 * What the last message asks a stub to do, as `stub:402` for a documented status, `stub:error` for an error within the
 * stream, `stub:cut` for a reply that breaks off, `stub:length` for one that is too long, `stub:tool` for a call of the
 * first tool, or `stub:paid` for the events of a machine payment. Anything else is answered well.
 */
export function readScenario(messages: readonly StubMessage[]): string | undefined {
  return /^stub:(\w+)/.exec(messages.at(-1)?.content ?? '')?.[1]
}

export interface StubMessage {
  readonly role: string
  readonly content: string
}

/** The body of a request as JSON; undefined when it is none. */
export function readBody(request: StubRequest): Record<string, unknown> | undefined {
  try {
    const body: unknown = JSON.parse(request.text)
    return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

/** The messages of a body; null when there are none, or one is not of the documented form. */
export function readMessages(
  body: Record<string, unknown> | undefined,
  roles: readonly string[] = ['system', 'user', 'assistant'],
): StubMessage[] | null {
  const messages = body?.['messages']
  if (!Array.isArray(messages) || messages.length === 0) return null
  const isFine = (messages as StubMessage[]).every(
    (message) =>
      roles.includes(message?.role) &&
      (typeof message.content === 'string' || message.role === 'assistant'),
  )
  return isFine ? (messages as StubMessage[]) : null
}

/** Whether a request carries the stub's key. */
export function hasKey(request: StubRequest): boolean {
  return request.headers.get('authorization') === `Bearer ${stubKey}`
}

/** What a stub says: who it is, what it was asked, and letters of more than one byte. */
export function replyTo(name: string, messages: readonly StubMessage[]): string {
  const question = messages.at(-1)?.content ?? ''
  return `This is the stub of **${name}**, on your own machine. You asked: “${question.slice(0, 200)}” ✓ 😄`
}

/** Words with the space before them, as a provider's tokens. */
export function toTokens(text: string): string[] {
  return text.match(/\s*\S+/g) ?? []
}

/** About four letters a token. */
export function countTokens(text: string): number {
  return Math.ceil(text.length / 4)
}

export function toEvent(data: unknown, name?: string): string {
  const text = typeof data === 'string' ? data : JSON.stringify(data)
  return `${name ? `event: ${name}\n` : ''}data: ${text}\n\n`
}
