import { useEffect, useState } from 'react'

/** Where the visitor is on this site, and how they came there. */
export interface Address {
  readonly path: string
  /** With its `#`; empty for none. */
  readonly hash: string
  readonly by: 'load' | 'link' | 'history'
}

const read = (by: Address['by']): Address => ({ path: location.pathname, hash: location.hash, by })

/** The address, which follows clicks on links of this site wherever they are drawn, the chat's answers included. */
export function useAddress(): Address {
  const [address, setAddress] = useState(() => read('load'))

  useEffect(() => {
    const onHistory = () => setAddress(read('history'))
    const onClick = (event: MouseEvent) => {
      const link = event.composedPath().find((node) => node instanceof HTMLAnchorElement)
      if (!link || !staysHere(event, link)) return
      event.preventDefault()
      // The guides link to each other as files, so that they work on a code host too.
      history.pushState(null, '', link.pathname.replace(/\.md$/, '') + link.hash)
      setAddress(read('link'))
    }
    addEventListener('popstate', onHistory)
    document.addEventListener('click', onClick)
    return () => {
      removeEventListener('popstate', onHistory)
      document.removeEventListener('click', onClick)
    }
  }, [])

  return address
}

function staysHere(event: MouseEvent, link: HTMLAnchorElement): boolean {
  const wantsMore = event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey
  return (
    !event.defaultPrevented &&
    !wantsMore &&
    !event.altKey &&
    (link.target === '' || link.target === '_self') &&
    !link.hasAttribute('download') &&
    link.origin === location.origin &&
    !/^\/(?:api|hosts)\//.test(link.pathname)
  )
}
