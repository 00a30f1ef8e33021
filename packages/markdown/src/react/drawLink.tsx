import type { ReactNode } from 'react'
import type { SafeLink } from '../safeLink.ts'

/** A link that opens outside of this page and says where it leads; without an address, its words. */
export const drawLink = (
  link: SafeLink | undefined,
  content: ReactNode,
  showsHost: boolean,
  key: number,
): ReactNode =>
  link ? (
    <a
      key={key}
      className="pm-link"
      href={link.href}
      title={link.href}
      dir="auto"
      rel="noopener noreferrer nofollow ugc"
      target={link.host && '_blank'}
    >
      {content}
      {showsHost && link.host && <span className="pm-link-host"> ({link.host})</span>}
    </a>
  ) : (
    <span key={key} className="pm-no-link" dir="auto">
      {content}
    </span>
  )
