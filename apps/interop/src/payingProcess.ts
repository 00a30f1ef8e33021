import process from 'node:process'
import * as mppx from 'mppx/client'
import { createClient, http } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { tempo } from 'viem/chains'
import {
  createFilePaymentStore,
  createPayingFetch,
  type PaymentRecord,
} from '../../../packages/server/src/payments.ts'

/** What the test tells this process. */
export interface PayingProcess {
  readonly key: `0x${string}`
  readonly host: string
  readonly payee: string
  readonly path: string
  readonly maxPerDay: string
}

/** What it prints when its answer has ended. */
export interface PaidAnswer {
  readonly text: string
  readonly records: readonly PaymentRecord[]
}

// Pays for one streamed answer, says what it did and stays until it is killed.
const told = JSON.parse(process.argv.at(-1) ?? '{}') as PayingProcess
const account = privateKeyToAccount(told.key)
const records: PaymentRecord[] = []
const pay = createPayingFetch({
  mppx,
  account,
  getClient: () =>
    createClient({
      account,
      chain: tempo,
      transport: http(`http://${told.host}/rpc`),
      pollingInterval: 5,
    }),
  store: createFilePaymentStore(told.path),
  maxDeposit: '0.01',
  maxPerDay: told.maxPerDay,
  recipients: { [told.payee]: '1' },
  hosts: [told.host],
  onPayment: (record) => records.push(record),
})
const response = await pay(`http://${told.host}/v1/chat/completions`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: '{"stream":true}',
})
console.log(JSON.stringify({ text: await response.text(), records } satisfies PaidAnswer))
setInterval(() => {}, 1_000)
