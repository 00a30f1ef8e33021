import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { createMarkdownParser } from './createMarkdownParser.ts'
import { finishedBlocks } from './finishedBlocks.ts'
import { pathological } from './fixtures/pathological.ts'
import { compareSeed } from './fixtures/compareParsers.ts'
import { texSyntax } from './math/texSyntax.ts'
import { parseMarkdown } from './parseMarkdown.ts'
import { partsOf } from './parts.ts'
import { toMarkdown } from './toMarkdown.ts'
import { toPlainText } from './toPlainText.ts'
import { countWork } from './fixtures/countWork.ts'
import { toHtml } from './fixtures/toHtml.ts'

const shownAfter = (...pieces: string[]): string[] => {
  const parser = createMarkdownParser()
  return pieces.map((piece) => {
    parser.append(piece)
    return toPlainText(parser.document)
  })
}

describe('a growing document', () => {
  it('keeps finished blocks the same objects', () => {
    const parser = createMarkdownParser()
    parser.append('# One\n\n- a\n- b\n\ntext')
    const before = parser.document
    parser.append(' more\n\n> quote')
    const after = parser.document
    expect(after).not.toBe(before)
    expect(after.children[0]).toBe(before.children[0])
    expect(after.children[1]).toBe(before.children[1])
    expect(before.children.map(({ finished }) => finished)).toEqual([true, true, false])
    expect(toPlainText(before)).toBe('One\n\n- a\n- b\n\ntext')
  })

  it('puts the children of a long document together only when they are read', () => {
    const parser = createMarkdownParser()
    parser.append('block\n\n'.repeat(20))
    const { document } = parser
    const isMade = () => Object.getOwnPropertyDescriptor(document, 'children')?.get === undefined
    partsOf(document)
    finishedBlocks(document, 3)
    expect(isMade()).toBe(false)
    expect(document.children).toHaveLength(20)
    expect(isMade()).toBe(true)
    expect(document.children).toBe(document.children)
  })

  it('keeps the finished items of an open list the same objects', () => {
    const parser = createMarkdownParser()
    parser.append('- a\n- b\n- c')
    const [before] = parser.document.children
    parser.append(' d')
    const [after] = parser.document.children
    if (before?.type !== 'list' || after?.type !== 'list') throw new Error('no list')
    expect(after.children[0]).toBe(before.children[0])
    expect(after.children[1]).toBe(before.children[1])
    expect(after.children[2]).not.toBe(before.children[2])
  })

  it('replaces only what waited for a late definition', () => {
    const parser = createMarkdownParser()
    parser.append('plain\n\n[a]\n\n- [b]\n- [a]\n\n')
    const before = parser.document
    parser.append('[a]: /a\n\n')
    const after = parser.document
    expect(after.children[0]).toBe(before.children[0])
    expect(after.children[1]).not.toBe(before.children[1])
    const list = (document: typeof after) =>
      document.children[2] as Extract<(typeof after.children)[number], { type: 'list' }>
    expect(list(after).children[0]).toBe(list(before).children[0])
    expect(list(after).children[1]).not.toBe(list(before).children[1])
  })

  it('gives blocks keys that stay and offsets into the source', () => {
    const parser = createMarkdownParser()
    parser.append('one\n\n```ts\ncode\n```\n\nlast')
    const { children } = parser.document
    parser.end()
    expect(parser.document.children.map(({ key }) => key)).toEqual(children.map(({ key }) => key))
    expect(parser.document.children.map((block) => toMarkdown(parser.document, block))).toEqual([
      'one',
      '```ts\ncode\n```',
      'last',
    ])
  })

  it('tells finished blocks once, in reading order', () => {
    const parser = createMarkdownParser()
    const told: string[] = []
    let last = 0
    for (const piece of [
      '# Title\nfirst ',
      'paragraph\n\n- item',
      ' one\n- item two\n  - deep\n\n',
      '| a |\n|---|\n| 1 |\n\n> quo',
      'te\n\nend',
    ]) {
      parser.append(piece)
      for (const block of finishedBlocks(parser.document, last)) {
        told.push(toPlainText(block))
        last = block.key
      }
    }
    parser.end()
    told.push(...finishedBlocks(parser.document, last).map(toPlainText))
    expect(told).toEqual([
      'Title',
      'first paragraph',
      'item one',
      'item two',
      'deep',
      'a\n1',
      'quote',
      'end',
    ])
  })
})

