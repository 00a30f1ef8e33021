import { type Message, textOf } from '@parlance/core'
import { useChatActions } from '@parlance/react'
import { type ReactElement, useRef, useState } from 'react'
import { useAnnounce } from '../announcer/Announcer.tsx'
import type { FeedbackReason } from '../feedback/feedback.ts'
import { lazyPart } from '../settings/lazyPart.tsx'
import { useWidget } from '../settings/WidgetContext.tsx'
import { CopyButton } from './CopyButton.tsx'
import { SiblingArrows } from './SiblingArrows.tsx'
import { TurnButton } from './TurnButton.tsx'

const UsageLine = lazyPart(
  'UsageLine',
  async () => (await import('../settings/rareParts.ts')).UsageLine,
)

/** Props of the {@link TurnActions} slot. */
export interface TurnActionsProps {
  readonly message: Message
  /** Opens the editor of a question; absent where it cannot be changed. */
  readonly onEdit?: (() => void) | undefined
}

/** The quiet row under a turn: its time, versions and what can be done with it. */
export function TurnActions({ message, onEdit }: TurnActionsProps): ReactElement {
  const { strings, formats, features, slots, onFeedback } = useWidget()
  const { regenerate } = useChatActions()
  const announce = useAnnounce()
  const [panel, setPanel] = useState<'usage' | 'feedback' | 'thanks' | null>(null)
  const [rating, setRating] = useState<'helpful' | 'unhelpful' | null>(null)
  const unhelpfulButton = useRef<HTMLButtonElement>(null)
  const isReply = message.role === 'assistant'
  const isAnswer = isReply && message.status !== 'failed'
  const text = textOf(message)
  const hasUsage = Boolean(message.usage ?? message.cost ?? message.latencyMs ?? message.model)

  const sendFeedback = (
    value: 'helpful' | 'unhelpful',
    reasons: readonly FeedbackReason[] = [],
    comment = '',
  ) => {
    setRating(value)
    setPanel('thanks')
    announce(strings.feedbackThanks)
    onFeedback?.({
      messageId: message.id,
      replyId: message.replyId,
      rating: value,
      reasons,
      comment,
    })
  }

  return (
    <div className="pl-actions-area">
      <div className="pl-actions" part="actions">
        <SiblingArrows messageId={message.id} />
        {features.copy && text !== '' && <CopyButton text={text} />}
        {onEdit && <TurnButton icon="edit" label={strings.edit} onClick={onEdit} />}
        {isAnswer && features.regenerate && (
          <TurnButton
            icon="again"
            label={strings.regenerate}
            onClick={() => void regenerate(message.id)}
          />
        )}
        {isAnswer && onFeedback && (
          <>
            <TurnButton
              icon="helpful"
              label={strings.helpful}
              aria-pressed={rating === 'helpful'}
              onClick={() => rating !== 'helpful' && sendFeedback('helpful')}
            />
            <TurnButton
              icon="unhelpful"
              label={strings.unhelpful}
              buttonRef={unhelpfulButton}
              aria-pressed={rating === 'unhelpful'}
              aria-expanded={panel === 'feedback'}
              onClick={() => setPanel(panel === 'feedback' ? null : 'feedback')}
            />
          </>
        )}
        {isReply && features.usage && hasUsage && (
          <TurnButton
            icon="details"
            label={strings.details}
            aria-expanded={panel === 'usage'}
            onClick={() => setPanel(panel === 'usage' ? null : 'usage')}
          />
        )}
        {features.times && (
          <time className="pl-time" dateTime={new Date(message.createdAtMs).toISOString()}>
            {formats.time(message.createdAtMs)}
          </time>
        )}
      </div>
      {panel === 'usage' && <UsageLine message={message} />}
      {panel === 'feedback' && (
        <slots.FeedbackForm
          onSend={(reasons, comment) => {
            sendFeedback('unhelpful', reasons, comment)
            unhelpfulButton.current?.focus()
          }}
          onCancel={() => {
            setPanel(null)
            unhelpfulButton.current?.focus()
          }}
        />
      )}
      {panel === 'thanks' && <p className="pl-usage">{strings.feedbackThanks}</p>}
    </div>
  )
}
