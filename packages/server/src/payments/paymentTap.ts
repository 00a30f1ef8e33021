import {
  ChatError,
  createSseReader,
  encodeSseEvent,
  type JsonObject,
  readObject,
  type SseEvent,
} from '@parlance/core'
import { fromBase64Url, readCredential } from './readCredential.ts'
import type { SpendingCaps } from './spendingCaps.ts'
import { readUnits, tokenDecimals } from './tokenUnits.ts'

/** Something that happened about money, for the owner's books. Amounts are in the token's smallest units. */
export type PaymentRecord =
  | {
      /** A payment was signed and sent. */
      readonly type: 'payment'
      readonly action: string
      readonly channelId: string | undefined
      readonly cumulative: string | undefined
    }
  | {
      /** The provider asked for a higher voucher in mid-answer. */
      readonly type: 'need-voucher'
      readonly channelId: string
      readonly requiredCumulative: string
    }
  | {
      readonly type: 'receipt'
      /** `reconciled`: the provider sent none at the end, so it is the last one of a voucher. */
      readonly source: 'event' | 'header' | 'reconciled'
      readonly receipt: JsonObject
    }

/** One request of the relay and all that is paid for it. */
export interface PaidCall {
  /** Requests with content that carried a payment. More than one would pay for the same answer again. */
  paidCount: number
  /** The newest receipt of a voucher. */
  lastReceipt: JsonObject | undefined
}

export interface PaymentTapOptions {
  readonly fetch: typeof fetch
  readonly caps: SpendingCaps
  /** Deposit of a channel, in units. */
  readonly depositOf: (channelId: string) => bigint | undefined
  /** How many steps more than asked for are signed at once. */
  readonly headroomSteps: number
  /** What of a channel was spent before, by its receipts, and its new sum. */
  readonly keepSpent: (channelId: string, spent: bigint) => Promise<bigint>
  readonly call: () => PaidCall
  readonly record: (record: PaymentRecord) => void
}

/** A provider that keeps its connection after `[DONE]` has had its time to send a receipt. */
const receiptWaitMs = 2_000

/**
 * Stands between the payment library and the network. It counts payments before they are sent; it gives an event that
 * asks for a voucher the `deposit` without which the library would not see it; and it makes every receipt the small one
 * that passes the library and reaches the reader.
 */
export function createPaymentTap(options: PaymentTapOptions): typeof fetch {
  const { caps, call, record } = options

  async function book(init: RequestInit | undefined): Promise<boolean> {
    const credential = readCredential(new Headers(init?.headers).get('authorization'))
    if (!credential) return false
    const hasContent = init?.body !== undefined && init.body !== null
    if (hasContent && call().paidCount > 0) {
      throw new ChatError(
        'payment_required',
        'A second payment for one answer was asked for, and refused.',
      )
    }
    await caps.book(credential)
    if (hasContent) call().paidCount += 1
    const { action, channelId, cumulative } = credential
    record({ type: 'payment', action, channelId, cumulative: cumulative?.toString() })
    return true
  }

  return async (input, init) => {
    const isPaid = await book(init)
    const response = await options.fetch(input, { ...init, redirect: 'manual' })
    const header = response.headers.get('payment-receipt')
    const receipt = header === null ? undefined : readReceipt(header)
    if (receipt) {
      call().lastReceipt = receipt
      record({ type: 'receipt', source: 'header', receipt })
    }
    const isStream = /^text\/event-stream\b/i.test(response.headers.get('content-type') ?? '')
    if (!isPaid || !response.ok || !isStream || !response.body) return response
    const headers = new Headers(response.headers)
    headers.delete('content-length')
    return new Response(readEvents(response.body, options), { status: response.status, headers })
  }
}

function readReceipt(header: string): JsonObject | undefined {
  try {
    return fromBase64Url(header)
  } catch {
    return undefined
  }
}

