import { expect, it } from 'vitest'
import { readCredential } from './readCredential.ts'
import { createSpendingCaps } from './spendingCaps.ts'
import { toUnits } from './tokenUnits.ts'

const shop = '0xaa'
const start = (options: { maxPerDay?: bigint; perRecipient?: bigint } = {}) => {
  const values = new Map<string, string>()
  let nowMs = Date.parse('2026-11-21T10:00:00Z')
  const caps = createSpendingCaps({
    store: {
      get: async (key) => values.get(key),
      set: async (key, value) => void values.set(key, value),
      delete: (key) => void values.delete(key),
    },
    maxPerDay: options.maxPerDay ?? 100n,
    recipients: new Map([
      [shop, options.perRecipient ?? 1_000n],
      ['0xbb', 1_000n],
    ]),
    now: () => nowMs,
  })
  const book = (channelId: string, cumulative: bigint, recipients: readonly string[] = [shop]) =>
    caps.book({ action: 'voucher', channelId, cumulative, recipients })
  return { book, values, nextDay: () => (nowMs += 86_400_000) }
}

it('counts what is signed beyond what was signed before', async () => {
  const { book, values } = start()
  await book('c', 30n)
  await book('c', 50n)
  await book('c', 50n)
  await book('c', 40n)
  expect(JSON.parse(values.get('day')!)).toEqual({
    day: '2026-11-21',
    sums: { all: '50', [shop]: '50' },
  })
  await book('d', 50n)
  await expect(book('d', 51n)).rejects.toMatchObject({ code: 'budget_exceeded' })
  expect(values.get('signed:d')).toBe('50')
})

it('lets 50 payments at once never pass the cap by one unit', async () => {
  const { book, values } = start({ maxPerDay: 100n })
  const results = await Promise.allSettled(
    Array.from({ length: 50 }, (_, at) => book(`c${at}`, 3n)),
  )
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(33)
  expect(JSON.parse(values.get('day')!)).toMatchObject({ sums: { all: '99' } })
})

it('has a cap for each receiver, and a new day', async () => {
  const { book, nextDay } = start({ maxPerDay: 1_000n, perRecipient: 10n })
  await book('c', 10n)
  await expect(book('c', 11n)).rejects.toMatchObject({ code: 'budget_exceeded' })
  await book('d', 500n, ['0xbb'])
  nextDay()
  await book('c', 20n)
})

it('pays nobody who is not named, nor two at once', async () => {
  const { book } = start()
  for (const recipients of [[], ['0xcc'], [shop, '0xcc'], [shop, '0xbb'], ['constructor']]) {
    await expect(book('c', 1n, recipients)).rejects.toMatchObject({ code: 'payment_required' })
  }
  await book('c', 1n, [shop, shop])
})

it('reads a payment as it is sent, and refuses to send what it cannot read', () => {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const credential = {
    challenge: { id: 'ch_01', request: encode({ recipient: '0xAA', amount: '25' }) },
    payload: {
      action: 'open',
      channelId: '0xC1',
      cumulativeAmount: '25',
      descriptor: { payee: '0xaA' },
    },
  }
  expect(readCredential(`Payment ${encode(credential)}`)).toEqual({
    action: 'open',
    channelId: '0xc1',
    cumulative: 25n,
    recipients: ['0xaa', '0xaa'],
  })
  expect(readCredential(null)).toBeUndefined()
  expect(readCredential('Bearer abc')).toBeUndefined()
  expect(() => readCredential('Payment bm90IGpzb24')).toThrow(SyntaxError)
  expect(() => readCredential(`Payment ${encode([1])}`)).toThrow('no JSON object')
})

it('reads amounts of the token exactly', () => {
  expect(toUnits('a', '1')).toBe(1_000_000n)
  expect(toUnits('a', '0.000001')).toBe(1n)
  expect(toUnits('a', '12.34')).toBe(12_340_000n)
  for (const wrong of ['', '-1', '1e3', '0.0000001', '1,5', ' 1', '.5']) {
    expect(() => toUnits('maxDeposit', wrong)).toThrow('`maxDeposit` must be an amount')
  }
})
