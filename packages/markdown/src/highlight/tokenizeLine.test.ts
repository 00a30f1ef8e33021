import { expect, it } from 'vitest'
import { tokenizeLine } from './tokenizeLine.ts'

const kinds = (line: string, language: string, state = ''): string[] =>
  tokenizeLine(line, language, state).tokens.map(
    ({ kind, start, end }) => `${kind} ${line.slice(start, end)}`,
  )

it.each([
  [
    'ts',
    'const a = run("x\\"", 0x1f) // done',
    ['keyword const', 'name run', 'string "x\\""', 'number 0x1f', 'comment // done'],
  ],
  [
    'python',
    "def f(x): return 'a' # b",
    ['keyword def', 'name f', 'keyword return', "string 'a'", 'comment # b'],
  ],
  ['sql', "SELECT 1 -- 'x'", ['keyword SELECT', 'number 1', "comment -- 'x'"]],
  ['js', 'constructor(a) { return a }', ['name constructor', 'keyword return']],
  ['text', 'return it if "a" is 1 // see https://a.example', []],
  ['html', '<a href="x">', ['tag <a', 'name href', 'string "x"', 'tag >']],
])('colours a line of %s', (language, line, tokens) => {
  expect(kinds(line, language)).toEqual(tokens)
})

it('carries an open comment into the next line', () => {
  const first = tokenizeLine('a /* b', 'ts', '')
  expect(first.state).toBe('*/')
  expect(kinds('c */ let', 'ts', first.state)).toEqual(['comment c */', 'keyword let'])
})
