import { expect, it } from 'vitest'
import { checkTurn, openaiRanges } from './checkTurn.ts'

const turn = { messages: [{ role: 'user', content: 'Hi' }], stream: true } as const
const check =
  (more: object, ranges = openaiRanges) =>
  () =>
    checkTurn('p', { ...turn, ...more }, ranges)

it('takes what lies in the ranges, their ends included', () => {
  expect(
    check({
      temperature: 2,
      topP: 0,
      presencePenalty: -2,
      frequencyPenalty: 2,
      stop: ['a', 'b', 'c', 'd'],
      choices: 3,
      maxTokens: 1,
    }),
  ).not.toThrow()
})

it.each([
  [{ temperature: 2.1 }, '`temperature` must lie between 0 and 2'],
  [{ temperature: Number.NaN }, '`temperature`'],
  [{ topP: -0.1 }, '`topP` must lie between 0 and 1'],
  [{ presencePenalty: 3 }, '`presencePenalty`'],
  [{ frequencyPenalty: -3 }, '`frequencyPenalty`'],
  [{ maxTokens: 0 }, '`maxTokens`'],
  [{ maxTokens: 1.5 }, '`maxTokens`'],
  [{ stop: ['a', 'b', 'c', 'd', 'e'] }, '`stop` may hold 4'],
])('names the field of %o', (more, words) => {
  expect(check(more)).toThrow(
    expect.objectContaining({
      code: 'invalid_request',
      status: 400,
      message: expect.stringContaining(words),
    }),
  )
})

it('refuses parameters a provider does not have', () => {
  const none = { stops: 0, choices: false, tools: false }
  for (const more of [
    { temperature: 1 },
    { topP: 1 },
    { stop: 'a' },
    { choices: 2 },
    { tools: [{ name: 't', parameters: {} }] },
  ]) {
    expect(check(more, none)).toThrow(/is no parameter there|must be 1/)
  }
  expect(check({ maxTokens: 5, choices: 1, tools: [] }, none)).not.toThrow()
})
