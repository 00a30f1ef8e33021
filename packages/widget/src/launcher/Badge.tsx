import type { ReactElement } from 'react'
import { useWidget } from '../settings/WidgetContext.tsx'

/** Props of the {@link Badge} slot. */
export interface BadgeProps {
  /** Answers that came while the panel was closed; at least one. */
  readonly count: number
}

/** How many answers wait. The launcher's name says it, too, so this one is not read out. */
export function Badge({ count }: BadgeProps): ReactElement {
  const { formats } = useWidget()
  return (
    <span className="pl-badge" part="badge" aria-hidden="true">
      {formats.number(count)}
    </span>
  )
}
