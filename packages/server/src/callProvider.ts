import { ChatError, type Turn } from '@parlance/core'
import { type Log, toDetail } from './log.ts'
import { openHttpReply } from './openHttpReply.ts'
import { openLocalReply } from './openLocalReply.ts'
import type { Model, Provider, ProviderContext } from './provider.ts'
import type { RelayLimits } from './relayOptions.ts'
import type { RelaySettings } from './readRelayOptions.ts'
import { type ReplySource, untilAnswer } from './replySource.ts'

export interface ProviderCall {
  /** Asked in order; the next one only when one fails before its first piece of an answer. */
  readonly candidates: readonly Candidate[]
  readonly context: Omit<ProviderContext, 'fetch'>
  readonly fetch: typeof fetch
  readonly limits: RelayLimits
  readonly retry: RelaySettings['retry']
  readonly log: Log
  /** Before each request, for the ledger. */
  readonly onAttempt: () => void
}

/** A provider that may be asked. */
export interface Candidate {
  readonly provider: Provider
  readonly model: Model
  /** The turn as it is to be told it. Throws `ChatError` when the provider's own ranges refuse it. */
  toTurn(context: ProviderContext): Turn | Promise<Turn>
}

export interface ProviderReply extends ReplySource {
  readonly candidate: Candidate
}

/**
 * Gets a reply from the first provider that begins one. Only before its first piece is anything tried again: 429, 500,
 * 502, 503, 504 and failed connections by the same provider after a wait, and then the next provider. Throws the
 * `ChatError` of the last one asked.
 */
export async function callProvider(call: ProviderCall): Promise<ProviderReply> {
  let failure = new ChatError('internal')
  for (const candidate of call.candidates) {
    try {
      return { candidate, ...(await askPatiently(candidate, call)) }
    } catch (cause) {
      failure = toChatError(cause, candidate, call)
      if (call.context.signal.aborted || !mayAskAnother(failure)) break
    }
  }
  throw failure
}

async function askPatiently(candidate: Candidate, call: ProviderCall): Promise<ReplySource> {
  const { attempts, baseMs, maxMs, maxRetryAfterMs } = call.retry
  const { signal } = call.context
  const turn = await candidate.toTurn(toContext(candidate.provider, call))
  for (let attempt = 0; ; attempt++) {
    try {
      return await ask(candidate.provider, turn, call)
    } catch (cause) {
      const failure = toChatError(cause, candidate, call)
      if (attempt >= attempts || signal.aborted || !mayAskAgain(failure)) throw failure
      if ((failure.retryAfterMs ?? 0) > maxRetryAfterMs) throw failure
      // Full jitter, so that the visitors of one outage do not come back together.
      const waitMs = Math.random() * Math.min(maxMs, baseMs * 2 ** attempt)
      await sleep(failure.retryAfterMs ?? waitMs, signal)
    }
  }
}

async function ask(provider: Provider, turn: Turn, call: ProviderCall): Promise<ReplySource> {
  const { limits, log } = call
  const context = toContext(provider, call)
  call.onAttempt()
  if (provider.kind === 'local') {
    return untilAnswer(openLocalReply({ provider, turn, context, log }))
  }
  const source = await openHttpReply({ provider, turn, context, limits, log })
  try {
    return await untilAnswer(source)
  } catch (cause) {
    source.cancel()
    throw cause
  }
}

function toContext(provider: Provider, { context, fetch }: ProviderCall): ProviderContext {
  if (provider.kind === 'local' || !provider.fetch) return { ...context, fetch }
  const { fetch: own } = provider
  return { ...context, fetch: (input, init) => own(input, init, fetch) }
}

function toChatError(cause: unknown, { provider }: Candidate, call: ProviderCall): ChatError {
  if (cause instanceof ChatError) return cause
  // A fault of ours or of the provider's own code, such as a dialect that throws.
  call.log.write({
    level: 'error',
    event: 'provider-failed',
    provider: provider.name,
    replyId: call.context.replyId,
    detail: toDetail(cause),
  })
  return new ChatError('internal', undefined, { cause })
}

function mayAskAgain({ code, retryable, status }: ChatError): boolean {
  // One that kept silent for all of its time has had its chance; one that answers 504 was quicker.
  const wasSilent = status === undefined && (code === 'timeout' || code === 'stalled')
  return retryable && !wasSilent
}

/** Another provider would be asked the same: what one filtered or found wrong is not tried on the next. */
function mayAskAnother({ code }: ChatError): boolean {
  return code !== 'invalid_request' && code !== 'too_large' && code !== 'content_filter'
}

function sleep(waitMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      clearTimeout(timer)
      reject(signal.reason as Error)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', onAbort)
      resolve()
    }, waitMs)
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
  })
}
