import type { ReactElement, Ref } from 'react'
import { Icon } from '../icon/Icon.tsx'
import { useWidget } from '../settings/WidgetContext.tsx'

/** Props of the {@link Launcher} slot. */
export interface LauncherProps {
  readonly open: boolean
  /** Answers that came while the panel was closed. */
  readonly unread: number
  readonly onToggle: () => void
  /** Focus returns to this element when the panel closes. */
  readonly buttonRef: Ref<HTMLButtonElement>
}

/** The round button in a corner of the page that opens and closes the panel. */
export function Launcher({ open, unread, onToggle, buttonRef }: LauncherProps): ReactElement {
  const { id, strings, formats, slots } = useWidget()
  const name = open ? strings.closeChat : strings.openChat
  const label = unread > 0 ? `${name}, ${formats.plural(strings.unread, unread)}` : name
  return (
    <button
      ref={buttonRef}
      type="button"
      className="pl-launcher"
      part={`launcher ${open ? 'open' : 'closed'}`}
      data-state={open ? 'open' : 'closed'}
      aria-label={label}
      aria-haspopup="dialog"
      aria-expanded={open}
      aria-controls={open && id ? `${id}-panel` : undefined}
      onClick={onToggle}
    >
      <Icon name={open ? 'down' : 'chat'} />
      {unread > 0 && <slots.Badge count={unread} />}
    </button>
  )
}
