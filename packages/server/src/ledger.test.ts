import { expect, it } from 'vitest'
import { createLedger, createMemoryLedger, type LedgerEntry } from './ledger.ts'

const entry = (more: Partial<LedgerEntry>): LedgerEntry => ({
  replyId: 'reply_1',
  visitorId: 'visitor_1',
  conversationId: 'conversation_1',
  model: 'fast',
  startedAtMs: Date.parse('2026-11-24T23:59:59Z'),
  durationMs: 10,
  attempts: 1,
  outcome: 'complete',
  usage: { inputTokens: 10, outputTokens: 5, cachedTokens: 4, reasoningTokens: 2 },
  usageSource: 'reported',
  cost: { micros: 100, currency: 'USD', source: 'reported' },
  ...more,
})

it('adds up what each conversation, day and visitor took', async () => {
  const store = createMemoryLedger()
  const today = Date.parse('2026-11-25T00:00:00Z')
  await store.add(entry({}))
  await store.add(entry({ startedAtMs: today, cost: undefined, outcome: 'stopped' }))
  await store.add(
    entry({
      startedAtMs: today,
      conversationId: 'conversation_2',
      usage: { outputTokens: 1 },
      cost: { micros: 7, currency: 'EUR', source: 'estimated' },
    }),
  )
  const ledger = createLedger(store)
  const whole = {
    requests: 2,
    inputTokens: 20,
    outputTokens: 10,
    cachedTokens: 8,
    reasoningTokens: 4,
    costMicros: { USD: 100 },
  }
  const small = { requests: 1, inputTokens: 0, outputTokens: 1, costMicros: { EUR: 7 } }
  expect(await ledger.totals('conversation')).toMatchObject([
    { key: 'conversation_1', ...whole, outcomes: { complete: 1, stopped: 1 } },
    { key: 'conversation_2', ...small },
  ])
  expect(await ledger.totals('day')).toMatchObject([
    { key: '2026-11-24', requests: 1, inputTokens: 10, costMicros: { USD: 100 } },
    { key: '2026-11-25', requests: 2, outputTokens: 6, costMicros: { EUR: 7 } },
  ])
  expect(await ledger.totals('visitor', { sinceMs: today })).toMatchObject([
    { key: 'visitor_1', requests: 2, costMicros: { EUR: 7 } },
  ])
  expect(await ledger.summary({ conversationId: 'conversation_1' })).toMatchObject(whole)
})
