/**
 * Where channels and the day's spending are kept: texts by key. Losing it strands what is deposited in open channels. One
 * process at a time may use it: what was written must be there for the next read, and the caps are counted by one.
 */
export interface PaymentStore {
  get(key: string): Promise<string | undefined> | string | undefined
  set(key: string, value: string): Promise<void> | void
  delete(key: string): Promise<void> | void
}
