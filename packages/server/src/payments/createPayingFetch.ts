import { ChatError, encodeSseEvent, readObject, toErrorBody } from '@parlance/core'
import { toBase64Url } from '../randomId.ts'
import { readText } from '../readText.ts'
import { createPaidCall, type Paid, type PaidCall, paidAlready, toPrice } from './paidCall.ts'
import type { PaymentStore } from './paymentStore.ts'
import { createPaymentTap, isEventStream, type PaymentRecord } from './paymentTap.ts'
import { createSpendingCaps, type SpendingCaps } from './spendingCaps.ts'
import { readUnits, toUnits } from './tokenUnits.ts'

/** What is used of `mppx/client`. Pass the module: `import * as mppx from 'mppx/client'`. */
export interface PaymentLibrary {
  readonly Fetch: { from(config: never): typeof fetch | ((...input: never[]) => Promise<Response>) }
  readonly tempo: { session(parameters: never): unknown }
  createJsonChannelStore(kv: PaymentStore): unknown
}

export interface PayingFetchOptions {
  readonly mppx: PaymentLibrary
  /** Account of viem that signs and pays. */
  readonly account: unknown
  /** Client of viem for the chain. Default: the library's own for Tempo. */
  readonly getClient?: ((parameters: { chainId?: number | undefined }) => unknown) | undefined
  /** Keeps the channels; losing it strands what is deposited in them. */
  readonly store: PaymentStore
  /** Most that one channel may ever hold, in the token, such as `'1'`. */
  readonly maxDeposit: string
  /** Most that may be signed for in one day (UTC), in the token. */
  readonly maxPerDay: string
  /** Receivers that may be paid, and the most of each in one day, in the token. Nobody else is. */
  readonly recipients: Readonly<Record<string, string>>
  /** Hosts that may be paid, such as `api.platform.example`. */
  readonly hosts: readonly string[]
  /** Chains that may be paid on. Default 4217: Tempo. */
  readonly allowedChainIds?: readonly number[] | undefined
  /** Most channels, and so most answers paid for at once. Default 20. */
  readonly maxChannels?: number | undefined
  /** How many steps more than asked for are signed at once: fewer requests, more authorised at a time. Default 16. */
  readonly headroomSteps?: number | undefined
  /** Called with each payment, request for one and receipt. */
  readonly onPayment?: ((record: PaymentRecord) => void) | undefined
  readonly fetch?: typeof fetch | undefined
  readonly now?: (() => number) | undefined
}

/** A `fetch` that pays, and knows what it paid. */
export interface PayingFetch {
  (input: RequestInfo | URL, init?: RequestInit): Promise<Response>
  /**
   * What the request of an `Idempotency-Key` took, also where its answer was cut off: then by the newest receipt there
   * is. Undefined when nothing was receipted. Ask when the answer has ended.
   */
  paidFor(idempotencyKey: string): Promise<Paid | undefined>
}

/** A channel, and the request it serves now: one stream at a time is all a channel can meter. */
interface Slot {
  readonly fetch: typeof fetch
  isFree: boolean
  call: PaidCall
}

/** A slot in use by one request. Both ways to end it may be called again, and then do nothing. */
interface Lease {
  readonly slot: Slot
  /** After an answer that came to its end. */
  release(): void
  /** After one that was cut off: the platform may not have noticed yet, and a channel meters one stream at a time. */
  abandon(): void
}

const restMs = 1_000

/** Of the newest requests it is known what was paid for them. */
const maxCalls = 10_000

/** A longer answer is no answer; the relay refuses it too. */
const maxAnswerBytes = 8_388_608

/**
 * A `fetch` that pays machine payments (MPP) per request: it answers a 402 challenge, opens channels, sends vouchers
 * while an answer streams, and leaves receipts in it. Each request in flight has a channel of its own, used again
 * afterwards. Never pays twice for one request, nor for another one with its `Idempotency-Key`, nor past a cap: then the
 * answer ends in `budget_exceeded`. Throws a `TypeError` for options that cannot work.
 */
