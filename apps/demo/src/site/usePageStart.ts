import { useEffect } from 'react'
import type { Address } from './useAddress.ts'

/**
 * Names the page, and puts the reader where its address points: at a heading, or after a click on a link at the top,
 * where a screen reader begins to read. Going back is left to the browser, which remembers. `isThere` is false as long
 * as the page's content is still to come.
 */
export function usePageStart(address: Address, title: string, isThere = true): void {
  useEffect(() => {
    if (!isThere) return
    document.title = title === 'Parlance' ? title : `${title} · Parlance`
    if (address.by === 'history') return
    const heading = address.hash
      ? document.getElementById(decodeURIComponent(address.hash.slice(1)))
      : null
    if (heading) {
      heading.scrollIntoView()
      heading.focus({ preventScroll: true })
    } else if (address.by === 'link') {
      scrollTo(0, 0)
      document.getElementById('main')?.focus({ preventScroll: true })
    }
  }, [address, title, isThere])
}
