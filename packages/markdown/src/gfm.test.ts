import { describe, expect, it } from 'vitest'
import { gfmExamples } from './fixtures/gfmExamples.ts'
import { toHtml } from './fixtures/toHtml.ts'
import { parseMarkdown } from './parseMarkdown.ts'

describe('GitHub Flavored Markdown', () => {
  it.each(gfmExamples)('%s', (_, markdown, html) => {
    expect(toHtml(parseMarkdown(markdown))).toBe(html)
  })

  it('knows a footnote whose definition comes later, and leaves one without definition as text', () => {
    const html = toHtml(parseMarkdown('a[^1] b[^2]\n\n[^1]: note\n    more\n\n    and more\n'))
    expect(html).toBe(
      '<p>a<sup>1</sup> b[^2]</p>\n<aside id="1">\n<p>note\nmore</p>\n<p>and more</p>\n</aside>\n',
    )
  })

  it('ends an address at full-width punctuation', () => {
    expect(toHtml(parseMarkdown('见https://a.example/b。好'))).toBe(
      '<p>见<a href="https://a.example/b">https://a.example/b</a>。好</p>\n',
    )
  })
})
