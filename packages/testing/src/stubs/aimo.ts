import { toAnswer, toChunks, toUsage } from './openaiShape.ts'
import {
  readBody,
  readMessages,
  readScenario,
  replyTo,
  type Stub,
  type StubRequest,
  toEvent,
} from './stub.ts'

/** What a caller signed in with. */
export interface SignIn {
  readonly message: string
  readonly signature: string
}

export interface AimoStubOptions {
  /** Whether a signature is the account's. Default: its form alone is looked at. */
  readonly verify?: ((signIn: SignIn) => boolean) | undefined
  /** Clock that expiry is held against, in milliseconds since 1970. */
  readonly now?: (() => number) | undefined
}

const codes: Readonly<Record<string, readonly [code: string, message: string]>> = {
  400: ['invalid_request', 'messages is required'],
  401: ['unauthorized', 'invalid sign-in envelope'],
  402: ['insufficient_balance', 'insufficient balance'],
  429: ['rate_limited', 'rate limited'],
  500: ['internal', 'internal error'],
}

/** AIMO network: takes a signed message in place of a key, and as many alternatives as are asked for. */
export function createAimoStub({
  verify = () => true,
  now = Date.now,
}: AimoStubOptions = {}): Stub & {
  /** Sign-ins that were accepted, the newest last. */
  readonly signIns: readonly SignIn[]
} {
  const signIns: SignIn[] = []
  const fail = (status: number) => {
    const [code, message] = codes[status]!
    return { status, body: { error: { code, message } } }
  }
  return {
    name: 'aimo',
    basePath: '/api/v1',
    model: 'gpt-4o',
    signIns,
    answer(request) {
      if (request.method !== 'POST' || request.path !== '/api/v1/chat/completions') {
        return { status: 404, body: {} }
      }
      const signIn = readSignIn(request, now())
      if (!signIn || !verify(signIn)) return fail(401)
      signIns.push(signIn)
      const body = readBody(request)
      const messages = readMessages(body, ['system', 'user', 'assistant', 'tool'])
      const { model, n = 1, stop = [] } = body ?? {}
      const isFine = Number.isInteger(n) && (!Array.isArray(stop) || stop.length <= 4)
      if (!messages || typeof model !== 'string' || !isFine) return fail(400)
      const scenario = readScenario(messages)
      if (scenario && Object.hasOwn(codes, scenario)) return fail(Number(scenario))

      const texts = Array.from({ length: Number(n) }, (_, at) =>
        at === 0 ? replyTo('AIMO', messages) : `${at + 1}: ${replyTo('AIMO', messages)}`,
      )
      const reply = {
        id: 'chatcmpl-aimo',
        model,
        messages,
        texts,
        finishReason: scenario === 'length' ? 'length' : 'stop',
      }
      if (body?.['stream'] !== true) return { status: 200, body: toAnswer(reply) }
      const events = toChunks(reply)
      const usage = toEvent({
        id: reply.id,
        object: 'chat.completion.chunk',
        created: 0,
        model,
        choices: [],
        usage: toUsage(reply),
      })
      return {
        status: 200,
        events: [...events.slice(0, -1), usage, ...events.slice(-1)],
        cutAfter: scenario === 'cut' ? 3 : undefined,
      }
    },
  }
}

/** The envelope of the header when its form is right and its message has not expired. */
function readSignIn({ headers }: StubRequest, nowMs: number): SignIn | undefined {
  try {
    const bytes = Uint8Array.from(atob(headers.get('sign-in-with-x') ?? ''), (byte) =>
      byte.charCodeAt(0),
    )
    const envelope = JSON.parse(new TextDecoder().decode(bytes)) as SignIn
    const { message, signature } = envelope
    const isEvm = message.includes(' with your Ethereum account:\n')
    const expiresAtMs = Date.parse(/^Expiration Time: (.+)$/m.exec(message)?.[1] ?? '')
    const isFine =
      Object.keys(envelope).sort().join() === 'message,signature' &&
      /^[\w.:-]+ wants you to sign in with your (?:Ethereum|Solana) account:\n/.test(message) &&
      /^Nonce: \w{8,}$/m.test(message) &&
      (isEvm ? /^0x[\da-f]{130}$/ : /^[1-9A-HJ-NP-Za-km-z]{64,88}$/).test(signature) &&
      nowMs < expiresAtMs
    return isFine ? envelope : undefined
  } catch {
    return undefined
  }
}
