import type { ReactElement } from 'react'
import { Icon } from '../icon/Icon.tsx'
import { useWidget } from '../settings/WidgetContext.tsx'

/** Props of the {@link Greeting} slot. */
export interface GreetingProps {
  /** Opens the panel. */
  readonly onOpen: () => void
  readonly onDismiss: () => void
}

/** The greeting beside the launcher, for a visitor who has not opened the chat: to be answered or waved away. */
export function Greeting({ onOpen, onDismiss }: GreetingProps): ReactElement {
  const { strings, greeting } = useWidget()
  return (
    <div className="pl-invite" part="greeting">
      <button type="button" className="pl-invite-text" dir="auto" onClick={onOpen}>
        {greeting}
      </button>
      <button
        type="button"
        className="pl-invite-dismiss"
        aria-label={strings.dismiss}
        onClick={onDismiss}
      >
        <Icon name="close" />
      </button>
    </div>
  )
}
