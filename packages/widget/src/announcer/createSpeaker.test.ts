import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createSpeaker, maxPieceChars, nextPiece, pieceEveryMs } from './createSpeaker.ts'

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

function pieces(text: string): string[] {
  const found: string[] = []
  for (let rest = text; rest !== ''; rest = rest.slice(found.at(-1)!.length))
    found.push(nextPiece(rest))
  return found
}

test('a piece ends where a sentence does', () => {
  const sentence = `${'word '.repeat(20).trim()}. `
  expect(pieces(sentence.repeat(3)).map((piece) => piece.length)).toEqual([
    sentence.length,
    sentence.length,
    sentence.length,
  ])
})

test('a long sentence is cut between words', () => {
  const all = pieces('word '.repeat(100))
  expect(all.every((piece) => piece.length <= maxPieceChars && piece.endsWith(' '))).toBe(true)
})

test('Chinese, which has no spaces, is cut at its full stops', () => {
  expect(nextPiece(`${'好'.repeat(150)}。${'好'.repeat(100)}`)).toHaveLength(151)
})

test('a character of two halves is never cut in two', () => {
  expect(nextPiece(`a${'😀'.repeat(200)}`)).toBe(`a${'😀'.repeat(99)}`)
})

test('joined, the pieces are the text', () => {
  const text = 'One. Two! Three?\nfour five six '.repeat(40) + 'x'.repeat(500)
  expect(pieces(text).join('')).toBe(text)
})

test('says the first piece at once and one a second after it', () => {
  const said: string[] = []
  const speaker = createSpeaker((piece) => said.push(piece))
  speaker.add('word '.repeat(100))
  expect(said).toHaveLength(1)
  vi.advanceTimersByTime(pieceEveryMs - 1)
  expect(said).toHaveLength(1)
  vi.advanceTimersByTime(1)
  expect(said).toHaveLength(2)
  speaker.add('More.')
  expect(said).toHaveLength(2)
  vi.runAllTimers()
  expect(said.join('')).toBe(`${'word '.repeat(100)}More.`)
})

test('calls back when all has been said, also when there was nothing to say', () => {
  const done = vi.fn<() => void>()
  const speaker = createSpeaker(() => {})
  speaker.whenDone(done)
  expect(done).toHaveBeenCalledTimes(1)
  speaker.add('Hello.')
  speaker.whenDone(done)
  expect(done).toHaveBeenCalledTimes(1)
  vi.runAllTimers()
  expect(done).toHaveBeenCalledTimes(2)
})

test('says nothing more once stopped, and leaves no timer', () => {
  const say = vi.fn<(piece: string) => void>()
  const speaker = createSpeaker(say)
  speaker.add('word '.repeat(100))
  speaker.stop()
  expect(vi.getTimerCount()).toBe(0)
  vi.runAllTimers()
  expect(say).toHaveBeenCalledTimes(1)
})
