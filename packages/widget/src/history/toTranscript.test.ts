import { createConversation, type Message } from '@parlance/core'
import { expect, test } from 'vitest'
import { en } from '../strings/en.ts'
import { toNestedMarkdown } from './toNestedMarkdown.ts'
import { toTranscript } from './toTranscript.ts'

const message = (id: string, parentId: string | null, text: string): Message => ({
  id,
  parentId,
  role: parentId === null ? 'user' : 'assistant',
  status: 'complete',
  createdAtMs: Date.UTC(2026, 0, 2, 3, 4),
  parts: [{ type: 'text', text }],
})

test.each([
  ['# One\n\nWords.', '### One\n\nWords.'],
  ['##### Five #####', '###### Five #####'],
  ['Two\nlines\n---\n\nWords.', '#### Two lines\n\nWords.'],
  ['```js\nlet a', '```js\nlet a\n```'],
  ['```js', '```js\n```'],
  ['~~~~\n```\n', '~~~~\n```\n~~~~'],
  ['```js\nlet a\n```', '```js\nlet a\n```'],
  ['```\n# no heading\n```\n\n# One', '```\n# no heading\n```\n\n### One'],
  ['\n\n    # no heading\n', '    # no heading'],
  [
    '- a\n\n  - b\n\n[x]: /y "z"\n\n| a |\n| - |\n| 1 |',
    '- a\n\n  - b\n\n[x]: /y "z"\n\n| a |\n| - |\n| 1 |',
  ],
])('a message within a document: %j', (text, nested) => {
  expect(toNestedMarkdown(text)).toBe(nested)
})

test('no answer reaches into the turns after it', () => {
  const conversation = createConversation('c', [
    message('1', null, 'How?'),
    { ...message('2', '1', '# So\n\n```js\nlet a'), status: 'stopped' },
    message('3', '2', 'Thanks.'),
  ])
  const words = { title: 'Support', strings: en }
  const lines = toTranscript(conversation, 'markdown', words).split('\n')
  expect(lines.filter((line) => /^#{1,2} /.test(line))).toHaveLength(4)
  expect(lines.filter((line) => line.startsWith('```'))).toHaveLength(2)
  const json = JSON.parse(toTranscript(conversation, 'json', words)) as {
    messages: { text: string; status: string }[]
  }
  expect(json.messages[1]).toMatchObject({ text: '# So\n\n```js\nlet a', status: 'stopped' })
})
