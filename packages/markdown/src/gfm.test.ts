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

  it.each([
    [
      '[Source: https://a.example/x]',
      '[Source: <a href="https://a.example/x">https://a.example/x</a>]',
    ],
    ['[1: www.a.example b', '[1: <a href="http://www.a.example">www.a.example</a> b'],
    ['[at https://a.example](/b)', '<a href="/b">at https://a.example</a>'],
    ['[[https://a.example] b](/b)', '<a href="/b">[https://a.example] b</a>'],
    ['![at https://a.example](/b)', '<img src="/b" alt="at https://a.example" />'],
    [
      '<a href="https://a.example/x">b</a>',
      '&lt;a href=&quot;<a href="https://a.example/x">https://a.example/x</a>&quot;&gt;b&lt;/a&gt;',
    ],
  ])('reads the address in %s', (text, html) => {
    expect(toHtml(parseMarkdown(text))).toBe(`<p>${html}</p>\n`)
  })

  it('makes no table below a pipe alone', () => {
    expect(toHtml(parseMarkdown('|\n|-|'))).toBe('<p>|\n|-|</p>\n')
  })

  it('ends an address at full-width punctuation', () => {
    expect(toHtml(parseMarkdown('见https://a.example/b。好'))).toBe(
      '<p>见<a href="https://a.example/b">https://a.example/b</a>。好</p>\n',
    )
  })
})
