import type { ReactNode } from 'react'
import type { SafeLink } from '../safeLink.ts'

/**
 * A link that opens outside of this page and says where it leads; without an address, its words. Words that claim to
 * lead to another host than it does are followed by its own.
 */
export const drawLink = (
  link: SafeLink | undefined,
  content: ReactNode,
  claim?: string,
): ReactNode => {
  if (!link) {
    return (
      <span className="pm-no-link" dir="auto">
        {content}
      </span>
    )
  }
  const { href, host } = link
  return (
    <a
      className="pm-link"
      href={href}
      title={href}
      dir="auto"
      rel="noopener noreferrer nofollow ugc"
      target={host && '_blank'}
    >
      {content}
      {claim !== undefined && host && claim !== host && (
        <span className="pm-link-host"> ({host})</span>
      )}
    </a>
  )
}
