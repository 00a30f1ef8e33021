import { ChatError } from '@parlance/core'
import type { PaymentStore } from './paymentStore.ts'
import type { Credential } from './readCredential.ts'

export interface SpendingCapsOptions {
  readonly store: PaymentStore
  /** Most that may be signed for in one day (UTC), in units. */
  readonly maxPerDay: bigint
  /** Receivers that may be paid, in lower case, and the most of each in one day. */
  readonly recipients: ReadonlyMap<string, bigint>
  readonly now: () => number
}

/** What was signed for on one day (UTC): by receiver, and of `all`. */
interface Day {
  readonly day: string
  readonly sums: Record<string, string>
}

const dayKey = 'day'

/** Counts what is signed for, before it is sent. */
export interface SpendingCaps {
  /** Books a payment, or throws `ChatError`: `budget_exceeded` past a cap, `payment_required` for a stranger. */
  book(credential: Credential): Promise<void>
}

/**
 * Counts by what is signed and not by what is taken: a receiver may take all of it at any time. One booking at a time, so
 * that payments in flight at once never pass a cap together.
 */
export function createSpendingCaps(options: SpendingCapsOptions): SpendingCaps {
  const { store, maxPerDay, recipients, now } = options
  let last: Promise<unknown> = Promise.resolve()

  async function readDay(): Promise<Day> {
    const day = new Date(now()).toISOString().slice(0, 10)
    const kept = JSON.parse((await store.get(dayKey)) ?? '{}') as Partial<Day>
    return kept.day === day && kept.sums ? { day, sums: kept.sums } : { day, sums: {} }
  }
  const read = async (key: string) => BigInt((await store.get(key)) ?? '0')

  async function bookNow({ channelId, cumulative, recipients: paid }: Credential): Promise<void> {
    const recipient = paid[0]
    if (!recipient || paid.some((one) => one !== recipient) || !recipients.has(recipient)) {
      throw new ChatError(
        'payment_required',
        'The provider asks to be paid to an account that is not in `recipients`. Nothing was paid.',
      )
    }
    if (cumulative === undefined || channelId === undefined) return
    const signedKey = `signed:${channelId}`
    const more = cumulative - (await read(signedKey))
    if (more <= 0n) return
    const today = await readDay()
    const sums = {
      all: more + BigInt(today.sums['all'] ?? '0'),
      one: more + BigInt(today.sums[recipient] ?? '0'),
    }
    if (sums.all > maxPerDay || sums.one > recipients.get(recipient)!) {
      throw new ChatError('budget_exceeded', 'The cap on payments of one day is reached.')
    }
    today.sums['all'] = String(sums.all)
    today.sums[recipient] = String(sums.one)
    // Before the channel's own sum: a crash between the two counts too much, never too little.
    await store.set(dayKey, JSON.stringify(today))
    await store.set(signedKey, String(cumulative))
  }

  return {
    book(credential) {
      const booking = last.then(() => bookNow(credential))
      last = booking.catch(() => {})
      return booking
    },
  }
}
