import { createSseReader, openai } from '@parlance/core'
import { parseMarkdown, toPlainText } from '@parlance/markdown'
import { createFakeChat } from '@parlance/testing'
import { act, render } from '@testing-library/react'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { fixturesDir } from '../../../../scripts/fixtures.ts'
import { PartFrame } from '../fixtures/PartFrame.tsx'
import { createReplyReader } from './createReplyReader.ts'
import { maxPieceChars, pieceEveryMs } from './createSpeaker.ts'

const folder = fixturesDir()

/** The pieces of text of each recorded answer that our wire format reads, as they came. */
function readAnswers(): [file: string, deltas: readonly string[]][] {
  if (!folder) return []
  return readdirSync(join(folder, 'streams'))
    .filter((file) => file.endsWith('.sse'))
    .flatMap((file): [string, string[]][] => {
      const decoder = openai.createDecoder()
      const deltas: string[] = []
      const reader = createSseReader({
        onEvent: (sse) => {
          for (const event of decoder.push(sse))
            if (event.type === 'text-delta' && event.choice === 0) deltas.push(event.delta)
        },
      })
      reader.push(readFileSync(join(folder, 'streams', file)))
      reader.end()
      return deltas.length > 0 ? [[file, deltas]] : []
    })
}

const recorded = readAnswers()
const code = 'A block of code.'
const wordsOf = (text: string): readonly string[] => text.match(/[\p{L}\p{N}]+/gu) ?? []

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

describe.skipIf(!folder)('recorded answers, as the live region says them', () => {
  test('are at least fifty', () => {
    expect(recorded.length).toBeGreaterThanOrEqual(50)
  })

  test.for(recorded)(
    '%s: whole, in order, no piece twice, at most one a second',
    async ([, deltas]) => {
      const chat = createFakeChat()
      const { container, unmount } = render(<PartFrame chat={chat}>.</PartFrame>)
      const said: { readonly text: string; readonly atMs: number }[] = []
      const seen = new WeakSet<Node>()
      const watch = new MutationObserver((records) => {
        for (const { addedNodes } of records)
          for (const node of addedNodes) {
            // A line that is put in again, or changes after it came, would be read a second time.
            expect(seen.has(node)).toBe(false)
            seen.add(node)
            said.push({ text: node.textContent ?? '', atMs: Date.now() })
          }
        expect(records.filter(({ type }) => type === 'characterData')).toEqual([])
      })
      watch.observe(container.querySelector('[data-announcer="answer"]')!, {
        childList: true,
        characterData: true,
        subtree: true,
      })
      // What was recorded in thousands of pieces comes in some dozens: each is drawn, and that takes its time here. Time
      // passes in steps that a second is a multiple of, for a line is only seen once a step is over.
      const step = Math.ceil(deltas.length / 24)
      act(() => void chat.send('Hello'))
      for (let from = 0; from < deltas.length; from += step) {
        act(() => chat.write(deltas.slice(from, from + step).join('')))
        await act(() => vi.advanceTimersByTimeAsync(500))
      }
      act(() => chat.finish())
      const answer = deltas.join('')
      const whole = createReplyReader(code).read(answer, true)
      const longestMs = (whole.length / 20 + 10) * pieceEveryMs
      for (let ms = 0; ms < longestMs && said.map(({ text }) => text).join('') !== whole; ms += 500)
        await act(() => vi.advanceTimersByTimeAsync(500))
      // And nothing after it.
      for (let second = 0; second < 5; second++) await act(() => vi.advanceTimersByTimeAsync(1000))

      expect(said.map(({ text }) => text).join('')).toBe(whole)
      expect(said.filter(({ text }) => text.length > maxPieceChars)).toEqual([])
      const gaps = said.slice(1).map(({ atMs }, index) => atMs - said[index]!.atMs)
      expect(gaps.filter((gap) => gap < pieceEveryMs)).toEqual([])
      // Without blocks of code, which are named and not read, what is said has every word of the answer.
      if (!answer.includes('```')) {
        expect(wordsOf(whole)).toEqual(wordsOf(toPlainText(parseMarkdown(answer))))
      }
      watch.disconnect()
      unmount()
    },
  )
})
