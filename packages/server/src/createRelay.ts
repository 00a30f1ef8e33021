import {
  ChatError,
  type ChatEvent,
  type OpenaiEncoderOptions,
  toOpenaiAnswer,
} from '@parlance/core'
import { toErrorResponse } from './browserError.ts'
import { createMemoryBudget } from './budget.ts'
import { addressKey, clientAddress } from './clientAddress.ts'
import { createClientTokens } from './clientToken.ts'
import { createConversations } from './conversations.ts'
import { checkOrigin, toCorsHeaders, toPreflightResponse } from './crossOrigin.ts'
import { createLedger, createMemoryLedger, type Ledger } from './ledger.ts'
import { createLog, toDetail } from './log.ts'
import { openReply, type Reply, type ReplyServices } from './openReply.ts'
import { randomId, toBase64Url } from './randomId.ts'
import { createRateLimits } from './rateLimits.ts'
import { readFeedback } from './readFeedback.ts'
import { readJsonBody } from './readJsonBody.ts'
import { readRelayOptions } from './readRelayOptions.ts'
import { readTurn } from './readTurn.ts'
import type { RecordingReader } from './recording.ts'
import { createRecordings } from './recordings.ts'
import type { RelayOptions } from './relayOptions.ts'
import { createReplyFrames } from './replyFrames.ts'
import { nextEvents } from './replySource.ts'
import { createRuns } from './runs.ts'
import { createMemorySessions } from './sessionStore.ts'
import { createSpending } from './spending.ts'
import { streamReply } from './streamReply.ts'
import { answerRound, createMemoryRounds } from './tools/openRounds.ts'

const idempotencyKeyPattern = /^[\x21-\x7e]{1,128}$/
/** Of visitors without a name; the ids of named ones are digests, without an underscore at this place. */
const anonymousPrefix = 'visitor_'
const runPattern = /^\/v1\/runs\/([A-Za-z0-9_-]{1,64})(\/stop)?$/
/** More are not told: anybody can send one. */
const maxStrangeOrigins = 20
const eventIdPattern = /^\d{1,9}$/

/** What a host knows of a request besides the request. */
export interface RequestInfo {
  /** Address of the peer, for rate limits. */
  readonly address?: string | undefined
  /** Asks providers in place of the runtime's `fetch`, where the relay was given none. */
  readonly askProvider?: typeof fetch | undefined
}

/** The token route and relay. */
export interface Relay {
  readonly basePath: string
  /** What was asked, how it ended and what it cost. */
  readonly ledger: Ledger
  /**
   * Answers one request; never rejects. Call it as `(request) => relay.fetch(request)` where a host passes a second
   * argument of its own, as Next.js, Bun and Workers do.
   */
  readonly fetch: (request: Request, info?: RequestInfo) => Promise<Response>
  /** Takes no more questions and ends all replies. */
  close(): void
}

/** One request on its way through the relay. */
interface Exchange {
  readonly request: Request
  readonly info: RequestInfo | undefined
  /** Begin every answer. */
  readonly headers: Headers
  /** Our id of this request, and of the reply it may get. */
  readonly requestId: string
  readonly path: string
}

/**
 * Makes the part of a chat that holds the key: it mints client tokens, asks providers and relays their answers. Throws
 * a `TypeError` that says what to do when the options are unsafe or make no sense.
 */
