import { parseMarkdown } from '@parlance/markdown'
import { CodeBlock, MarkdownBlocks } from '@parlance/markdown/react'
import type { Address } from '../site/useAddress.ts'
import { usePageStart } from '../site/usePageStart.ts'
import { Interview } from './Interview.tsx'
// oxlint-disable-next-line import/default -- asked so, Vite gives the file's text
import source from './Interview.tsx?raw'
import './interview.css'

const sourceDocument = parseMarkdown(`~~~tsx\n${source}~~~`)

export function CustomPage({ address }: { readonly address: Address }) {
  usePageStart(address, 'A chat of your own')
  return (
    <main id="main" className="page prose" tabIndex={-1}>
      <h1>A chat of your own</h1>
      <p>
        The same relay, the same conversation engine, and not one line of the widget: this page is
        made of hooks, plain elements and a small style sheet.
      </p>
      <section className="interview" aria-label="Interview with Parlance">
        <Interview />
      </section>
      <details className="source">
        <summary>The source of this chat, whole</summary>
        <MarkdownBlocks document={sourceDocument} components={{ code: CodeBlock }} />
      </details>
      <p>
        How it works is told in <a href="/docs/custom-interface">A chat of your own</a>.
      </p>
    </main>
  )
}
