import { type ReactElement, useLayoutEffect, useRef, useState } from 'react'
import { useWidget } from '../settings/WidgetContext.tsx'
import type { FeedbackReason } from './feedback.ts'

/** Props of the {@link FeedbackForm} slot. */
export interface FeedbackFormProps {
  readonly onSend: (reasons: readonly FeedbackReason[], comment: string) => void
  readonly onCancel: () => void
}

const reasons = ['incorrect', 'incomplete', 'off-topic', 'other'] as const

/** Asks why an answer did not help: reasons to tick, and words. */
export function FeedbackForm({ onSend, onCancel }: FeedbackFormProps): ReactElement {
  const { strings } = useWidget()
  const [ticked, setTicked] = useState<readonly FeedbackReason[]>([])
  const [comment, setComment] = useState('')
  const words = {
    incorrect: strings.feedbackIncorrect,
    incomplete: strings.feedbackIncomplete,
    'off-topic': strings.feedbackOffTopic,
    other: strings.feedbackOther,
  }
  const form = useRef<HTMLFormElement>(null)
  // From the button that asked for it: there, Escape would close the chat.
  useLayoutEffect(() => form.current?.querySelector('button')?.focus(), [])
  const toggle = (reason: FeedbackReason) =>
    setTicked(
      ticked.includes(reason) ? ticked.filter((other) => other !== reason) : [...ticked, reason],
    )
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Escape leaves it from any field
    <form
      ref={form}
      className="pl-feedback"
      part="feedback"
      aria-label={strings.feedbackQuestion}
      onSubmit={(event) => {
        event.preventDefault()
        onSend(ticked, comment.trim())
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.nativeEvent.isComposing) return
        event.preventDefault()
        onCancel()
      }}
    >
      <p className="pl-label">{strings.feedbackQuestion}</p>
      <div className="pl-feedback-reasons">
        {reasons.map((reason) => (
          <button
            key={reason}
            type="button"
            className="pl-chip"
            aria-pressed={ticked.includes(reason)}
            onClick={() => toggle(reason)}
          >
            {words[reason]}
          </button>
        ))}
      </div>
      <textarea
        className="pl-field"
        rows={2}
        maxLength={2000}
        dir="auto"
        aria-label={strings.feedbackComment}
        placeholder={strings.feedbackComment}
        value={comment}
        onChange={(event) => setComment(event.currentTarget.value)}
      />
      <div className="pl-row">
        <button type="submit" className="pl-button" data-kind="primary">
          {strings.feedbackSend}
        </button>
        <button type="button" className="pl-button" onClick={onCancel}>
          {strings.cancel}
        </button>
      </div>
    </form>
  )
}
