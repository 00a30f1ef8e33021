import { type ReactElement, useLayoutEffect, useRef, useState } from 'react'
import { useWidget } from '../settings/WidgetContext.tsx'

/** Changes a sent question in its place. */
export function EditForm({
  text,
  onSend,
  onCancel,
}: {
  readonly text: string
  readonly onSend: (text: string) => void
  readonly onCancel: () => void
}): ReactElement {
  const { strings, maxMessageChars } = useWidget()
  const [draft, setDraft] = useState(text)
  const field = useRef<HTMLTextAreaElement>(null)

  useLayoutEffect(() => {
    const element = field.current
    element?.focus()
    element?.setSelectionRange(element.value.length, element.value.length)
  }, [])

  const words = draft.trim()
  const send = () => {
    if (words !== '') onSend(words)
  }

  return (
    <form
      className="pl-edit"
      part="edit"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      <textarea
        ref={field}
        className="pl-field"
        rows={3}
        dir="auto"
        maxLength={maxMessageChars}
        aria-label={strings.editLabel}
        value={draft}
        onChange={(event) => setDraft(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return
          if (event.key === 'Enter' && !event.shiftKey) {
            event.preventDefault()
            send()
          } else if (event.key === 'Escape') {
            event.preventDefault()
            onCancel()
          }
        }}
      />
      <div className="pl-row">
        <button
          type="submit"
          className="pl-button"
          data-kind="primary"
          aria-disabled={words === ''}
        >
          {strings.save}
        </button>
        <button type="button" className="pl-button" onClick={onCancel}>
          {strings.cancel}
        </button>
      </div>
    </form>
  )
}
