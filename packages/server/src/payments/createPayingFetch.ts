import { ChatError, encodeSseEvent, toErrorBody } from '@parlance/core'
import { createPaymentTap, type PaidCall, type PaymentRecord } from './paymentTap.ts'
import type { PaymentStore } from './paymentStore.ts'
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

/** A channel, and the request it serves now: one stream at a time is all a channel can meter. */
interface Slot {
  readonly fetch: typeof fetch
  isFree: boolean
  call: PaidCall
}

/**
 * A `fetch` that pays machine payments (MPP) per request: it answers a 402 challenge, opens channels, sends vouchers
 * while an answer streams, and leaves receipts in it. Each request in flight has a channel of its own, used again
 * afterwards. Never pays twice for one request, nor past a cap: then the answer ends in `budget_exceeded`. Throws a
 * `TypeError` for options that cannot work.
 */
export function createPayingFetch(options: PayingFetchOptions): typeof fetch {
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
  const slots: Slot[] = []

  function lease(): Slot {
    const free = slots.find(({ isFree }) => isFree)
    if (!free && slots.length >= maxChannels) {
      throw new ChatError('overloaded', undefined, { retryable: true })
    }
    const slot = free ?? createSlot(slots.length, options, caps)
    if (!free) slots.push(slot)
    slot.isFree = false
    slot.call = { paidCount: 0, lastReceipt: undefined }
    return slot
  }

  return async (input, init) => {
    checkAddress(input, hosts)
    const slot = lease()
    const release = () => (slot.isFree = true)
    try {
      const response = await slot.fetch(input, init)
      return toAnswer(response, slot, release)
    } catch (cause) {
      release()
      if (init?.signal?.aborted) throw init.signal.reason
      throw toPaymentError(cause, slot)
    }
  }
}

function createSlot(number: number, options: PayingFetchOptions, caps: SpendingCaps): Slot {
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
    call: { paidCount: 0, lastReceipt: undefined },
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
        async keepSpent(channelId, spent) {
          const key = `spent:${channelId.toLowerCase()}`
          const before = BigInt((await store.get(key)) ?? '0')
          await store.set(key, String(spent))
          return before
        },
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
function toAnswer(response: Response, slot: Slot, release: () => void): Response {
  const headers = new Headers(response.headers)
  const isStream = /^text\/event-stream\b/i.test(headers.get('content-type') ?? '')
  // What failed after it was paid for is not asked, and paid, again.
  if (!response.ok && slot.call.paidCount > 0) headers.set('x-should-retry', 'false')
  // A stream has its receipt at its end.
  if (isStream) headers.delete('payment-receipt')
  if (!response.body) release()
  const body = response.body && withRelease(response.body, release, isStream)
  return new Response(body, { status: response.status, headers })
}

function withRelease(body: ReadableStream<Uint8Array>, release: () => void, isStream: boolean) {
  const reader = body.getReader()
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read()
        if (!done) return controller.enqueue(value)
      } catch (cause) {
        if (!isStream) {
          release()
          throw cause
        }
        const error = toStreamError(cause)
        const data = JSON.stringify(toErrorBody(error))
        controller.enqueue(new TextEncoder().encode(encodeSseEvent({ data })))
      }
      release()
      controller.close()
    },
    cancel(reason) {
      release()
      return reader.cancel(reason)
    },
  })
}

function toStreamError(cause: unknown): ChatError {
  if (cause instanceof ChatError) return cause
  const isCap = cause instanceof Error && cause.message.includes('maxDeposit')
  return new ChatError(isCap ? 'budget_exceeded' : 'payment_required', undefined, { cause })
}

function toPaymentError(cause: unknown, { call }: Slot): unknown {
  if (cause instanceof ChatError) return cause
  if (cause instanceof Error && cause.message.includes('maxDeposit')) {
    return new ChatError('budget_exceeded', 'The cap of one payment channel is reached.', { cause })
  }
  // Not paid yet, a failed connection may be tried again.
  if (call.paidCount === 0 && cause instanceof TypeError) return cause
  return new ChatError('payment_required', 'The payment for this answer failed.', { cause })
}
