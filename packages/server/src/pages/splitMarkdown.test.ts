import { describe, expect, it } from 'vitest'
import { splitMarkdown } from './splitMarkdown.ts'

const split = (text: string, title?: string) => splitMarkdown({ url: '/p', text, title })

describe('splitMarkdown', () => {
  it('splits at headings and links each to its anchor', () => {
    const sections = split(
      '# Page\n\nTop.\n\n## Set `it` up!\n\nA.\n\n### Deep\n\nB.\n\n## Set it up\n\nC.',
    )
    expect(sections.map(({ url, heading, trail }) => ({ url, heading, trail }))).toEqual([
      { url: '/p', heading: 'Page', trail: [] },
      { url: '/p#set-it-up', heading: 'Set it up!', trail: [] },
      { url: '/p#deep', heading: 'Deep', trail: ['Set it up!'] },
      { url: '/p#set-it-up-1', heading: 'Set it up', trail: [] },
    ])
    expect(sections.every(({ pageTitle }) => pageTitle === 'Page')).toBe(true)
  })

  it('takes no heading out of a code fence, also inside a list', () => {
    const sections = split(
      '# P\n\n```sh\n# not a heading\n```\n\n- item\n\n  ```sh\n  # neither\n  ```\n\n~~~\n```\n# nor this\n~~~',
    )
    expect(sections).toHaveLength(1)
    expect(sections[0]?.blocks.map(({ kind }) => kind)).toEqual(['code', 'list', 'code'])
    expect(sections[0]?.blocks[0]?.text).toBe('# not a heading')
  })

  it('reads underlined headings and headings with an anchor of their own', () => {
    const sections = split('Title\n=====\n\nA.\n\nPart\n----\n\nB.\n\n## Part {#mine}\n\nC.')
    expect(sections.map(({ url }) => url)).toEqual(['/p', '/p#part', '/p#mine'])
  })

  it('keeps lists, tables and quotes as blocks and drops comments, rules and pictures', () => {
    const [section] = split(
      '# P\n\n<!-- no\n# no -->\n\n- a\n  more\n- b\n\n---\n\n| x | y |\n|---|---|\n| 1 | 2 |\n\n> [!NOTE]\n> Quoted *words*.\n\n![alone](a.png)\n',
    )
    expect(section?.blocks).toEqual([
      { kind: 'list', markdown: '- a\n  more\n- b', text: 'a more b' },
      { kind: 'table', markdown: '| x | y |\n|---|---|\n| 1 | 2 |', text: 'x y 1 2' },
      { kind: 'prose', markdown: 'Quoted *words*.', text: 'Quoted words.' },
    ])
  })

  it('takes the title from the page, its front matter, its first heading or its address', () => {
    expect(split('# B\n\nx', 'A')[0]?.pageTitle).toBe('A')
    expect(split('---\ntitle: "C: d"\n---\n\n# B\n\nx')[0]?.pageTitle).toBe('C: d')
    expect(split('# B\n\nx')[0]?.pageTitle).toBe('B')
    expect(splitMarkdown({ url: '/docs/dark-mode/', text: 'x' })[0]?.pageTitle).toBe('Dark mode')
  })

  it('resolves links of text and leaves those in code', () => {
    const [section] = splitMarkdown(
      { url: '/p', text: 'See [it](./a.md).\n\n```\n[it](./a.md)\n```' },
      { resolveLink: () => '/a' },
    )
    expect(section?.blocks[0]?.markdown).toBe('See [it](/a).')
    expect(section?.blocks[1]?.markdown).toContain('./a.md')
  })

  it('reads hostile and broken pages without an exception', () => {
    const texts = [
      '',
      '\0',
      '```',
      '#',
      '# ',
      '- ',
      '|',
      '|-|',
      '---',
      '---\n',
      '\uFEFF# x',
      '<!--',
      '[a](',
      '> ',
      '1.',
      '\t',
    ]
    for (const a of texts)
      for (const b of texts) expect(() => split(`${a}\n${b}\n${a}`)).not.toThrow()
    expect(() => split('['.repeat(5_000))).not.toThrow()
    expect(() => split('> '.repeat(5_000))).not.toThrow()
    expect(() => split('`a '.repeat(5_000))).not.toThrow()
    expect(() => split('*a '.repeat(5_000))).not.toThrow()
  })
})
