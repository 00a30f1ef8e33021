export {
  createPayingFetch,
  type PayingFetchOptions,
  type PaymentLibrary,
} from './payments/createPayingFetch.ts'
export { createFilePaymentStore, type PaymentStore } from './payments/paymentStore.ts'
export type { PaymentRecord } from './payments/paymentTap.ts'
