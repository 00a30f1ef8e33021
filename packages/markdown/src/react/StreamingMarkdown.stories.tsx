import type { Meta, StoryObj } from '@storybook/react-vite'
import { useEffect, useState, type ReactNode } from 'react'
import { HighlightedCode } from '../highlight.ts'
import { mathComponents, texSyntax } from '../math.ts'
import { StreamingMarkdown, type StreamingMarkdownProps } from './StreamingMarkdown.tsx'
import '../elements.css'
import '../styles.css'

const meta = {
  title: 'Markdown/StreamingMarkdown',
  component: StreamingMarkdown,
  parameters: { layout: 'fullscreen' },
  decorators: [
    (Story, { globals }) => {
      const { scheme } = globals as { readonly scheme?: string }
      const colorScheme = scheme === 'light' || scheme === 'dark' ? scheme : 'light dark'
      const style = { colorScheme, padding: 16, color: 'CanvasText', background: 'Canvas' }
      return (
        <div style={style}>
          <Story />
        </div>
      )
    },
  ],
} satisfies Meta<typeof StreamingMarkdown>

export default meta
type Story = StoryObj<typeof meta>

const answer = `## Returns

You can send things back within **30 days**. [The terms](https://shop.example/terms) say *how*:

1. Pack it
2. Print the label, then
   - tape it on
   - drop it off

| Country | Days |
|---|--:|
| Germany | 14 |
| Norway | **30** |

> Keep the receipt.

\`\`\`ts
const label = await shop.label({ order: 4711 })
\`\`\`
`

const everyMs = 30

/** Lets a text grow as an answer does. */
const Growing = ({ text, ...rest }: StreamingMarkdownProps): ReactNode => {
  const [end, setEnd] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => setEnd((now) => Math.min(text.length, now + 3)), everyMs)
    return () => clearInterval(timer)
  }, [text])
  return <StreamingMarkdown {...rest} text={text.slice(0, end)} streaming={end < text.length} />
}

export const Answer: Story = { args: { text: answer } }

export const Streaming: Story = { args: { text: answer }, render: (args) => <Growing {...args} /> }

export const UnfinishedSyntax: Story = {
  args: { text: 'An open **bold, a *half* [link to the docs](https://shop.exam', streaming: true },
}

export const UnfinishedTable: Story = {
  args: {
    text: 'Prices:\n\n| Thing | Price |\n|---|---|\n| Cup | 12 |\n| Plate | 1',
    streaming: true,
  },
}

export const OpenFence: Story = { args: { text: '```ts\nconst a = 1\nconst b', streaming: true } }

export const Code: Story = {
  args: {
    text: '```ts\n// The total of an order\nexport const total = (items: Item[]) => items.reduce((sum, { price }) => sum + price, 0)\n```\n\nand `inline` code',
    components: { code: HighlightedCode },
  },
}

export const Table: Story = {
  args: {
    text: '| Left | Centre | Right |\n|:--|:-:|--:|\n| a | `b` | **c** |\n| a long cell | | 1 |',
  },
}

export const WideTable: Story = {
  args: {
    text: `| Order | Customer | Address | Contents | Shipped | Arrives | Total |\n|---|---|---|---|---|---|--:|\n${'| 4711 | Ada Example | 1 Long Street, Springfield | two cups, three plates, one teapot | Monday | Thursday | 118.40 |\n'.repeat(3)}`,
  },
}

export const LongWords: Story = {
  args: {
    text: 'See <https://shop.example/orders/2026/11/26/4711/returns/labels/print/again/and/again/and/again> and `a_name_that_has_no_end_and_no_space_in_it_and_goes_on_and_on_and_on`.',
  },
}

export const ListsAndTasks: Story = {
  args: { text: '- [x] pay\n- [ ] pack\n  1. box\n  2. tape\n\n- loose\n\n  with a paragraph' },
}

export const Tasks: Story = {
  args: {
    text: '- [x] pay\n- [ ] pack\n- [ ] send, which is a task of so many words that it needs a second line',
  },
}

export const Footnotes: Story = {
  args: { text: 'Delivery takes two days[^1].\n\n[^1]: Except on islands.' },
}

export const HostileLinks: Story = {
  args: {
    text: '[https://shop.example](https://evil.example/login) [run](javascript:alert(1)) ![pixel](https://evil.example/p.png) <script>alert(1)</script> invoice\u202Efdp.exe',
  },
}

export const RightToLeft: Story = {
  args: {
    text: '## שלום\n\nזהו טקסט **מודגש** עם [קישור](https://shop.example).\n\n- مرحبا\n- hello\n\nAnd back to English.',
  },
}

export const Formulas: Story = {
  args: {
    text: 'With $x = \\frac{-b \\pm \\sqrt{b^2-4ac}}{2a}$ and\n\n$$\n\\sum_{i=1}^n i = \\frac{n(n+1)}{2}\n$$',
    math: texSyntax,
    components: mathComponents,
  },
}
