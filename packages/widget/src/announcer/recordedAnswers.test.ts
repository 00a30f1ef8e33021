import { createSseReader, openai } from '@parlance/core'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { fixturesDir } from '../../../../scripts/fixtures.ts'
import { createReplyReader } from './createReplyReader.ts'
import { maxPieceChars, nextPiece } from './createSpeaker.ts'

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

describe.skipIf(!folder)('recorded answers', () => {
  test('are at least fifty', () => {
    expect(recorded.length).toBeGreaterThanOrEqual(50)
  })

  test.for(recorded)('%s: what is said while it grows is the answer, once', ([, deltas]) => {
    const reader = createReplyReader('(code)')
    let text = ''
    let said = ''
    for (const delta of deltas) {
      text += delta
      said += reader.read(text, false)
    }
    said += reader.read(text, true)
    expect(said).toBe(createReplyReader('(code)').read(text, true))

    const pieces: string[] = []
    for (let rest = said; rest !== ''; rest = rest.slice(pieces.at(-1)!.length))
      pieces.push(nextPiece(rest))
    expect(pieces.join('')).toBe(said)
    expect(pieces.filter((piece) => piece.length > maxPieceChars)).toEqual([])
  })
})
