import { parseMarkdown, toPlainText } from '@parlance/markdown'
import { answers } from '@parlance/testing'
import { describe, expect, test } from 'vitest'
import { createReplyReader } from './createReplyReader.ts'

/** Reads a text that grows by a few characters at a time. */
function readGrowing(text: string, step: number): string[] {
  const reader = createReplyReader('(code)')
  const read: string[] = []
  for (let end = step; end < text.length; end += step)
    read.push(reader.read(text.slice(0, end), false))
  read.push(reader.read(text, true))
  return read.filter((words) => words !== '')
}

test('gives a paragraph once it is finished, and once only', () => {
  const reader = createReplyReader('(code)')
  expect(reader.read('Hello the', false)).toBe('')
  expect(reader.read('Hello there.\n\nMore', false)).toBe('Hello there.\n')
  expect(reader.read('Hello there.\n\nMore to', false)).toBe('')
  expect(reader.read('Hello there.\n\nMore to say', true)).toBe('More to say\n')
  expect(reader.read('Hello there.\n\nMore to say', true)).toBe('')
})

test('says the numbers of a list with its items', () => {
  const list = '3. Three\n\n   More of it.\n4. Four\n   - in it\n'
  expect(createReplyReader('(code)').read(list, true)).toBe(
    '3. Three\nMore of it.\n4. Four\nin it\n',
  )
})

test('speaks words without their form, and code not at all', () => {
  const reader = createReplyReader('(code)')
  expect(reader.read('A **bold** [link](https://a.example).\n\n```js\nlet a\n```\n', true)).toBe(
    'A bold link.\n(code)\n',
  )
})

describe.each(Object.entries(answers))('the answer %s', (_, answer) => {
  const text = answer.text ?? ''

  test.each([1, 7, 50])('is read whole and no piece twice, %i characters at a time', (step) => {
    expect(readGrowing(text, step).join('')).toBe(createReplyReader('(code)').read(text, true))
  })

  test('is read in all its words', () => {
    const words = (all: string) => all.match(/[\p{L}\p{N}]+/gu) ?? []
    const withoutCode = text.replaceAll(/```[^]*?```/g, '')
    const read = createReplyReader('').read(withoutCode, true)
    expect(words(read)).toEqual(words(toPlainText(parseMarkdown(withoutCode))))
  })
})
