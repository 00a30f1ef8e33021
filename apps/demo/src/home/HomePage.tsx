import type { Chat } from '@parlance/core'
import { parseMarkdown } from '@parlance/markdown'
import { CodeBlock, MarkdownBlocks } from '@parlance/markdown/react'
import { SupportChat } from '@parlance/widget'
import { supportWords } from '../site/supportWords.ts'
import type { Address } from '../site/useAddress.ts'
import { usePageStart } from '../site/usePageStart.ts'
import { doors } from './doors.ts'
import { hostPages } from './hostPages.ts'
import './home.css'

interface HomePageProps {
  readonly address: Address
  readonly chat: Chat
}

export function HomePage({ address, chat }: HomePageProps) {
  usePageStart(address, 'Parlance')
  return (
    <main id="main" className="home" tabIndex={-1}>
      <section className="hero">
        <div className="hero-words">
          <h1>Let your website talk.</h1>
          <p>
            Any chat-completion provider. The key stays on your server. A finished widget, or hooks
            for a chat of your own.
          </p>
          <p className="actions">
            <a className="button" href="/docs/getting-started">
              Get started
            </a>
            <a href="/docs/how-the-relay-works">How it works</a>
          </p>
        </div>
        <div className="stage">
          <SupportChat mode="inline" chat={chat} {...supportWords} />
        </div>
      </section>

      <section className="promises" aria-label="Promises">
        {promises.map(({ title, text, href }) => (
          <article key={title}>
            <h2>
              <a href={href}>{title}</a>
            </h2>
            <p>{text}</p>
          </article>
        ))}
      </section>

      <section className="doors" aria-label="Four ways in">
        {doors.map(({ title, text, markdown, href, more }) => (
          <article key={title}>
            <div>
              <h2>{title}</h2>
              <p>{text}</p>
              <a href={href}>{more}</a>
            </div>
            <MarkdownBlocks document={parseMarkdown(markdown)} components={{ code: CodeBlock }} />
          </article>
        ))}
      </section>

      <section className="hosts" aria-labelledby="hosts">
        <h2 id="hosts">The script tag on other people's pages</h2>
        <ul>
          {hostPages.map(({ name, title, text }) => (
            <li key={name}>
              <a href={`/hosts/${name}.html`}>{title}</a>
              <p>{text}</p>
            </li>
          ))}
        </ul>
      </section>

      <footer>
        <p>
          Parlance is open source under the MIT licence. It asks nothing of any server but yours.
        </p>
      </footer>
    </main>
  )
}

const promises = [
  {
    title: 'Honest',
    text: 'Half an answer is never shown as a whole one. What came is kept, and one click tries again.',
    href: '/docs/errors-and-retries',
  },
  {
    title: 'Safe',
    text: 'The key is in no byte a browser receives. Budgets are reserved before a token is spent.',
    href: '/docs/tokens-and-security',
  },
  {
    title: 'Calm',
    text: 'While an answer streams, finished messages do not render. Markup never flickers.',
    href: '/docs/custom-interface',
  },
  {
    title: 'For everyone',
    text: 'By keyboard, by screen reader, on a phone, in nine languages, under a strict policy.',
    href: '/docs/accessibility',
  },
]