export function createRelay(options: RelayOptions): Relay {
  const settings = readRelayOptions(options)
  const { basePath, limits, secrets } = settings
  const now = options.now ?? Date.now
  const log = createLog(options.log, secrets)
  const originRules = {
    origins: settings.origins,
    allowMissingOrigin: options.allowMissingOrigin ?? false,
  }
  const tokens = createClientTokens({ secrets, lifetimeMs: limits.tokenLifetimeMs, now })
  const rateLimits = createRateLimits(limits, options.rateLimiters)
  const runs = createRuns({ maxPerVisitor: limits.concurrentReplies, totalMs: limits.totalMs, now })
  const recordings = settings.resume && createRecordings(settings.resume, log)
  const ledgerStore = options.ledgerStore ?? createMemoryLedger()
  const services: ReplyServices = {
    settings,
    system: options.system,
    grounding: options.grounding,
    conversations: createConversations(options.sessionStore ?? createMemorySessions(now), log),
    spending: createSpending({
      budget: settings.dailyBudget,
      store: options.budgetStore ?? createMemoryBudget(),
      now,
    }),
    ledgerStore,
    roundStore: options.roundStore ?? createMemoryRounds(now),
    log,
    now,
  }
  const browserEvents = settings.providers.flatMap((provider) =>
    provider.kind === 'http' ? (provider.browserEvents ?? []) : [],
  )
  let isClosed = false
  let hasWarnedOfAddress = false
  let hasWarnedOfIdentity = false
  const strangeOrigins = new Set<string>()

  async function answer(exchange: Exchange): Promise<Response> {
    const { request, path, headers } = exchange
    const { method } = request
    if (method === 'OPTIONS') {
      warnOfOrigin(request)
      return toPreflightResponse(request, headers)
    }
    const [, runId, stop] = runPattern.exec(path) ?? []
    if (runId) {
      expectMethod(exchange, stop ? 'POST' : 'GET')
      return stop ? answerStop(exchange, runId) : answerResume(exchange, runId)
    }
    switch (path) {
      case '/health':
        expectMethod(exchange, 'GET')
        return toJson({ status: isClosed ? 'closing' : 'ok' }, headers)
      case '/session':
        expectMethod(exchange, 'POST')
        return answerSession(exchange)
      case '/v1/models':
        expectMethod(exchange, 'GET')
        return answerModels(exchange)
      case '/v1/chat/completions':
        expectMethod(exchange, 'POST')
        return answerCompletion(exchange)
      case '/feedback':
        if (!options.onFeedback) break
        expectMethod(exchange, 'POST')
        return answerFeedback(exchange)
    }
    throw notFound()
  }

  async function answerSession(exchange: Exchange): Promise<Response> {
    const { request, headers } = exchange
    const origin = checkOrigin(request, originRules)
    await countAddress(exchange)
    const previous = request.headers.has('content-type')
      ? readPreviousToken(await readBody(request))
      : undefined
    const visitorId = await identify(request, previous, origin)
    const { token, expiresInSeconds } = await tokens.mint(visitorId, origin)
    return toJson({ token, expires_in: expiresInSeconds }, headers)
  }

  async function identify(request: Request, previous: string | undefined, origin: string) {
    const visitor = options.identify ? await options.identify(request) : 'anonymous'
    if (!visitor) throw unauthorized()
    // The host's own id may be a name or an address, and this one travels to providers and logs.
    if (visitor !== 'anonymous') return toOpaqueId(visitor.id, secrets[0]!)
    warnOfIdentity(request)
    const known = previous && (await tokens.verifyPrevious(previous, origin))
    // Whoever has signed out is nobody any more, whatever token they still hold.
    return known && known.startsWith(anonymousPrefix) ? known : randomId('visitor')
  }

  /** A page of such an origin hears nothing of us, and its console says no more than that the network failed. */
  function warnOfOrigin(request: Request): void {
    const origin = request.headers.get('origin')
    if (origin === null || settings.origins.has(origin) || strangeOrigins.has(origin)) return
    if (strangeOrigins.size === maxStrangeOrigins) return
    strangeOrigins.add(origin)
    log.write({
      level: 'warn',
      event: 'origin-unknown',
      detail: `${origin} is not in \`origins\`: the chat cannot work on its pages.`,
    })
  }

  function warnOfIdentity(request: Request): void {
    const isIdentified = /^bearer /i.test(request.headers.get('authorization') ?? '')
    if (options.identify || hasWarnedOfIdentity || !isIdentified) return
    hasWarnedOfIdentity = true
    log.write({
      level: 'warn',
      event: 'identity-unread',
      detail: 'A page tells who its visitor is, and nobody checks it: pass `identify`.',
    })
  }

  async function answerModels(exchange: Exchange): Promise<Response> {
    await authenticateGet(exchange)
    const names = Object.keys(settings.providers[0].models)
    const data = names.map((id) => ({ id, object: 'model', created: 0, owned_by: 'parlance' }))
    return toJson({ object: 'list', data }, exchange.headers)
  }

  async function answerStop(exchange: Exchange, runId: string): Promise<Response> {
    const origin = checkOrigin(exchange.request, originRules)
    const visitorId = await authenticate(exchange, origin)
    const isStopped =
      runs.stop(runId, visitorId) || (await recordings?.stopElsewhere(runId, visitorId))
    // Another visitor's run is answered like none.
    if (!isStopped) throw notFound()
    return toJson({ id: runId, status: 'stopped' }, exchange.headers)
  }

  async function answerResume(exchange: Exchange, runId: string): Promise<Response> {
    const visitorId = await authenticateGet(exchange)
    const lastId = readLastEventId(exchange.request)
    const reader = await recordings?.resume(runId, visitorId, lastId)
    if (!reader) throw notFound()
    const response = streamRecorded(exchange, reader, { runId, isWaiting: true })
    // An answer to a GET might be kept on the device.
    response.headers.set('cache-control', 'no-store, no-transform')
    return response
  }

  /** What comes of a recorded run, from where its reader stands. */
  function streamRecorded(
    { request, headers }: Exchange,
    reader: RecordingReader,
    { runId, isWaiting }: { readonly runId: string; readonly isWaiting: boolean },
  ): Response {
    headers.set('x-request-id', runId)
    headers.set('x-resumable-ms', String(settings.resume?.graceMs))
    if (request.signal.aborted) reader.leave()
    else request.signal.addEventListener('abort', reader.leave, { once: true })
    return streamReply({ frames: reader, isWaiting, onLeave: reader.leave, limits, headers })
  }

  async function answerFeedback(exchange: Exchange): Promise<Response> {
    const { request, headers } = exchange
    const origin = checkOrigin(request, originRules)
    const visitorId = await authenticate(exchange, origin)
    await rateLimits.countVisitor(visitorId)
    const feedback = readFeedback(await readBody(request))
    await options.onFeedback?.({ ...feedback, visitorId })
    return new Response(null, { status: 204, headers })
  }

  async function answerCompletion(exchange: Exchange): Promise<Response> {
    const { request, info, headers, requestId } = exchange
    const origin = checkOrigin(request, originRules)
    if (isClosed) throw new ChatError('overloaded', undefined, { retryable: true })
    const visitorId = await authenticate(exchange, origin)
    await rateLimits.countVisitor(visitorId)
    const key = readIdempotencyKey(request)
    const turnRequest = readTurn(await readBody(request), {
      models: settings.providers[0].models,
      allow: options.allow ?? [],
      clientTools: settings.tools !== undefined && settings.tools.clientTools.size > 0,
      pageContext: options.pageContext,
      limits,
    })
    const askedBefore = key && turnRequest.turn.stream ? runs.find(visitorId, key) : undefined
    const reading = askedBefore && recordings?.find(askedBefore, visitorId)?.attach(0)
    // The same request again: its answer was lost on the way, and nobody has to be paid for another.
    if (reading) return streamRecorded(exchange, reading, { runId: askedBefore, isWaiting: true })
    const { answers, conversationId: named } = turnRequest
    const round =
      answers.length > 0
        ? await answerRound(services.roundStore, answers, { visitorId, conversationId: named })
        : undefined
    const idempotencyKey = key ? await toOpaqueId(key, visitorId) : requestId
    const run = runs.open({ replyId: requestId, visitorId, idempotencyKey: key })
    // Some hosts never abort this signal: a stream has its own `cancel`, and each run its total time.
    const onLeave = () => run.end('disconnected')
    if (request.signal.aborted) onLeave()
    else request.signal.addEventListener('abort', onLeave, { once: true })

    const conversationId = named ?? round?.conversationId ?? randomId('conversation')
    const opening = openReply(services, {
      run,
      request: turnRequest,
      round,
      conversationId,
      idempotencyKey,
      fetch: options.fetch ?? info?.askProvider ?? ((input, init) => fetch(input, init)),
    })
    const encoding: OpenaiEncoderOptions = {
      replyId: requestId,
      model: turnRequest.publicModel,
      createdAtMs: now(),
      conversationId: () => conversationId,
      namedEvents: browserEvents,
    }
    opening.catch(() => {
      // For browsers as for OpenAI's clients: their tries are not to multiply with ours.
      if (run.tries > settings.retry.attempts) headers.set('x-should-retry', 'false')
    })
    if (!turnRequest.turn.stream) return answerWhole(await opening, encoding, headers)
    const isWaiting = await holdBack(opening)
    const frames = createReplyFrames({ opening, run, encoding })
    // Whoever has left by now never learnt of the run.
    const reader = run.ending ? undefined : recordings?.record(run, frames)
    if (!reader) return streamReply({ frames, isWaiting, onLeave: run.end, limits, headers })
    request.signal.removeEventListener('abort', onLeave)
    return streamRecorded(exchange, reader, { runId: requestId, isWaiting })
  }

  /**
   * Waits a while for the answer to begin, because an error within this time still has its HTTP status and a later one
   * is an event of the stream. True when the answer is still to come.
   */
  async function holdBack(opening: Promise<Reply>): Promise<boolean> {
    let timer: ReturnType<typeof setTimeout> | undefined
    const held = new Promise<true>((resolve) => {
      timer = setTimeout(() => resolve(true), limits.holdMs)
    })
    try {
      return await Promise.race([opening.then(() => false), held])
    } finally {
      clearTimeout(timer)
    }
  }

  async function answerWhole(reply: Reply, encoding: OpenaiEncoderOptions, headers: Headers) {
    const events: ChatEvent[] = []
    for (let batch = await nextEvents(reply); batch; batch = await nextEvents(reply)) {
      events.push(...batch)
    }
    const last = events.at(-1)
    if (last?.type === 'reply-error') throw last.error
    return toJson(toOpenaiAnswer(events, encoding), headers)
  }

  async function authenticate(exchange: Exchange, origin: string | undefined): Promise<string> {
    await countAddress(exchange)
    const authorization = exchange.request.headers.get('authorization') ?? ''
    const token = /^Bearer +([\w.-]+)$/i.exec(authorization)?.[1]
    const visitorId = token && (await tokens.verify(token, origin))
    if (!visitorId) throw unauthorized()
    return visitorId
  }

  /** A page's own GET carries no origin in any browser; the token says enough. */
  async function authenticateGet(exchange: Exchange): Promise<string> {
    const { request } = exchange
    const origin = request.headers.has('origin') ? checkOrigin(request, originRules) : undefined
    return authenticate(exchange, origin)
  }

  async function countAddress({ request, info }: Exchange): Promise<void> {
    const peer = typeof info?.address === 'string' ? info.address : undefined
    const address = clientAddress(request, peer, settings.trustedProxies)
    if (address) return rateLimits.countAddress(addressKey(address))
    if (hasWarnedOfAddress) return
    hasWarnedOfAddress = true
    log.write({
      level: 'warn',
      event: 'address-unknown',
      detail:
        'Requests are not limited by address: pass `address` to `fetch`, or set `trustedProxies`.',
    })
  }

  const readBody = (request: Request) =>
    readJsonBody(request, { maxBytes: limits.bodyBytes, timeoutMs: limits.bodyMs })

  function refuse(cause: unknown, { request, headers, requestId, path }: Exchange): Response {
    const isOurs = cause instanceof ChatError
    const error = isOurs ? cause : new ChatError('internal')
    const response = toErrorResponse(error, headers, requestId)
    if (error.code === 'origin_not_allowed') warnOfOrigin(request)
    log.write({
      level: isOurs ? 'info' : 'error',
      event: 'request-refused',
      replyId: requestId,
      status: response.status,
      code: error.code,
      detail: isOurs ? undefined : `${path}: ${toDetail(cause)}`,
    })
    return response
  }

  return {
    basePath,
    ledger: createLedger(ledgerStore),
    async fetch(request, info) {
      const headers = toCorsHeaders(request, originRules)
      const requestId = randomId('reply')
      headers.set('x-request-id', requestId)
      const { pathname } = new URL(request.url)
      const isOurs = pathname.startsWith(`${basePath}/`)
      const path = isOurs ? pathname.slice(basePath.length) : ''
      const exchange = { request, info, headers, requestId, path }
      try {
        return await answer(exchange)
      } catch (cause) {
        return refuse(cause, exchange)
      }
    },
    close() {
      isClosed = true
      runs.endAll('closing')
      recordings?.clear()
    },
  }
}

