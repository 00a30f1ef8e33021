import { createChat } from '@parlance/core'
import { SupportChat } from '@parlance/widget'
import { CustomPage } from './custom/CustomPage.tsx'
import { GuidePage } from './guides/GuidePage.tsx'
import { HomePage } from './home/HomePage.tsx'
import { LedgerPage } from './ledger/LedgerPage.tsx'
import { NotFoundPage } from './site/NotFoundPage.tsx'
import { ProvidersPage } from './providers/ProvidersPage.tsx'
import { SiteHeader } from './site/SiteHeader.tsx'
import { useAddress } from './site/useAddress.ts'
import { supportWords } from './site/supportWords.ts'

/** One conversation for the whole site: it goes on while the visitor walks from page to page. */
const chat = createChat({ url: '/api/chat' })

export function App() {
  const address = useAddress()
  const { path } = address
  const guide = /^\/docs\/([\w-]+)\/?$/.exec(path)?.[1]

  const page = () => {
    if (path === '/') return <HomePage address={address} chat={chat} />
    if (path === '/custom') return <CustomPage address={address} />
    if (path === '/providers') return <ProvidersPage address={address} />
    if (path === '/ledger') return <LedgerPage address={address} />
    if (guide !== undefined) return <GuidePage address={address} slug={guide} />
    return <NotFoundPage address={address} />
  }

  return (
    <>
      <SiteHeader path={path} />
      {page()}
      {/* These pages have a chat within themselves. */}
      {!['/', '/custom', '/providers'].includes(path) && (
        <aside aria-label="Support chat">
          <SupportChat chat={chat} {...supportWords} />
        </aside>
      )}
    </>
  )
}
