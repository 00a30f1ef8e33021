'use client'

import {
  type FormEvent,
  type KeyboardEvent,
  type ReactElement,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react'
import { IconButton } from '../icon/IconButton.tsx'
import { useWidget } from '../settings/WidgetContext.tsx'
import { fill } from '../strings/strings.ts'
import type { ConversationEntry } from './conversationRecord.ts'
import type { Keeper } from './keepConversation.ts'

/** Props of the {@link HistoryView} slot. */
export interface HistoryProps {
  readonly keeper: Keeper
  /** Goes back to the conversation. */
  readonly onClose: () => void
}

/** The visitor's kept conversations, newest first: open one, name it, delete it. */
export function HistoryView({ keeper, onClose }: HistoryProps): ReactElement {
  const { strings } = useWidget()
  const entries = useEntries(keeper)
  const heading = useRef<HTMLHeadingElement>(null)
  useLayoutEffect(() => heading.current?.focus(), [])

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || event.defaultPrevented) return
    // The panel must not take this Escape for its own.
    event.preventDefault()
    onClose()
  }

  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- Escape leaves it from wherever focus is
    <section className="pl-history" part="history" onKeyDown={onKeyDown}>
      <div className="pl-history-head">
        <IconButton icon="previous" label={strings.backToConversation} onClick={onClose} />
        <h3 ref={heading} className="pl-title" tabIndex={-1}>
          {strings.history}
        </h3>
      </div>
      {entries?.length === 0 && <p className="pl-history-none">{strings.historyEmpty}</p>}
      <ul className="pl-history-list">
        {entries?.map((entry) => (
          <HistoryRow
            key={entry.id}
            entry={entry}
            keeper={keeper}
            onOpen={() => {
              void keeper.resume(entry.id)
              onClose()
            }}
            onRemoved={() => heading.current?.focus()}
          />
        ))}
      </ul>
    </section>
  )
}

interface HistoryRowProps {
  readonly entry: ConversationEntry
  readonly keeper: Keeper
  readonly onOpen: () => void
  readonly onRemoved: () => void
}

function HistoryRow({ entry, keeper, onOpen, onRemoved }: HistoryRowProps): ReactElement {
  const { strings, formats } = useWidget()
  const { id, updatedAtMs } = entry
  const title = entry.title || strings.newConversation
  const question = fill(strings.removeQuestion, { title })
  const [state, setState] = useState<'shown' | 'renaming' | 'removing'>('shown')
  const row = useRef<HTMLLIElement>(null)
  const lastState = useRef(state)

  // Focus stays in the row, whatever its buttons become; at once, or the next key press would go elsewhere.
  useLayoutEffect(() => {
    const before = lastState.current
    if (before === state) return
    lastState.current = state
    const controls = row.current?.querySelectorAll<HTMLElement>('input, button')
    // Back to the button that began it, or to the first of what it began.
    controls?.[before === 'renaming' ? 1 : before === 'removing' ? 2 : 0]?.focus()
  }, [state])

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || event.nativeEvent.isComposing || state === 'shown') return
    event.preventDefault()
    setState('shown')
  }

  const onRename = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const name = new FormData(event.currentTarget).get('title')
    if (typeof name === 'string' && name.trim() !== '') void keeper.rename(id, name.trim())
    setState('shown')
  }

  const cancel = (
    <button type="button" className="pl-button" onClick={() => setState('shown')}>
      {strings.cancel}
    </button>
  )

  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Escape gives up what was begun
    <li ref={row} className="pl-history-row" data-state={state} onKeyDown={onKeyDown}>
      {state === 'shown' && (
        <>
          <button
            type="button"
            className="pl-history-open"
            aria-current={id === keeper.currentId || undefined}
            onClick={onOpen}
          >
            <span className="pl-history-title" dir="auto">
              {title}
            </span>
            <span className="pl-history-time">
              {formats.day(updatedAtMs)}, {formats.time(updatedAtMs)}
            </span>
          </button>
          <IconButton
            icon="edit"
            label={fill(strings.renameConversation, { title })}
            onClick={() => setState('renaming')}
          />
          <IconButton
            icon="remove"
            label={fill(strings.removeConversation, { title })}
            onClick={() => setState('removing')}
          />
        </>
      )}
      {state === 'renaming' && (
        <form className="pl-history-form" onSubmit={onRename}>
          <input
            className="pl-field"
            name="title"
            dir="auto"
            maxLength={80}
            defaultValue={title}
            onFocus={(event) => event.currentTarget.select()}
            aria-label={strings.conversationTitle}
          />
          <button type="submit" className="pl-button" data-kind="primary">
            {strings.done}
          </button>
          {cancel}
        </form>
      )}
      {state === 'removing' && (
        // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- a fieldset is for fields
        <div className="pl-history-form" role="group" aria-label={question}>
          <p className="pl-history-question">{question}</p>
          <button
            type="button"
            className="pl-button"
            data-kind="danger"
            onClick={() => {
              void keeper.remove(id)
              onRemoved()
            }}
          >
            {strings.remove}
          </button>
          {cancel}
        </div>
      )}
    </li>
  )
}

function useEntries(keeper: Keeper): readonly ConversationEntry[] | null {
  const [entries, setEntries] = useState<readonly ConversationEntry[] | null>(null)
  useEffect(() => {
    let isCurrent = true
    const read = async () => {
      const found = await keeper.list()
      if (isCurrent) setEntries(found)
    }
    void read()
    const unsubscribe = keeper.onListChange(() => void read())
    return () => {
      isCurrent = false
      unsubscribe()
    }
  }, [keeper])
  return entries
}
