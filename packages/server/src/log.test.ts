import { expect, test, vi } from 'vitest'
import { createLog } from './log.ts'
import type { LogEvent } from './relayOptions.ts'

function redact(detail: string, { secrets = [] as string[], texts = [] as string[] } = {}) {
  const events: LogEvent[] = []
  createLog((event) => events.push(event), secrets).write(
    { level: 'warn', event: 'provider-refused', detail },
    texts,
  )
  return events[0]?.detail ?? ''
}

test('tells the console what went wrong, where the owner gave no log', () => {
  const warn = vi.spyOn(console, 'warn').mockReturnValue()
  const info = vi.spyOn(console, 'info').mockReturnValue()
  const log = createLog(undefined, ['my-own-words'])
  log.write({ level: 'info', event: 'reply-complete' })
  log.write({ level: 'warn', event: 'reply-failed', detail: 'bad key: my-own-words\n' })
  expect(info).not.toHaveBeenCalled()
  expect(warn.mock.calls).toEqual([
    ['Parlance: {"event":"reply-failed","detail":"bad key: [secret] "}'],
  ])
})

test('cuts known secrets out, also without their scheme', () => {
  const secrets = ['Bearer my-own-words-for-a-key']
  expect(redact('bad: my-own-words-for-a-key.', { secrets })).toBe('bad: [secret].')
})

test('cuts a known secret that the end of the detail cuts in two', () => {
  expect(redact('bad key: my-own-wor', { secrets: ['my-own-words'] })).toBe('bad key: [secret]')
})

test.each([
  'sk-proj-abc123def456',
  'Bearer abcdef.ghijkl',
  'sk-...test',
  'AKIAIOSFODNN7EXAMPLE',
  'eyJhbGciOi.eyJzdWIiOi.sig',
  '0f3c9a8b7d6e5f4a3b2c1d0e9f8a7b6c',
  'abcd****wxyz',
])('cuts out what looks like a secret: %s', (word) => {
  expect(redact(`Refused ${word} today`)).not.toContain(word)
})

test('cuts out what a secret’s name stands before', () => {
  expect(redact('api_key: hunter2hunter2, try again')).toBe('api_key: [secret], try again')
})

test('leaves the words that tell what happened', () => {
  const detail = '{"error":{"message":"Rate limit reached for gpt-4o in organization","code":"x"}}'
  expect(redact(detail)).toBe(detail)
})

test('cuts out what the visitor wrote, whole, in part and inside JSON', () => {
  const texts = ['My card ends in 4711,\nplease "cancel" it.']
  expect(redact(`Cannot parse: ${texts[0]}`, { texts })).toBe('Cannot parse: [text]')
  expect(redact('near "please \\"cancel\\" it." at', { texts })).toBe('near "[text]" at')
  expect(redact('… ends in 4711,\nplease … bad', { texts })).toBe('…[text]… bad')
})

test('holds 500 characters at most and no control characters', () => {
  const detail = redact(`a\u0000b\r\nc\u001b[31m${'word '.repeat(300)}`)
  expect(detail).toHaveLength(500)
  expect(detail.startsWith('a b c [31m')).toBe(true)
})

test('does not let a logger that throws end a reply', () => {
  const log = createLog(() => {
    throw new Error('disk full')
  }, [])
  expect(() => log.write({ level: 'info', event: 'reply-complete' })).not.toThrow()
})
