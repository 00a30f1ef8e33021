/** One way to use Parlance, with the code it takes. */
export interface Door {
  readonly title: string
  readonly text: string
  readonly markdown: string
  readonly href: string
  readonly more: string
}

export const doors: readonly Door[] = [
  {
    title: 'One tag, any page',
    text: 'Paste it and there is a chat, in your colour and the visitor’s language. It costs the page 6 KiB until somebody opens it.',
    href: '/docs/script-tag',
    more: 'Paste the tag',
    markdown: `~~~html
<script
  async
  src="/parlance/loader.js"
  data-url="/api/chat"
  data-accent="#0a7d55"
></script>
~~~`,
  },
  {
    title: 'The same in React',
    text: 'One component with sources, themes and every state a conversation can be in; each part can be replaced.',
    href: '/docs/widget',
    more: 'The widget',
    markdown: `~~~tsx
import { SupportChat } from '@parlance/widget'
import '@parlance/widget/styles.css'

<SupportChat url="/api/chat" theme={{ accent: '#0a7d55' }} />
~~~`,
  },
  {
    title: 'A chat of your own',
    text: 'Hooks that hold the conversation and leave every element to you. A row that did not change does not render.',
    href: '/custom',
    more: 'See one',
    markdown: `~~~tsx
import { useChatStream } from '@parlance/react'

const { messages, status, send, stop } = useChatStream({
  url: '/api/chat',
})
~~~`,
  },
  {
    title: 'One handler on the server',
    text: 'It takes a Request and gives a Response. It mints short tokens, holds the key, stops the bill when the visitor stops, and keeps a ledger.',
    href: '/providers',
    more: 'Talk to every provider',
    markdown: `~~~ts
import { createRelay, openai } from '@parlance/server'

const relay = createRelay({
  provider: openai({ baseUrl, apiKey, models: { fast: 'gpt-4.1-mini' } }),
  secret: process.env.PARLANCE_SECRET,
  origins: ['https://shop.example'],
})

export const POST = (request: Request) => relay.fetch(request)
~~~`,
  },
]
