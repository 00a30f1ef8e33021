import { ChatError, type JsonObject, readText } from '@parlance/core'
import type { PaymentRecord } from './paymentTap.ts'
import { readUnits, tokenDecimals } from './tokenUnits.ts'

/** What one answer took, by its receipt. */
export interface Paid {
  /** The small receipt of the document, with the `amount` this answer took. Nothing in it can be paid with. */
  readonly receipt: JsonObject
  /** In the token's smallest units; undefined when no receipt told what was spent. */
  readonly amount: bigint | undefined
}

/** One request of the relay and all that is paid for it. */
export interface PaidCall {
  /** Requests with content that carried a payment. More than one would pay for the same answer again. */
  readonly paidCount: number
  countPayment(): void
  /** Keeps a receipt that came on the way, of the opening or of a voucher. */
  note(receipt: JsonObject): void
  /**
   * Ends the call by the receipt of its end, or by the newest that came on the way when there was none. The first call
   * decides; later ones give the same. Undefined when nothing was receipted.
   */
  settle(last?: JsonObject): Promise<Paid | undefined>
}

export interface PaidCallOptions {
  /** What of a channel was spent before, by its receipts; replaced by the new sum. */
  readonly keepSpent: (channelId: string, spent: bigint) => Promise<bigint>
  readonly record: (record: PaymentRecord) => void
}

export function createPaidCall({ keepSpent, record }: PaidCallOptions): PaidCall {
  let paidCount = 0
  let noted: JsonObject | undefined
  let settled: Promise<Paid | undefined> | undefined

  /**
   * What an answer took of its channel: all that was spent since the last answer was settled. So what one that was cut
   * off took after its last receipt counts with the next one of the channel, and the sum of all is right.
   */
  async function amountOf(receipt: JsonObject | undefined): Promise<bigint | undefined> {
    const units = readUnits(receipt?.spent)
    const channelId = readText(receipt?.channelId)
    if (channelId === undefined || units === undefined) return undefined
    return units - (await keepSpent(channelId, units))
  }

  async function settle(last: JsonObject | undefined): Promise<Paid | undefined> {
    const receipt = last ?? noted
    if (!receipt) return undefined
    if (!last) record({ type: 'receipt', source: 'reconciled', receipt })
    // The small one of the document does not say what was spent; a voucher's does.
    const amount = (await amountOf(last)) ?? (await amountOf(noted))
    return { receipt: toSmall(receipt, amount), amount }
  }

  return {
    get paidCount() {
      return paidCount
    },
    countPayment: () => (paidCount += 1),
    note: (receipt) => (noted = receipt),
    settle: (last) => (settled ??= settle(last)),
  }
}

/** Why an answer that was paid for is not paid for again. */
export function paidAlready(): ChatError {
  const sentence = 'A second payment for one answer was asked for, and refused.'
  return new ChatError('payment_required', sentence)
}

/** An amount as a price, in whole units of the stablecoin. */
export function toPrice(amount: bigint): number {
  return Number(amount) / 10 ** tokenDecimals
}

/** What a reader is told of a receipt. Without the fields a session's has, the payment library lets it pass. */
function toSmall(receipt: JsonObject, amount: bigint | undefined): JsonObject {
  const { challengeId, method, reference, status } = receipt
  return { challengeId, method, reference, status, amount: amount?.toString() }
}
