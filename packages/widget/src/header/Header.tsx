import type { ReactElement } from 'react'
import { useChat, useMessageIds } from '@parlance/react'
import { saveTranscript } from '../history/saveTranscript.ts'
import { IconButton } from '../icon/IconButton.tsx'
import { useWidget } from '../settings/WidgetContext.tsx'
import { Menu, type MenuItem } from './Menu.tsx'

/** Props of the {@link Header} slot. */
export interface HeaderProps {
  /** Id the title must carry: it names the panel. Absent until the widget has mounted. */
  readonly titleId: string | undefined
  /** Closes the panel; absent where it cannot be closed. */
  readonly onClose?: (() => void) | undefined
  /** Shows the kept conversations; absent where there are none to show. */
  readonly onShowHistory?: (() => void) | undefined
  /** Gives focus to the composer, as after a new conversation was begun. */
  readonly onFocusComposer: () => void
}

/** Title, the word that a machine answers, menu and close button. */
export function Header({
  titleId,
  onClose,
  onShowHistory,
  onFocusComposer,
}: HeaderProps): ReactElement {
  const { strings, title, features } = useWidget()
  const chat = useChat()
  const isEmpty = useMessageIds().length === 0
  const items: MenuItem[] = []
  if (!isEmpty) {
    items.push({
      label: strings.newConversation,
      icon: 'add',
      onSelect: () => {
        chat.clear()
        onFocusComposer()
      },
    })
  }
  if (onShowHistory) {
    items.push({ label: strings.history, icon: 'history', onSelect: onShowHistory })
  }
  if (!isEmpty && features.transcript) {
    items.push({
      label: strings.saveTranscript,
      icon: 'save',
      onSelect: () => void saveTranscript(chat.getSnapshot(), { title, strings }),
    })
  }
  return (
    <header className="pl-header" part="header">
      <div className="pl-header-words">
        {/* Not `dir` on the heading: words of another direction stand where the others do. */}
        <h2 id={titleId} className="pl-title">
          <bdi>{title}</bdi>
        </h2>
        <p className="pl-disclosure">{strings.disclosure}</p>
      </div>
      {items.length > 0 && <Menu items={items} />}
      {onClose && <IconButton icon="close" label={strings.closeChat} onClick={onClose} />}
    </header>
  )
}
