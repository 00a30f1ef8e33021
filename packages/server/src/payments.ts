export {
  createPayingFetch,
  type PayingFetch,
  type PayingFetchOptions,
  type PaymentLibrary,
} from './payments/createPayingFetch.ts'
export { createFilePaymentStore } from './payments/createFilePaymentStore.ts'
export type { Paid } from './payments/paidCall.ts'
export type { PaymentStore } from './payments/paymentStore.ts'
export type { PaymentRecord } from './payments/paymentTap.ts'
