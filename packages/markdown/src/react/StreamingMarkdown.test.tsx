import { act, cleanup, render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { startTransition, StrictMode, Suspense, useState, type ReactNode } from 'react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { commonMarkExamples } from '../fixtures/commonMarkExamples.ts'
import { samples } from '../fixtures/samples.ts'
import { CodeBlock } from './CodeBlock.tsx'
import type { MarkdownComponents, MarkdownNodeProps } from './how.ts'
import type { Paragraph } from '../nodes.ts'
import { StreamingMarkdown } from './StreamingMarkdown.tsx'

afterEach(cleanup)

const html = (text: string, streaming = false): string => {
  const { container, unmount } = render(<StreamingMarkdown text={text} streaming={streaming} />)
  const { innerHTML } = container
  unmount()
  return innerHTML.replaceAll(/pm_?r_\w+?_?-note/g, 'note')
}

/** Text nodes next to each other count as one. */
const grown = (text: string): string => {
  const { container, rerender, unmount } = render(<StreamingMarkdown text="" streaming />)
  for (let end = 1; end <= text.length; end += 3)
    rerender(<StreamingMarkdown text={text.slice(0, end)} streaming />)
  rerender(<StreamingMarkdown text={text} />)
  const { innerHTML } = container
  unmount()
  return innerHTML.replaceAll(/pm_?r_\w+?_?-note/g, 'note')
}

describe('StreamingMarkdown', () => {
  it.each(Object.entries(samples))('draws %s the same grown as whole', (_, text) => {
    expect(grown(text)).toBe(html(text))
  })

  it('draws every CommonMark example', () => {
    for (const { markdown } of commonMarkExamples) expect(() => html(markdown)).not.toThrow()
  })

  it('renders finished blocks no more while the last one grows', () => {
    const drawn = vi.fn<(key: number) => void>()
    const components: MarkdownComponents = {
      paragraph: ({ node, children }: MarkdownNodeProps<Paragraph>): ReactNode => {
        drawn(node.key)
        return <p>{children}</p>
      },
    }
    const text = '- one\n\n- two\n\n> three\n\nfour '
    const { rerender } = render(<StreamingMarkdown text={text} streaming components={components} />)
    drawn.mockClear()
    for (let count = 1; count <= 5; count++) {
      rerender(
        <StreamingMarkdown
          text={text + 'word '.repeat(count)}
          streaming
          components={{ ...components }}
          imageHosts={[]}
        />,
      )
    }
    expect(new Set(drawn.mock.calls.map(([key]) => key)).size).toBe(1)
    expect(drawn).toHaveBeenCalledTimes(5)
  })

  it('changes one text node for a word more', async () => {
    const long = 'Many words with **bold** in them and `code` too. '.repeat(60)
    const { container, rerender } = render(<StreamingMarkdown text={`${long}a`} streaming />)
    const records: MutationRecord[] = []
    const observer = new MutationObserver((list) => records.push(...list))
    observer.observe(container, { subtree: true, childList: true, characterData: true })
    rerender(<StreamingMarkdown text={`${long}ab`} streaming />)
    await Promise.resolve()
    expect(records.map(({ type }) => type)).toEqual(['characterData'])
    expect(records[0]?.target.nodeValue?.length).toBeLessThan(600)
  })

  it('keeps the elements of a paragraph when it ends', () => {
    const text = 'Some **bold** words, `code`, *more\nof it* and [a link](https://a.example) to end'
    const { container, rerender } = render(<StreamingMarkdown text="" streaming />)
    const elements = () => [...container.querySelectorAll('strong, code, em, a')]
    for (let end = 1; end <= text.length; end++)
      rerender(<StreamingMarkdown text={text.slice(0, end)} streaming />)
    const before = elements()
    rerender(<StreamingMarkdown text={text} />)
    expect(before).toHaveLength(4)
    expect(elements()).toEqual(before)
    expect(elements().every((element, index) => element === before[index])).toBe(true)
  })

  it('starts over when the text is another one', () => {
    const { container, rerender } = render(<StreamingMarkdown text="# one" streaming />)
    rerender(<StreamingMarkdown text="two" streaming />)
    expect(container.innerHTML).toBe('<p dir="auto">two</p>')
    rerender(<StreamingMarkdown text="two and **three**" />)
    expect(container.textContent).toBe('two and three')
    rerender(<StreamingMarkdown text="two" streaming />)
    expect(container.textContent).toBe('two')
  })

  it('draws what it is told after a render that was thrown away', async () => {
    let isReady = false
    let end = () => {}
    const waiting = new Promise<void>((resolve) => {
      end = () => {
        isReady = true
        resolve()
      }
    })
    const Wait = (): ReactNode => {
      if (!isReady) throw waiting
      return null
    }
    let show: (text: string) => void = () => {}
    const Answer = (): ReactNode => {
      const [text, setText] = useState('# One\n\n- a')
      show = setText
      return (
        <Suspense fallback="waiting">
          <StreamingMarkdown text={text} streaming />
          {text.includes('late') && <Wait />}
        </Suspense>
      )
    }
    const { container } = render(<Answer />)
    const list = container.querySelector('ul')
    await act(async () => startTransition(() => show('# One\n\n- a late **word**')))
    expect(container.textContent).toBe('Onea')
    await act(async () => show('# One\n\n- ab'))
    expect(container.textContent).toBe('Oneab')
    await act(async () => end())
    await act(async () => show('# One\n\n- ab *c*'))
    expect(container.querySelector('li')?.innerHTML).toBe('ab <em>c</em>')
    expect(container.querySelector('ul')).toBe(list)
  })

  it('notices at the end that the middle of a long text was another', () => {
    const text = 'word '.repeat(200)
    const other = `${text.slice(0, 400)}WORD${text.slice(404)}end`
    const { container, rerender } = render(<StreamingMarkdown text={text} streaming />)
    rerender(<StreamingMarkdown text={other} />)
    expect(container.textContent).toBe(other)
  })

  it.each([0, 100, 500, 990])('notices while it streams what was put in at %i', (at) => {
    const text = Array.from({ length: 200 }, (_, index) => `word${index}`).join(' ')
    const edited = `${text.slice(0, at)}more ${text.slice(at)}`
    const { container, rerender } = render(<StreamingMarkdown text={text} streaming />)
    rerender(<StreamingMarkdown text={edited} streaming />)
    expect(container.textContent.trim()).toBe(edited.trim())
    rerender(<StreamingMarkdown text={text} streaming />)
    expect(container.textContent.trim()).toBe(text.trim())
  })

  it('shows what comes after maxLength characters as plain text', () => {
    const text = '# one\n\ntwo **three** four\n\n- five <b>'
    const { container, rerender } = render(<StreamingMarkdown text="" streaming maxLength={20} />)
    for (let end = 1; end <= text.length; end++)
      rerender(<StreamingMarkdown text={text.slice(0, end)} streaming maxLength={20} />)
    rerender(<StreamingMarkdown text={text} maxLength={20} />)
    const capped =
      '<h1 dir="auto">one</h1><p dir="auto">two <strong>three</strong></p><pre class="pm-plain" dir="auto"> four\n\n- five &lt;b&gt;</pre>'
    expect(container.innerHTML).toBe(capped)
    rerender(<StreamingMarkdown text={text} />)
    expect(container.querySelectorAll('li')).toHaveLength(1)
    expect(container.querySelector('pre')).toBeNull()
  })

  it('draws a text beyond the default cap, without markup in its rest', () => {
    const text = `${'word '.repeat(100_000)}*rest*`
    const { container } = render(<StreamingMarkdown text={text} />)
    expect(container.querySelector('.pm-plain')?.textContent).toBe('*rest*')
    expect(container.querySelector('em')).toBeNull()
  })

  it('draws the same in Strict Mode', () => {
    const { container } = render(
      <StrictMode>
        <StreamingMarkdown text={'a **b'} streaming />
      </StrictMode>,
    )
    expect(container.innerHTML).toBe('<p dir="auto">a <strong>b</strong></p>')
  })

  it('hardens links and names their host where the words look like another', () => {
    const { container } = render(
      <StreamingMarkdown text="[docs](https://a.example/x) [https://b.example](https://evil.example) [x](javascript:1)" />,
    )
    const [docs, evil] = container.querySelectorAll('a')
    expect(docs?.outerHTML).toBe(
      '<a class="pm-link" href="https://a.example/x" title="https://a.example/x" dir="auto" rel="noopener noreferrer nofollow ugc" target="_blank">docs</a>',
    )
    expect(evil?.textContent).toBe('https://b.example (evil.example)')
    expect(container.querySelectorAll('a')).toHaveLength(2)
  })

  it.each([
    ['[https://bank.example/?to=evil.example](https://evil.example)', 'evil.example'],
    ['[evil.example.bank.example](https://evil.example)', 'evil.example'],
    ['[**bank**.example](https://evil.example)', 'evil.example'],
    ['[http://bank/](https://evil.example)', 'evil.example'],
    ['[b\u00e4nk.example](https://b\u00e4nk.example)', 'xn--bnk-qla.example'],
    ['[see https://bank.example.](https://bank.example/x)', undefined],
    ['[Bank.Example](https://bank.example)', undefined],
    ['[www.bank.example/x](https://www.bank.example/x)', undefined],
    ['[the bank](https://bank.example)', undefined],
    ['https://bank.example/x', undefined],
  ])('shows the host of %s as %s', (text, host) => {
    const { container } = render(<StreamingMarkdown text={text} />)
    expect(container.querySelector('.pm-link-host')?.textContent).toBe(host && ` (${host})`)
  })

  it('loads images of named hosts only', () => {
    const text = '![a chart](https://a.example/i.png) ![other](https://b.example/i.png)'
    const { container } = render(<StreamingMarkdown text={text} imageHosts={['a.example']} />)
    expect(container.querySelectorAll('img')).toHaveLength(1)
    expect(container.querySelector('img')?.getAttribute('src')).toBe('https://a.example/i.png')
    expect(container.querySelector('a')?.textContent).toBe('Image: other (b.example)')
  })

  it('draws task boxes that cannot be changed', () => {
    render(<StreamingMarkdown text={'- [x] done\n- [ ] open'} />)
    const boxes = screen.getAllByRole('checkbox')
    expect(
      boxes.map((box) => [(box as HTMLInputElement).checked, (box as HTMLInputElement).disabled]),
    ).toEqual([
      [true, true],
      [false, true],
    ])
  })

  it('leads from a footnote call to the footnote without touching the address', async () => {
    const { container } = render(<StreamingMarkdown text={'a[^n]\n\n[^n]: The note'} />)
    const before = location.href
    container.querySelectorAll('li').forEach((item) => (item.scrollIntoView = () => {}))
    await userEvent.click(screen.getByRole('link', { name: 'Footnote 1' }))
    expect(document.activeElement?.textContent).toBe('The note ↩︎')
    expect(location.href).toBe(before)
  })
})

describe('a code block', () => {
  it('copies what is shown, wraps, and says so in the words given', async () => {
    const user = userEvent.setup()
    render(
      <StreamingMarkdown
        text={'```ts\nlet a\u200b = 1\n```'}
        components={{ code: CodeBlock }}
        labels={{ copy: 'Kopieren', copied: 'Kopiert' }}
      />,
    )
    await user.click(screen.getByRole('button', { name: 'Kopieren' }))
    expect(await navigator.clipboard.readText()).toBe('let a⟨U+200B⟩ = 1')
    expect(await screen.findByRole('button', { name: 'Kopiert' })).toBeTruthy()
    await user.click(screen.getByRole('button', { name: 'Wrap lines' }))
    expect(document.querySelector('figure')?.dataset['wrap']).toBe('')
  })

  it('selects the code, and does not say that it was copied, where the clipboard is refused', async () => {
    const user = userEvent.setup()
    render(<StreamingMarkdown text={'```\nlet a\n```'} components={{ code: CodeBlock }} />)
    vi.spyOn(navigator.clipboard, 'writeText').mockRejectedValue(new Error('refused'))
    await user.click(screen.getByRole('button', { name: 'Copy' }))
    expect(String(getSelection())).toBe('let a')
    expect(screen.queryByRole('button', { name: 'Copied' })).toBeNull()
  })
})
