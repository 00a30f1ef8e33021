import type { Address } from './useAddress.ts'
import { usePageStart } from './usePageStart.ts'

export function NotFoundPage({ address }: { readonly address: Address }) {
  usePageStart(address, 'Not found')
  return (
    <main id="main" className="page prose" tabIndex={-1}>
      <h1>Nothing is at this address</h1>
      <p>
        It may have moved. <a href="/docs/getting-started">Begin at the start of the docs</a>, or
        ask the chat in the corner.
      </p>
    </main>
  )
}
