import type { ReactElement } from 'react'
import { useWidget } from '../settings/WidgetContext.tsx'

/** Props of the {@link DaySeparator} slot. */
export interface DaySeparatorProps {
  /** A moment of that day, in milliseconds since 1970. */
  readonly atMs: number
}

/** The day above the first messages of it. */
export function DaySeparator({ atMs }: DaySeparatorProps): ReactElement {
  const { formats } = useWidget()
  return (
    <p className="pl-day" part="day">
      <time dateTime={new Date(atMs).toISOString()}>{formats.day(atMs)}</time>
    </p>
  )
}