describe('what is unfinished', () => {
  it('shows an open bold as bold from its first word on', () => {
    expect(shownAfter('a *', '*', 'bo', 'ld', '*', '*', ' b')).toEqual([
      'a ',
      'a ',
      'a bo',
      'a bold',
      'a bold',
      'a bold',
      'a bold b',
    ])
  })

  it('shows the text of half a link, and no bare address until it ends', () => {
    expect(shownAfter('see [the', ' docs', ']', '(https://a.ex', 'ample', ')', ' now')).toEqual([
      'see the',
      'see the docs',
      'see the docs',
      'see the docs',
      'see the docs',
      'see the docs',
      'see the docs now',
    ])
    const parser = createMarkdownParser()
    parser.append('at https://a.example/b')
    expect(JSON.stringify(parser.document.children)).not.toContain('link')
    parser.append(' ')
    expect(JSON.stringify(parser.document.children)).toContain('"url":"https://a.example/b"')
  })

  it('shows an open fence as code and never its marks', () => {
    expect(shownAfter('``', '`t', 's\n', 'let a', '\n``', '`\n', 'b')).toEqual([
      '',
      '',
      '',
      'let a',
      'let a',
      'let a',
      'let a\n\nb',
    ])
  })

  it('lets a line of markers and half a table row wait', () => {
    expect(shownAfter('a\n\n-', ' ', 'b\n', '1', '0', '.', ' c')).toEqual([
      'a',
      'a',
      'a\n\n- b',
      'a\n\n- b',
      'a\n\n- b',
      'a\n\n- b',
      'a\n\n- b\n\n10. c',
    ])
    expect(shownAfter('| a | b |\n', '|--', '-|---|\n', '| 1 ', '| tw', 'o |')).toEqual([
      '',
      '',
      'a, b',
      'a, b',
      'a, b\n1',
      'a, b\n1, two',
    ])
  })

  it('hides a definition while it is typed', () => {
    expect(shownAfter('[a] b\n\n', '[a', ']: htt', 'ps://x.example "ti')).toEqual([
      '[a] b',
      '[a] b',
      '[a] b',
      '[a] b',
    ])
  })

  it('shows no mark before a held one', () => {
    expect(shownAfter('a `', '<', 'b', '>` **', '&', 'lt;', ' *', '!', '[x')).toEqual([
      'a ',
      'a ',
      'a ',
      'a <b> ',
      'a <b> ',
      'a <b> <',
      'a <b> < ',
      'a <b> < ',
      'a <b> < x',
    ])
  })

  it('leaves a product and a power what they are', () => {
    expect(shownAfter('a 5*', '3 and 2**', '8 **b', 'old')).toEqual([
      'a 5',
      'a 5*3 and 2',
      'a 5*3 and 2**8 b',
      'a 5*3 and 2**8 bold',
    ])
  })

  it('nests what begins with three stars as it will be nested', () => {
    const parser = createMarkdownParser()
    const shapes = ['***bold', ' italic', '***', ' end'].map((piece) => {
      parser.append(piece)
      return JSON.stringify(parser.document.children)
        .match(/emphasis|strong/g)
        ?.join('>')
    })
    expect(new Set(shapes)).toEqual(new Set(['emphasis>strong']))
  })

  it('lets a table wait that stands right below words', () => {
    expect(shownAfter('Plans:\n', '| a', ' | b |\n', '|--', '-|---|\n', '| 1 |')).toEqual([
      'Plans:',
      'Plans:',
      'Plans:',
      'Plans:',
      'Plans:\n\na, b',
      'Plans:\n\na, b\n1',
    ])
    expect(shownAfter('`a`|', 'b', '\n|c', '\nd')).toEqual(['a|', 'a|b', 'a|b', 'a|b\n|c\nd'])
  })

  it('lets half a formula wait, but no price', () => {
    const parser = createMarkdownParser({ math: texSyntax })
    const pieces = [
      'so $',
      'a_1 *',
      ' b$',
      ', \\',
      '(x',
      '\\)',
      ' $',
      '5 or US$',
      '6:\n$$\n',
      'c$',
      '$',
    ]
    const shown = pieces.map((piece) => {
      parser.append(piece)
      return toPlainText(parser.document)
    })
    expect(shown).toEqual([
      'so ',
      'so ',
      'so ',
      'so a_1 * b, ',
      'so a_1 * b, ',
      'so a_1 * b, x',
      'so a_1 * b, x ',
      'so a_1 * b, x $5 or US',
      'so a_1 * b, x $5 or US$6:\n',
      'so a_1 * b, x $5 or US$6:\n',
      'so a_1 * b, x $5 or US$6:\n',
    ])
    parser.append(' it costs `$1` and `$2`')
    expect(toPlainText(parser.document)).toBe('so a_1 * b, x $5 or US$6:\nc it costs $1 and $2')
  })

  it('holds half an entity, an escape and half an emoji back', () => {
    expect(shownAfter('a &am', 'p; b\\', '* \ud83d', '\ude00')).toEqual([
      'a ',
      'a & b',
      'a & b* ',
      'a & b* 😀',
    ])
  })

  it('shows everything at the end', () => {
    const text = 'a **b [c](d `e'
    expect(toPlainText(parseMarkdown(text))).toBe(text)
  })
})

