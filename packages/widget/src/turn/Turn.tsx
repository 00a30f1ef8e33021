import { type ImagePart, textOf } from '@parlance/core'
import { useChatActions, useMessage } from '@parlance/react'
import { type ComponentType, memo, type ReactElement, useState } from 'react'
import { lazyPart } from '../settings/lazyPart.tsx'
import { useWidget } from '../settings/WidgetContext.tsx'
import { Question } from './Question.tsx'
import { Reply } from './Reply.tsx'
import { TurnFocusProvider } from './TurnFocus.tsx'
import { isGrowing } from './isGrowing.ts'

const EditForm = lazyPart(
  'EditForm',
  async () => (await import('../settings/rareParts.ts')).EditForm,
)

/** Props of the {@link Turn} slot. */
export interface TurnProps {
  readonly messageId: string
  /** Whether it is the last message of the conversation. */
  readonly last: boolean
  /** Whether Tab stops at this turn. */
  readonly active: boolean
}

/** One message: the visitor's in a bubble, the assistant's as prose. It renders when this message changes, and only then. */
export const Turn: ComponentType<TurnProps> = memo(function Turn({
  messageId,
  last,
  active,
}: TurnProps): ReactElement | null {
  const { strings, formats, features, slots } = useWidget()
  const { edit } = useChatActions()
  const message = useMessage(messageId)
  const [editing, setEditing] = useState(false)
  if (!message) return null
  const isQuestion = message.role === 'user'
  const growing = isGrowing(message.status)
  const who = isQuestion ? strings.you : strings.assistant
  return (
    <TurnFocusProvider value={active}>
      <article
        className="pl-turn"
        part={`turn ${isQuestion ? 'question' : 'reply'} ${message.status}`}
        data-role={message.role}
        data-state={message.status}
        data-message={messageId}
        // The transcript is one tab stop: arrows walk its turns.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={active ? 0 : -1}
        aria-label={`${who}, ${formats.time(message.createdAtMs)}`}
        aria-busy={growing || undefined}
      >
        {isQuestion && editing ? (
          <EditForm
            text={textOf(message)}
            onCancel={() => setEditing(false)}
            onSend={(text) => {
              setEditing(false)
              const images = message.parts.filter(
                (part): part is ImagePart => part.type === 'image',
              )
              void edit(messageId, { text, images })
            }}
          />
        ) : isQuestion ? (
          <>
            <Question message={message} />
            {/* Asked while another answer comes: it waits for its turn. */}
            {growing && <slots.Typing notice={null} />}
          </>
        ) : (
          <Reply message={message} last={last} />
        )}
        {!growing && !editing && (
          <slots.TurnActions
            message={message}
            onEdit={isQuestion && features.edit ? () => setEditing(true) : undefined}
          />
        )}
      </article>
    </TurnFocusProvider>
  )
})
