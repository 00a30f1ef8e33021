import { describe, expect, it } from 'vitest'
import type { LedgerRow } from '../relay/createLedgerFeed.ts'
import { formatCost, formatDay, formatSeconds } from './formats.ts'
import { sumBy, sumLedger } from './sumLedger.ts'

const row = (fields: Partial<LedgerRow>): LedgerRow => ({
  replyId: 'reply-1',
  conversation: 1,
  model: 'docs',
  startedAtMs: 0,
  durationMs: 10,
  attempts: 1,
  outcome: 'complete',
  usage: {},
  usageSource: 'reported',
  ...fields,
})

describe('sumLedger', () => {
  it('adds tokens, costs by currency, and replies a visitor ended', () => {
    const usage = { inputTokens: 10, outputTokens: 5 }
    const cost = { micros: 1_500, currency: 'USD', source: 'reported' } as const
    const sum = sumLedger([
      row({ usage, cost }),
      row({ usage, cost, outcome: 'stopped' }),
      row({ cost: { ...cost, currency: 'EUR' }, outcome: 'disconnected' }),
      row({ outcome: 'failed' }),
    ])
    expect(sum).toEqual({
      replies: 4,
      inputTokens: 20,
      outputTokens: 10,
      cachedTokens: 0,
      reasoningTokens: 0,
      costs: [
        { micros: 3_000, currency: 'USD' },
        { micros: 1_500, currency: 'EUR' },
      ],
      stops: 2,
    })
  })
})

describe('sumBy', () => {
  it('sums each conversation and day, the newest first', () => {
    const usage = { inputTokens: 10, outputTokens: 5, cachedTokens: 4, reasoningTokens: 3 }
    const rows = [
      row({ usage, startedAtMs: Date.parse('2026-11-24T23:59:59Z') }),
      row({ usage, startedAtMs: Date.parse('2026-11-25T00:00:00Z'), conversation: 2 }),
      row({ usage, startedAtMs: Date.parse('2026-11-25T12:00:00Z') }),
    ]
    expect(sumBy(rows, ({ conversation }) => `No. ${conversation}`)).toMatchObject([
      { name: 'No. 2', replies: 1, inputTokens: 10 },
      { name: 'No. 1', replies: 2, inputTokens: 20, cachedTokens: 8, reasoningTokens: 6 },
    ])
    expect(sumBy(rows, ({ startedAtMs }) => formatDay(startedAtMs))).toMatchObject([
      { name: 'Nov 25, 2026', replies: 2 },
      { name: 'Nov 24, 2026', replies: 1 },
    ])
  })
})

describe('formats', () => {
  it('shows small amounts with the digits they need', () => {
    expect(formatCost({ micros: 1_240, currency: 'USD' })).toBe('$0.00124')
    expect(formatCost({ micros: 2_500_000, currency: 'USD' })).toBe('$2.50')
    expect(formatCost({ micros: 1_240, currency: 'USDC.e' })).toBe('0.00124 USDC.e')
  })

  it('shows short times in milliseconds and long ones in seconds', () => {
    expect(formatSeconds(66.4)).toBe('66 ms')
    expect(formatSeconds(1_260)).toBe('1.3 s')
  })
})
