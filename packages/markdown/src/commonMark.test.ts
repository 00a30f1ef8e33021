import { describe, expect, it } from 'vitest'
import './htmlEntities.ts'
import { commonMarkExamples } from './fixtures/commonMarkExamples.ts'
import { toHtml } from './fixtures/toHtml.ts'
import { parseMarkdown } from './parseMarkdown.ts'

const plain = commonMarkExamples.filter(({ raw }) => !raw)

describe('CommonMark 0.31.2', () => {
  it('has the 652 examples, at least 576 of them without raw HTML', () => {
    expect(commonMarkExamples).toHaveLength(652)
    expect(plain.length).toBeGreaterThanOrEqual(576)
  })

  it.each(plain)('reads example $number as the specification does', ({ markdown, html }) => {
    expect(toHtml(parseMarkdown(markdown, { gfm: false }))).toBe(html)
  })
})
