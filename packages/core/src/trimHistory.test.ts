import { expect, test } from 'vitest'
import type { TurnMessage } from './dialects/dialect.ts'
import { trimHistory } from './trimHistory.ts'

const exchange = (text: string): TurnMessage[] => [
  { role: 'user', content: `question ${text}` },
  { role: 'assistant', content: `answer ${text}` },
]

test('keeps a conversation that fits', () => {
  const messages = [...exchange('1'), ...exchange('2')]
  expect(trimHistory(messages, 10_000)).toEqual(messages)
})

test('leaves out the oldest turns and begins with a question', () => {
  const messages = [...exchange('1'), ...exchange('2'), { role: 'user', content: 'last' } as const]
  expect(trimHistory(messages, 90)).toEqual([...exchange('2'), messages.at(-1)])
})

test('never begins with the result of a tool', () => {
  const messages: TurnMessage[] = [
    { role: 'user', content: 'x'.repeat(500) },
    { role: 'assistant', content: '', toolCalls: [] },
    { role: 'tool', content: '1', callId: 'a' },
    { role: 'user', content: 'last' },
  ]
  expect(trimHistory(messages, 250)).toEqual([messages[3]])
})

test('sends the newest question whole, however large', () => {
  const images = [{ url: `data:image/png;base64,${'A'.repeat(1000)}` }]
  const question: TurnMessage = { role: 'user', content: 'What is this?', images }
  expect(trimHistory([...exchange('1'), question], 20)).toEqual([question])
})

test('drops the pictures of an older question before its words', () => {
  const images = [{ url: `data:image/png;base64,${'A'.repeat(1000)}` }]
  const messages: TurnMessage[] = [
    { role: 'user', content: 'What is this?', images },
    { role: 'assistant', content: 'A cat.' },
    { role: 'user', content: 'Which breed?' },
  ]
  expect(trimHistory(messages, 300)[0]).toEqual({ role: 'user', content: 'What is this?' })
})

test('counts bytes, not characters', () => {
  const messages = [...exchange('日'.repeat(100)), { role: 'user', content: 'last' } as const]
  expect(trimHistory(messages, 400)).toHaveLength(1)
})