describe('emphasis without spaces between words', () => {
  it.each([
    ['**「重要」**これは', '<strong>「重要」</strong>これは'],
    [
      '这是**“引号”**测试，**注意：**请看',
      '这是<strong>“引号”</strong>测试，<strong>注意：</strong>请看',
    ],
    ['**步骤一：**React', '<strong>步骤一：</strong>React'],
    ['**텍스트(text)**는', '<strong>텍스트(text)</strong>는'],
    ['变量_名称_和（_x_）', '变量_名称_和（<em>x</em>）'],
    ['Latin**(x)**letters', 'Latin**(x)**letters'],
  ])('reads %s', (text, html) => {
    expect(toHtml(parseMarkdown(text))).toBe(`<p>${html}</p>\n`)
  })

  it('leaves the stars where CommonMark alone is read', () => {
    const alone = parseMarkdown('**「重要」**これは', { gfm: false })
    expect(toPlainText(alone)).toBe('**「重要」**これは')
  })
})

describe('a long leaf in pieces', () => {
  const words = 'many *words* of `one` line '.repeat(20)
  const longTitle = `[x]\n\n[a\\]b]: /u "${words}"\n\n[a\\]b]`
  it.each([`# ${words}`, `[a\\]b] ${words}`, longTitle, `${words}\n===`, `${words}\n| a |\n|---|`])(
    'of %s is what it is as a whole',
    (text) => {
      const parser = createMarkdownParser()
      for (const character of text) {
        parser.append(character)
        void parser.document.children
      }
      parser.end()
      expect(parser.document).toEqual(parseMarkdown(text))
    },
  )
})

describe('limits', () => {
  it('keeps no earlier state of a text alive whose new part is cut from the whole', () => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const used = () => {
      collect()
      return process.memoryUsage().heapUsed
    }
    const piece = 'Words of an answer, *twenty-four* to a line, and then more.\n\n'
    const parser = createMarkdownParser()
    const before = used()
    let text = ''
    for (let count = 0; count < 1000; count++) {
      const length = text.length
      text += piece
      parser.append(text.slice(length))
    }
    // One thousand states of 31 kB on average would be 31 MB.
    expect((used() - before) / piece.length / 1000).toBeLessThan(100)
    expect(parser.document.children).toHaveLength(1000)
  })

  it('keeps what comes after the size cap as plain text, wherever the pieces are cut', () => {
    const text = `${'**b** '.repeat(10)}\n\n# not a heading\n`
    const options = { maxLength: 40 }
    const whole = parseMarkdown(text, options)
    expect(whole.children.map(({ type }) => type)).toEqual(['paragraph', 'plainText'])
    expect(whole.children.map((block) => toMarkdown(whole, block)).join('')).toBe(text)
    const parser = createMarkdownParser(options)
    for (const character of text) {
      parser.append(character)
      void parser.document.children
    }
    parser.end()
    expect(parser.document).toEqual(whole)
  })

  it.each([
    [0, 'a'],
    [1, '\u{1f600}'],
  ])('keeps a text whole that has no room among %i characters', (maxLength, text) => {
    const { children } = parseMarkdown(text, { maxLength })
    expect(children.map(({ type }) => type)).toEqual(['plainText'])
    expect(children.map((block) => toPlainText(block))).toEqual([text])
  })

  it('cuts no character in two at the size cap', () => {
    const document = parseMarkdown('ab\u{1f600}c', { maxLength: 3 })
    expect(document.children.map((block) => toPlainText(block))).toEqual(['ab', '\u{1f600}c'])
  })

  it('treats containers and emphasis nested too deeply as text', () => {
    const depth = (node: object): number =>
      'children' in node ? 1 + Math.max(0, ...(node.children as object[]).map(depth)) : 0
    expect(depth(parseMarkdown('> '.repeat(5000) + 'a'))).toBeLessThan(60)
    expect(depth(parseMarkdown('*a '.repeat(5000) + '*'.repeat(5000)))).toBeLessThan(60)
    expect(depth(parseMarkdown('['.repeat(5000) + 'a' + '](b)'.repeat(5000)))).toBeLessThan(60)
  })

  it('takes no more text after the end', () => {
    const parser = createMarkdownParser()
    parser.end()
    expect(() => parser.append('a')).toThrow('append() after end()')
  })

  it.each(Object.entries(pathological))('reads %s in linear work', (_, text) => {
    const count = countWork(() => parseMarkdown(text, { math: texSyntax }))
    expect(count).toBeLessThan(25 * text.length)
  })
})

it('reads 4,000 random texts as the references do, in pieces and whole', () => {
  const different = Array.from({ length: 4000 }, (_, index) =>
    compareSeed(10_000_000 + index),
  ).filter(({ result }) => result === 'different')
  expect(different).toEqual([])
})
