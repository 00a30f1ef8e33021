import { describe, expect, it } from 'vitest'
import { createMarkdownParser, type MarkdownOptions } from './createMarkdownParser.ts'
import { commonMarkExamples } from './fixtures/commonMarkExamples.ts'
import { gfmExamples } from './fixtures/gfmExamples.ts'
import { recordedAnswers } from './fixtures/recordedAnswers.ts'
import { samples } from './fixtures/samples.ts'
import { texSyntax } from './math/texSyntax.ts'
import type { MarkdownDocument } from './nodes.ts'
import { parseMarkdown } from './parseMarkdown.ts'

const stream = (
  pieces: readonly string[],
  look: boolean,
  options?: MarkdownOptions,
): MarkdownDocument => {
  const parser = createMarkdownParser(options)
  for (const piece of pieces) {
    parser.append(piece)
    if (look) void parser.document
  }
  parser.end()
  return parser.document
}

const tokens = (text: string): string[] => text.match(/\s*[^\s]{1,4}|\s+/g) ?? []

/** Numbers below one that are the same in every run. */
const createRandom = (seed: number) => () => {
  seed = (seed * 1664525 + 1013904223) % 4294967296
  return seed / 4294967296
}

const cuts = (text: string, random: () => number): string[] => {
  const pieces: string[] = []
  for (let from = 0; from < text.length;) {
    const to = from + 1 + Math.floor(random() * random() * 40)
    pieces.push(text.slice(from, to))
    from = to
  }
  return pieces
}

const expectSame = (text: string, options?: MarkdownOptions) => {
  const whole = parseMarkdown(text, options)
  const random = createRandom(text.length)
  const characters = Array.from({ length: text.length }, (_, index) => text.charAt(index))
  for (const pieces of [characters, tokens(text), cuts(text, random), cuts(text, random)]) {
    expect(stream(pieces, true, options)).toEqual(whole)
  }
  expect(stream(characters, false, options)).toEqual(whole)
}

describe('a text that comes in pieces ends in the tree of the whole', () => {
  it.each(commonMarkExamples)('CommonMark example $number', ({ markdown }) => {
    expectSame(markdown)
    expectSame(markdown, { gfm: false })
  })

  it.each(gfmExamples)('GFM: %s', (_, markdown) => expectSame(markdown))

  it.each(Object.entries(samples))('%s', (_, text) => {
    expectSame(text)
    expectSame(text, { math: texSyntax })
    expectSame(`> ${text.replaceAll('\n', '\n> ')}`)
    expectSame(`1. ${text.replaceAll('\n', '\n   ')}`)
  })

  it('all samples in one text', () => expectSame(Object.values(samples).join('\n\n')))

  const answers = recordedAnswers()
  it.skipIf(!answers)('every recorded answer', () => {
    for (const answer of answers ?? []) expectSame(answer)
    expect(answers?.length).toBeGreaterThan(100)
  })
})
