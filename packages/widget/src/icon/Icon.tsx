import type { ReactElement } from 'react'
import { type IconName, iconPaths } from './iconPaths.ts'
import { useOutOfView } from './OutOfViewContext.tsx'

/** One of the widget's drawings: decoration beside a name, never the name itself. */
export function Icon({ name }: { readonly name: IconName }): ReactElement {
  // Chromium looks at every drawing in the page in every frame, shown or not: thousands of them take longer than all the
  // rest of a growing answer.
  if (useOutOfView()) return <span className="pl-icon" aria-hidden="true" data-icon={name} />
  return (
    <svg
      className="pl-icon"
      viewBox="0 0 20 20"
      width="20"
      height="20"
      aria-hidden="true"
      data-icon={name}
    >
      <path d={iconPaths[name]} />
    </svg>
  )
}
