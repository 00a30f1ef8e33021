import type { TurnMessage } from '@parlance/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { truncateTurn } from './truncateTurn.ts'

const user = (content: string): TurnMessage => ({ role: 'user', content })
const assistant = (content: string): TurnMessage => ({ role: 'assistant', content })
const system: TurnMessage = { role: 'system', content: 'Be brief.' }
const turn = (messages: readonly TurnMessage[]) => ({ messages, stream: true })

describe('truncateTurn', () => {
  it('keeps the system message and the last turns', () => {
    const { turn: kept, left } = truncateTurn(
      turn([system, user('a'), assistant('b'), user('c'), assistant('d'), user('e')]),
      { maxTurns: 2 },
    )
    expect(kept.messages).toEqual([system, user('c'), assistant('d'), user('e')])
    expect(left).toEqual([user('a'), assistant('b')])
  })

  it('keeps what fits the budget, and the newest turn always', () => {
    const messages = [
      user('a'.repeat(400)),
      assistant('b'),
      user('c'.repeat(400)),
      assistant('d'),
      user('e'.repeat(4_000)),
    ]
    expect(truncateTurn(turn(messages), { maxInputTokens: 100 }).turn.messages).toEqual([
      messages[4],
    ])
    expect(truncateTurn(turn(messages), { maxInputTokens: 1_150 }).turn.messages).toEqual(
      messages.slice(2),
    )
    expect(truncateTurn(turn(messages), { maxInputTokens: 2_000 }).left).toEqual([])
  })

  it('never parts a tool call from its result', () => {
    const call = {
      role: 'assistant',
      content: '',
      toolCalls: [{ callId: '1', name: 't', argumentsText: '{}' }],
    } as const
    const result = { role: 'tool', content: '{}', callId: '1' } as const
    const messages = [user('a'), call, result, assistant('b'), user('c')]
    for (let maxTurns = 1; maxTurns < 4; maxTurns++) {
      const kept = truncateTurn(turn(messages), { maxTurns }).turn.messages
      expect(kept.includes(call)).toBe(kept.includes(result))
      expect(kept[0]?.role).toBe('user')
    }
  })

  it('keeps order, loses nothing, and leaves a short turn as it is', () => {
    const message = fc.record({
      role: fc.constantFrom('user' as const, 'assistant' as const),
      content: fc.string(),
    })
    fc.assert(
      fc.property(
        fc.array(message, { minLength: 1 }),
        fc.integer({ min: 1, max: 9 }),
        fc.nat(200),
        (messages, maxTurns, maxInputTokens) => {
          const whole = turn(messages)
          const { turn: kept, left } = truncateTurn(whole, { maxTurns, maxInputTokens })
          expect([...left, ...kept.messages]).toEqual(messages)
          expect(kept.messages.at(-1)).toBe(messages.at(-1))
          if (left.length === 0) expect(kept).toBe(whole)
        },
      ),
    )
  })
})