export function createPayingFetch(options: PayingFetchOptions): PayingFetch {
  const { store, maxChannels = 20, now = Date.now } = options
  const hosts = new Set(options.hosts)
  if (hosts.size === 0 || Object.keys(options.recipients).length === 0) {
    throw new TypeError('createPayingFetch: name the `hosts` and `recipients` that may be paid.')
  }
  // Checked here, so that a slip of the pen is found at the start and not at the first payment.
  toUnits('maxDeposit', options.maxDeposit)
  const caps = createSpendingCaps({
    store,
    maxPerDay: toUnits('maxPerDay', options.maxPerDay),
    recipients: new Map(
      Object.entries(options.recipients).map(([address, most]) => [
        address.toLowerCase(),
        toUnits(`recipients.${address}`, most),
      ]),
    ),
    now,
  })
  const record = options.onPayment ?? (() => {})
  const slots: Slot[] = []
  const calls = new Map<string, PaidCall>()

  function holdSlot(call: PaidCall): Lease {
    const free = slots.find(({ isFree }) => isFree)
    if (!free && slots.length >= maxChannels) {
      throw new ChatError('overloaded', undefined, { retryable: true })
    }
    const slot = free ?? createSlot(slots.length, call, options, caps)
    if (!free) slots.push(slot)
    slot.isFree = false
    slot.call = call
    let isHeld = true
    const release = () => {
      if (isHeld) slot.isFree = true
      isHeld = false
    }
    const abandon = () => {
      if (call.paidCount > 0) setTimeout(release, restMs)
      else release()
    }
    return { slot, release, abandon }
  }

  /** A new call of its key. Throws when the one before was paid for: trying again would pay for the same answer again. */
  function open(key: string | null): PaidCall {
    if (key !== null && (calls.get(key)?.paidCount ?? 0) > 0) throw paidAlready()
    const call = createPaidCall({ keepSpent, record })
    if (key === null) return call
    calls.delete(key)
    calls.set(key, call)
    if (calls.size > maxCalls) calls.delete(calls.keys().next().value!)
    return call
  }

  async function keepSpent(channelId: string, spent: bigint): Promise<bigint> {
    const key = `spent:${channelId.toLowerCase()}`
    const before = BigInt((await store.get(key)) ?? '0')
    await store.set(key, String(spent))
    return before
  }

  async function pay(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    checkAddress(input, hosts)
    const call = open(new Headers(init?.headers).get('idempotency-key'))
    const lease = holdSlot(call)
    init?.signal?.addEventListener('abort', lease.abandon, { once: true })
    try {
      return await toAnswer(await lease.slot.fetch(input, init), call, lease)
    } catch (cause) {
      lease.abandon()
      if (init?.signal?.aborted) throw init.signal.reason
      throw toPaymentError(cause, call)
    }
  }

  return Object.assign(pay, {
    paidFor: async (idempotencyKey: string) => calls.get(idempotencyKey)?.settle(),
  })
}

function createSlot(
  number: number,
  call: PaidCall,
  options: PayingFetchOptions,
  caps: SpendingCaps,
): Slot {
  const { mppx, account, getClient, store, allowedChainIds = [4217] } = options
  /** Deposits by channel, as the library last wrote them. */
  const deposits = new Map<string, bigint>()
  const note = (value: string | undefined) => {
    const { channelId, deposit } = JSON.parse(value ?? '{}') as Record<string, unknown>
    const units = readUnits(deposit)
    if (typeof channelId === 'string' && units !== undefined) {
      deposits.set(channelId.toLowerCase(), units)
    }
    return value
  }
  const prefix = `slot:${number}:`
  const channelStore = mppx.createJsonChannelStore({
    get: async (key) => note(await store.get(prefix + key)),
    set: (key, value) => store.set(prefix + key, note(value)!),
    delete: (key) => store.delete(prefix + key),
  })
  const slot: Slot = {
    isFree: false,
    call,
    fetch: mppx.Fetch.from({
      methods: [
        mppx.tempo.session({
          account,
          getClient,
          channelStore,
          allowedChainIds,
          maxDeposit: options.maxDeposit,
        } as never),
      ],
      // One challenge, one payment.
      maxPaymentRetries: 1,
      fetch: createPaymentTap({
        fetch: options.fetch ?? ((input, init) => fetch(input, init)),
        caps,
        depositOf: (channelId) => deposits.get(channelId.toLowerCase()),
        headroomSteps: options.headroomSteps ?? 16,
        call: () => slot.call,
        record: options.onPayment ?? (() => {}),
      }),
    } as never) as typeof fetch,
  }
  return slot
}

