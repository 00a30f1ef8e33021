'use client'

import { useChat, useMessageIds } from '@parlance/react'
import { saveTranscript } from '../history/saveTranscript.ts'
import { useWidget } from '../settings/WidgetContext.tsx'
import { fill } from '../strings/strings.ts'
import type { HeaderProps } from './Header.tsx'
import type { MenuItem } from './Menu.tsx'

const formats = [
  { format: 'markdown', name: 'Markdown' },
  { format: 'json', name: 'JSON' },
] as const

/** What can be done with the conversation as a whole, at this moment. For a header of your own. */
export function useMenuItems({
  onShowHistory,
  onFocusComposer,
}: Pick<HeaderProps, 'onShowHistory' | 'onFocusComposer'>): readonly MenuItem[] {
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
    for (const { format, name } of formats) {
      items.push({
        label: fill(strings.saveTranscript, { format: name }),
        icon: 'save',
        onSelect: () => {
          saveTranscript(chat.getSnapshot(), format, { title, strings }).catch((error: unknown) =>
            console.error('Parlance: the code that saves a conversation did not load.', error),
          )
        },
      })
    }
  }
  return items
}
