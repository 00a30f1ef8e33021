import { describe, expect, it } from 'vitest'
import { splitHtml } from './splitHtml.ts'

const split = (text: string) => splitHtml({ url: '/p', text })

describe('splitHtml', () => {
  it('reads the main part, without navigation, scripts, forms and what is hidden', () => {
    const sections = split(
      '<title>Site</title><nav>Nav</nav><main><h1>Page</h1><script>alert(1)</script><p hidden>Hidden</p><p>Shown</p><form>Form</form></main><footer>Foot</footer>',
    )
    expect(sections).toHaveLength(1)
    expect(sections[0]?.pageTitle).toBe('Page')
    expect(sections[0]?.blocks.map(({ text }) => text)).toEqual(['Shown'])
  })

  it('finds the anchor on the heading, in it, or on its section', () => {
    const sections = split(
      '<h1>P</h1><h2 id="one">1</h2><p>a</p><h2><a name="two" href="#two">#</a>2</h2><p>b</p><section id="three"><h2>3</h2><p>c</p></section>',
    )
    expect(sections.map(({ url, heading }) => [url, heading])).toEqual([
      ['/p#one', '1'],
      ['/p#two', '2'],
      ['/p#three', '3'],
    ])
  })

  it('keeps lists, code, tables and links as Markdown', () => {
    const [section] = split(
      '<h1>P</h1><ol><li>First <b>bold</b></li><li>Second<ul><li>inner</li></ul></li></ol><pre><code class="language-ts">const a = `x`\n</code></pre><table><tr><th>a</th><th>b</th></tr><tr><td>1|2</td><td>3</td></tr></table><p>See <a href="/x">there</a>.</p>',
    )
    expect(section?.blocks.map(({ markdown }) => markdown)).toEqual([
      '1. First **bold**\n2. Second\n   - inner',
      '```ts\nconst a = `x`\n```',
      '| a | b |\n| --- | --- |\n| 1\\|2 | 3 |',
      'See [there](/x).',
    ])
  })

  it('lets no text of a page become markup of an answer', () => {
    const [section] = split(
      '<h1>P</h1><p>&lt;img src=x onerror=1&gt; [a](javascript:x) *b* <a href="javascript:alert(1)">c</a></p><p>1. no list</p>',
    )
    expect(section?.blocks[0]?.markdown).toBe(
      '\\<img src=x onerror=1\\> \\[a\\](javascript:x) \\*b\\* c',
    )
    expect(section?.blocks[0]?.text).toBe('<img src=x onerror=1> [a](javascript:x) *b* c')
    expect(section?.blocks[1]?.kind).toBe('prose')
  })
})
