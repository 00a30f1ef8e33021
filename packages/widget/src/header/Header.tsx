import type { ReactElement } from 'react'
import { useChatActions, useMessageIds } from '@parlance/react'
import { IconButton } from '../icon/IconButton.tsx'
import { useWidget } from '../settings/WidgetContext.tsx'
import { Menu } from './Menu.tsx'

/** Props of the {@link Header} slot. */
export interface HeaderProps {
  /** Id the title must carry: it names the panel. Absent until the widget has mounted. */
  readonly titleId: string | undefined
  /** Closes the panel; absent where it cannot be closed. */
  readonly onClose?: (() => void) | undefined
  /** Gives focus to the composer, as after a new conversation was begun. */
  readonly onFocusComposer: () => void
}

/** Title, the word that a machine answers, menu and close button. */
export function Header({ titleId, onClose, onFocusComposer }: HeaderProps): ReactElement {
  const { strings, title } = useWidget()
  const { clear } = useChatActions()
  const isEmpty = useMessageIds().length === 0
  return (
    <header className="pl-header" part="header">
      <div className="pl-header-words">
        <h2 id={titleId} className="pl-title" dir="auto">
          {title}
        </h2>
        <p className="pl-disclosure">{strings.disclosure}</p>
      </div>
      {!isEmpty && (
        <Menu
          items={[
            {
              label: strings.newConversation,
              icon: 'add',
              onSelect: () => {
                clear()
                onFocusComposer()
              },
            },
          ]}
        />
      )}
      {onClose && <IconButton icon="close" label={strings.closeChat} onClick={onClose} />}
    </header>
  )
}
