import { type Chat, createChat } from '@parlance/core'
import { SupportChat } from '@parlance/widget'
import { useState } from 'react'
import type { Address } from '../site/useAddress.ts'
import { usePageStart } from '../site/usePageStart.ts'
import { providers } from './providers.ts'
import './providers.css'

/** One conversation with each, which waits while another is shown. */
const chats = new Map<string, Chat>()

function chatWith(name: string): Chat {
  const chat = chats.get(name) ?? createChat({ url: `/api/stand-ins/${name}` })
  chats.set(name, chat)
  return chat
}

export function ProvidersPage({ address }: { readonly address: Address }) {
  usePageStart(address, 'Every provider')
  const [shown, setShown] = useState(providers[0]!)
  return (
    <main id="main" className="page providers" tabIndex={-1}>
      <header>
        <h1>Every provider</h1>
        <p>
          Each is played by a stand-in on this machine, written from its documentation, so that no
          account is needed. What you see is the whole path: the browser, the relay, the provider’s
          own format and prices. Ask <code>stub:429</code> or <code>stub:cut</code> to see it fail;
          the <a href="/ledger">ledger</a> has what it took.
        </p>
      </header>
      <div className="providers-stage">
        <fieldset>
          <legend>Who answers</legend>
          {providers.map((provider) => (
            <label key={provider.name}>
              <input
                type="radio"
                name="provider"
                checked={provider === shown}
                onChange={() => setShown(provider)}
              />
              <strong>{provider.title}</strong>
              <span>{provider.text}</span>
            </label>
          ))}
        </fieldset>
        <div className="stage">
          <SupportChat
            key={shown.name}
            mode="inline"
            chat={chatWith(shown.name)}
            title={shown.title}
            greeting="No model, no account: a stand-in."
            suggestions={shown.suggestions}
            features={{ usage: true }}
          />
        </div>
      </div>
      <p>
        With an account of yours it is <code>PARLANCE_PROVIDER={shown.name} npm start</code>;{' '}
        <a href="/docs/providers">Providers</a> says what each wants to know.
      </p>
    </main>
  )
}
