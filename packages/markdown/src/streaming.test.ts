import { describe, expect, it } from 'vitest'
import { createMarkdownParser, type MarkdownOptions } from './createMarkdownParser.ts'
import { commonMarkExamples } from './fixtures/commonMarkExamples.ts'
import { gfmExamples } from './fixtures/gfmExamples.ts'
import { recordedAnswers } from './fixtures/recordedAnswers.ts'
import { samples } from './fixtures/samples.ts'
import { texSyntax } from './math/texSyntax.ts'
import type { MarkdownDocument } from './nodes.ts'
import { parseMarkdown } from './parseMarkdown.ts'
import { toPlainText } from './toPlainText.ts'

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

describe('what was shown once stays', () => {
  const answers = {
    steps:
      '**Set up** (see [the docs](https://a.example/x_(y) "T")):\n\n1. **Install** it:\n\n   ```bash\n   npm i `x`\n   ```\n\n2. Use `<App>`, `a[0]` & `b`:\n   - **one** – *two*\n     - ***three*** of ~~four~~\n\n> 💡 **Tip:** `--force`!\n> - a\n\n---\n\nIt is 5*3=15 or 2**8.\n',
    table:
      'Plans:\n| Plan | **Price** |\n|:--|--:|\n| A | `$5` |\n| [B](https://b.example) | ~~$10~~ $8 |\n\n### Next\n* **C**: www.c.example, me@c.example.\n* &lt;d&gt; \\*e\\* 1\\. f  \ng\n',
    chinese:
      '# 说明\n\n**「重要」**これは**強調（きょうちょう）**です。\n- **步骤一：**访问 https://a.example/路径。然后*继续*\n- 한국어**텍스트(text)**는 `x`。\n',
    formulas:
      'The area $A = \\pi r_1^2$ costs $5 or US$6.\nWith:\n$$\nx_i * y\n$$\n\nso \\(a_1 * b\\) and\n\n\\[\n\\frac{a}{b}\n\\]\n\n**end**\n',
  }
  it.each(Object.entries(answers))('in an answer with %s', (_, text) => {
    const options = { math: texSyntax }
    const words = (document: MarkdownDocument) => toPlainText(document).replaceAll(/\s/g, '')
    const end = words(parseMarkdown(text, options))
    const parser = createMarkdownParser(options)
    let shown = ''
    for (const character of text) {
      parser.append(character)
      const now = words(parser.document)
      expect(end.slice(0, now.length)).toBe(now)
      expect(now.length).toBeGreaterThanOrEqual(shown.length)
      shown = now
    }
  })
})
