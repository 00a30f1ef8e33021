import type { ReactNode } from 'react'

/**
 * A link between a call and its footnote, or back to the first call. It moves without touching the address of the
 * page, and works inside a shadow root too.
 */
export const innerLink = (
  id: string,
  label: string,
  content: ReactNode,
  // React 18 makes ids with colons, which no selector may hold but in quotes.
  target = `[id="${id}"]`,
): ReactNode => (
  <a
    className="pm-inner-link"
    href={`#${id}`}
    aria-label={label}
    onClick={(event) => {
      event.preventDefault()
      const root = event.currentTarget.getRootNode() as Document | ShadowRoot
      root.querySelector<HTMLElement>(target)?.focus()
    }}
  >
    {content}
  </a>
)
