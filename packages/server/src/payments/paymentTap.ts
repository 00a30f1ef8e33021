import {
  createSseReader,
  encodeSseEvent,
  type JsonObject,
  parseJson,
  readObject,
  type SseEvent,
} from '@parlance/core'
import { fromBase64Url, readCredential } from './readCredential.ts'
import type { SpendingCaps } from './spendingCaps.ts'
import { type PaidCall, paidAlready, toPrice } from './paidCall.ts'
import { readUnits } from './tokenUnits.ts'

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

export interface PaymentTapOptions {
  readonly fetch: typeof fetch
  readonly caps: SpendingCaps
  /** Deposit of a channel, in units. */
  readonly depositOf: (channelId: string) => bigint | undefined
  /** How many steps more than asked for are signed at once. */
  readonly headroomSteps: number
  /** The request that the channel serves now. */
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
  const { caps, record } = options

  async function book(init: RequestInit | undefined, call: PaidCall): Promise<boolean> {
    const credential = readCredential(new Headers(init?.headers).get('authorization'))
    if (!credential) return false
    if (hasContent(init) && call.paidCount > 0) {
      throw paidAlready()
    }
    await caps.book(credential)
    if (hasContent(init)) call.countPayment()
    const { action, channelId, cumulative } = credential
    record({ type: 'payment', action, channelId, cumulative: cumulative?.toString() })
    return true
  }

  return async (input, init) => {
    // Kept, because the channel may serve another request before a late answer to this one.
    const call = options.call()
    const isPaid = await book(init, call)
    const response = await options.fetch(input, { ...init, redirect: 'manual' })
    const header = response.headers.get('payment-receipt')
    const receipt = header === null ? undefined : readReceipt(header)
    if (receipt) {
      call.note(receipt)
      record({ type: 'receipt', source: 'header', receipt })
    }
    if (!isPaid || !response.ok || !response.body) return response
    if (!isEventStream(response)) {
      // A whole answer has no event after it: the receipt of its header is the last one.
      if (receipt && hasContent(init)) await call.settle(receipt)
      return response
    }
    const headers = new Headers(response.headers)
    headers.delete('content-length')
    return new Response(readEvents(response.body, call, options), {
      status: response.status,
      headers,
    })
  }
}

/** A voucher alone has none. */
function hasContent(init: RequestInit | undefined): boolean {
  return init?.body !== undefined && init.body !== null
}

/** Whether an answer is streamed. */
export function isEventStream({ headers }: Response): boolean {
  return /^text\/event-stream\b/i.test(headers.get('content-type') ?? '')
}

function readReceipt(header: string): JsonObject | undefined {
  try {
    return fromBase64Url(header)
  } catch {
    return undefined
  }
}

function readEvents(
  body: ReadableStream<Uint8Array>,
  call: PaidCall,
  { record, depositOf, headroomSteps }: PaymentTapOptions,
) {
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
    receipt = readObject(parseJson(data))
    if (receipt) record({ type: 'receipt', source: 'event', receipt })
  }

  /** The event with its channel's deposit, and with more asked for than the very next step. */
  function toWholeEvent(event: SseEvent): SseEvent {
    const told = readObject(parseJson(event.data)) ?? {}
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
    const paid = await call.settle(receipt)
    if (paid) {
      text += encodeSseEvent({ event: 'payment-receipt', data: JSON.stringify(paid.receipt) })
      // Read as the price of the answer, beside the usage that came before.
      if (paid.amount !== undefined) {
        const cost = toPrice(paid.amount)
        text += encodeSseEvent({ data: JSON.stringify({ choices: [], cost }) })
      }
    }
    if (done) text += encodeSseEvent(done)
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
