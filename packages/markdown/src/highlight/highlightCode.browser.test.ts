import { afterEach, expect, it, vi } from 'vitest'
import { createCodeHighlighter } from './highlightCode.ts'

afterEach(() => {
  vi.restoreAllMocks()
  CSS.highlights.clear()
  document.body.replaceChildren()
})

const createCode = (): HTMLElement => {
  const code = document.createElement('code')
  document.body.append(code)
  return code
}

/** The coloured pieces of a kind, in order. */
const coloured = (kind: string): string[] =>
  [...(CSS.highlights.get(`pm-${kind}`) ?? [])].map((range) =>
    String(range.startContainer.textContent).slice(range.startOffset, range.endOffset),
  )

it('looks at the nodes of the open line only, however long the code before it', () => {
  const code = createCode()
  const highlighter = createCodeHighlighter(code, 'ts')
  for (let line = 0; line < 200; line++) code.append(`const a${line} = ${line}\n`)
  const last = document.createTextNode('')
  code.append(last)
  highlighter.update(false)
  const step = vi.spyOn(TreeWalker.prototype, 'nextNode')
  last.data = 'const more'
  highlighter.update(false)
  last.data = 'const more = 1\nlet'
  highlighter.update(false)
  highlighter.update(true)
  expect(step.mock.calls.length).toBeLessThan(10)
  expect(coloured('keyword')).toHaveLength(202)
  expect(coloured('keyword').at(-1)).toBe('let')
  highlighter.stop()
  expect(coloured('keyword')).toEqual([])
})

it('goes on where it was when a node is cut in two, and when all nodes are others', () => {
  const code = createCode()
  const highlighter = createCodeHighlighter(code, 'ts')
  const text = document.createTextNode('const a = 1\nconst b')
  code.append(text)
  highlighter.update(false)
  text.splitText('const a = 1\n'.length)
  code.append(' = 2\nlet c\n')
  highlighter.update(false)
  expect(coloured('keyword')).toEqual(['const', 'const', 'let'])
  code.replaceChildren('const a = 1\nconst b = 2\nlet c\n', 'let d = 1\n')
  highlighter.update(false)
  expect(coloured('keyword').at(-1)).toBe('let')
  expect(coloured('number').at(-1)).toBe('1')
  highlighter.stop()
})
