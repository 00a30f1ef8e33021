import type { ReactElement } from 'react'

/** Three quiet dots: something is on its way. Decoration; the words stand beside it. */
export function Dots(): ReactElement {
  return (
    <span className="pl-dots" aria-hidden="true">
      <span className="pl-dot" />
      <span className="pl-dot" />
      <span className="pl-dot" />
    </span>
  )
}
