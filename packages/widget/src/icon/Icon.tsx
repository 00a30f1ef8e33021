import type { ReactElement } from 'react'
import { type IconName, iconPaths } from './iconPaths.ts'

/** One of the widget's drawings: decoration beside a name, never the name itself. */
export function Icon({ name }: { readonly name: IconName }): ReactElement {
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
