import type { ReactElement } from 'react'
import { useWidget } from '../settings/WidgetContext.tsx'

/** What a new conversation shows: one sentence. The suggestions stand below it. */
export function EmptyState(): ReactElement {
  const { greeting } = useWidget()
  return (
    <div className="pl-empty" part="empty">
      <p className="pl-greeting">
        <bdi>{greeting}</bdi>
      </p>
    </div>
  )
}