function expectMethod({ request, headers }: Exchange, method: 'GET' | 'POST'): void {
  if (request.method === method) return
  headers.set('allow', `${method}, OPTIONS`)
  const sentence = `This address answers ${method} alone.`
  throw new ChatError('invalid_request', sentence, { status: 405 })
}

function readIdempotencyKey(request: Request): string | undefined {
  const key = request.headers.get('idempotency-key')
  if (key === null || idempotencyKeyPattern.test(key)) return key ?? undefined
  const sentence = '`Idempotency-Key` must be 1 to 128 visible ASCII characters.'
  throw new ChatError('invalid_request', sentence, { status: 400 })
}

/** 0 for a browser that has read nothing. */
function readLastEventId(request: Request): number {
  const id = request.headers.get('last-event-id') ?? '0'
  if (eventIdPattern.test(id)) return Number(id)
  const sentence = '`Last-Event-ID` must be the id of an event of this run.'
  throw new ChatError('invalid_request', sentence, { status: 400 })
}

function notFound(): ChatError {
  return new ChatError('not_found', undefined, { status: 404 })
}

function readPreviousToken(body: unknown): string | undefined {
  const token = (body as { token?: unknown } | null)?.token
  return typeof token === 'string' ? token : undefined
}

/** The same answer whatever is wrong with a token, so that a forger learns nothing from it. */
function unauthorized(): ChatError {
  return new ChatError('unauthorized', undefined, { status: 401 })
}

/** Stable for equal input, and no way back without the secret. */
async function toOpaqueId(value: string, secret: string): Promise<string> {
  const encoder = new TextEncoder()
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('raw', encoder.encode(secret), algorithm, false, [
    'sign',
  ])
  const digest = await crypto.subtle.sign('HMAC', key, encoder.encode(value))
  return toBase64Url(new Uint8Array(digest).subarray(0, 18))
}

function toJson(body: unknown, headers: Headers): Response {
  headers.set('content-type', 'application/json; charset=utf-8')
  headers.set('cache-control', 'no-store')
  return new Response(JSON.stringify(body), { headers })
}