function checkAddress(input: RequestInfo | URL, hosts: ReadonlySet<string>): void {
  const url = new URL(input instanceof Request ? input.url : input)
  const isLocal = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname)
  if (hosts.has(url.host) && (url.protocol === 'https:' || isLocal)) return
  throw new ChatError('internal', 'This address is not one that may be paid over.')
}

/** The answer whose end gives the channel back, with a failure in mid-stream told as an event. */
async function toAnswer(response: Response, call: PaidCall, lease: Lease): Promise<Response> {
  const headers = new Headers(response.headers)
  const { status, body } = response
  const isStream = isEventStream(response)
  // What failed after it was paid for is not asked, and paid, again.
  if (!response.ok && call.paidCount > 0) headers.set('x-should-retry', 'false')
  // A stream has its receipt at its end.
  if (isStream) headers.delete('payment-receipt')
  if (response.ok && body && !isStream && call.paidCount > 0) {
    const paid = await call.settle()
    const text = await withPrice(response, paid)
    lease.release()
    headers.delete('content-length')
    if (paid) {
      const bytes = new TextEncoder().encode(JSON.stringify(paid.receipt))
      headers.set('payment-receipt', toBase64Url(bytes))
    }
    return new Response(text, { status, headers })
  }
  if (!body) lease.release()
  return new Response(body && withRelease(body, lease, isStream), { status, headers })
}

/** A whole answer with its price beside its usage, where a stream has it in its last chunk. */
async function withPrice(response: Response, paid: Paid | undefined): Promise<string> {
  const text = await readText(response, maxAnswerBytes)
  if (paid?.amount === undefined) return text
  try {
    const answer = readObject(JSON.parse(text))
    return answer ? JSON.stringify({ cost: toPrice(paid.amount), ...answer }) : text
  } catch {
    // What is no JSON is told as no answer by whoever reads it.
    return text
  }
}

function withRelease(body: ReadableStream<Uint8Array>, lease: Lease, isStream: boolean) {
  const reader = body.getReader()
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read()
        if (!done) return controller.enqueue(value)
        lease.release()
      } catch (cause) {
        lease.abandon()
        if (!isStream) throw cause
        const data = JSON.stringify(toErrorBody(toStreamError(cause)))
        controller.enqueue(new TextEncoder().encode(encodeSseEvent({ data })))
      }
      controller.close()
    },
    cancel(reason) {
      lease.abandon()
      return reader.cancel(reason)
    },
  })
}

function toStreamError(cause: unknown): ChatError {
  if (cause instanceof ChatError) return cause
  const isCap = cause instanceof Error && cause.message.includes('maxDeposit')
  return new ChatError(isCap ? 'budget_exceeded' : 'payment_required', undefined, { cause })
}

function toPaymentError(cause: unknown, { paidCount }: PaidCall): unknown {
  if (cause instanceof ChatError) return cause
  if (cause instanceof Error && cause.message.includes('maxDeposit')) {
    return new ChatError('budget_exceeded', 'The cap of one payment channel is reached.', { cause })
  }
  // Not paid yet, a failed connection may be tried again.
  if (paidCount === 0 && cause instanceof TypeError) return cause
  return new ChatError('payment_required', 'The payment for this answer failed.', { cause })
}