function readEvents(body: ReadableStream<Uint8Array>, options: PaymentTapOptions) {
  const { call, record, depositOf, headroomSteps } = options
  const reader = body.getReader()
  const encoder = new TextEncoder()
  let text = ''
  let done: SseEvent | undefined
  let receipt: JsonObject | undefined

  const sse = createSseReader({
    onComment: () => (text += ':\n\n'),
    onEvent(event) {
      if (event.event === 'payment-receipt') return readReceiptEvent(event)
      if (event.event === 'payment-need-voucher') event = toWholeEvent(event)
      // It is held until the receipt has come: a reader ends at it.
      if (event.data.trim() === '[DONE]') done = event
      else text += encodeSseEvent(event)
    },
  })

  function readReceiptEvent({ data }: SseEvent) {
    receipt = readObject(parse(data))
    if (receipt) record({ type: 'receipt', source: 'event', receipt })
  }

  /** The event with its channel's deposit, and with more asked for than the very next step. */
  function toWholeEvent(event: SseEvent): SseEvent {
    const told = readObject(parse(event.data)) ?? {}
    const { channelId } = told
    const required = readUnits(told.requiredCumulative)
    const accepted = readUnits(told.acceptedCumulative)
    const deposit = typeof channelId === 'string' ? depositOf(channelId) : undefined
    if (deposit === undefined || required === undefined || accepted === undefined) return event
    record({
      type: 'need-voucher',
      channelId: String(channelId),
      requiredCumulative: String(required),
    })
    const more = required + (required - accepted) * BigInt(headroomSteps)
    // No top-up for the sake of headroom.
    const wanted = more <= deposit ? more : required > deposit ? required : deposit
    const whole = { ...told, requiredCumulative: String(wanted), deposit: String(deposit) }
    return { ...event, data: JSON.stringify(whole) }
  }

  async function end(): Promise<void> {
    sse.end()
    const { lastReceipt } = call()
    if (!receipt && lastReceipt) {
      record({ type: 'receipt', source: 'reconciled', receipt: lastReceipt })
    }
    const last = receipt ?? lastReceipt
    if (last) {
      // The small one of the document does not say what was spent; a voucher's does.
      const amount = (await amountOf(last)) ?? (lastReceipt && (await amountOf(lastReceipt)))
      const data = JSON.stringify(toSmall(last, amount))
      text += encodeSseEvent({ event: 'payment-receipt', data })
      // Read as the price of the answer, beside the usage that came before.
      if (amount !== undefined) {
        const cost = Number(amount) / 10 ** tokenDecimals
        text += encodeSseEvent({ data: JSON.stringify({ choices: [], cost }) })
      }
    }
    if (done) text += encodeSseEvent(done)
  }

  /** What this answer took of its channel. */
  async function amountOf({ channelId, spent }: JsonObject): Promise<bigint | undefined> {
    const units = readUnits(spent)
    if (typeof channelId !== 'string' || units === undefined) return undefined
    return units - (await options.keepSpent(channelId, units))
  }

  async function readNext(): Promise<Uint8Array | undefined> {
    const read = reader.read()
    if (!done) return (await read).value
    let timer: ReturnType<typeof setTimeout> | undefined
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), receiptWaitMs)
    })
    const value = await Promise.race([read.then((result) => result.value), late])
    clearTimeout(timer)
    return value
  }

  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        while (text === '') {
          const bytes = await readNext()
          if (bytes) {
            sse.push(bytes)
            continue
          }
          await end()
          if (text) controller.enqueue(encoder.encode(text))
          void reader.cancel().catch(() => {})
          return controller.close()
        }
        controller.enqueue(encoder.encode(text))
        text = ''
      },
      cancel: (reason) => reader.cancel(reason),
    },
    // Read no sooner than the library does: before that it has not yet kept the channel that was opened.
    { highWaterMark: 0 },
  )
}

/** What a reader is told of a receipt. Without the fields a session's has, the payment library lets it pass. */
function toSmall(receipt: JsonObject, amount: bigint | undefined): JsonObject {
  const { challengeId, method, reference, status } = receipt
  return { challengeId, method, reference, status, amount: amount?.toString() }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
