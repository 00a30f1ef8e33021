import type { ReactElement } from 'react'
import { useRunningReply } from '../history/useRunningReply.ts'
import { IconButton } from '../icon/IconButton.tsx'
import { useWidget } from '../settings/WidgetContext.tsx'
import { useMenuItems } from './useMenuItems.ts'

/** Props of the {@link Header} slot. */
export interface HeaderProps {
  /** Id the title must carry: it names the panel. Absent until the widget has mounted. */
  readonly titleId: string | undefined
  /** Whether the panel is larger than usual. */
  readonly expanded: boolean
  /** Makes the panel larger, or as it was; absent where it has no other size. */
  readonly onExpand?: (() => void) | undefined
  /** Closes the panel; absent where it cannot be closed. */
  readonly onClose?: (() => void) | undefined
  /** Shows the kept conversations; absent where there are none to show. */
  readonly onShowHistory?: (() => void) | undefined
  /** Gives focus to the composer, as after a new conversation was begun. */
  readonly onFocusComposer: () => void
}

/** Title and status, the word that a machine answers, menu, and buttons to enlarge and to close. */
export function Header(props: HeaderProps): ReactElement {
  const { titleId, expanded, onExpand, onClose } = props
  const { strings, title, slots } = useWidget()
  const { isRunning } = useRunningReply()
  const items = useMenuItems(props)
  return (
    <header className="pl-header" part="header">
      <div className="pl-header-words">
        <div className="pl-title-line">
          <h2 id={titleId} className="pl-title" part="title" dir="auto">
            {title}
          </h2>
          {isRunning && (
            <span className="pl-status" part="status">
              {strings.writing}
            </span>
          )}
        </div>
        <p className="pl-disclosure" part="disclosure">
          {strings.disclosure}
        </p>
      </div>
      {items.length > 0 && <slots.Menu items={items} />}
      {onExpand && (
        <IconButton
          icon={expanded ? 'shrink' : 'expand'}
          label={expanded ? strings.shrink : strings.expand}
          onClick={onExpand}
        />
      )}
      {onClose && <IconButton icon="close" label={strings.closeChat} onClick={onClose} />}
    </header>
  )
}
