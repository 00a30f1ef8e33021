import type { Citation, Message, MessagePart } from '@parlance/core'
import { useChatActions, useConversation } from '@parlance/react'
import type { ReactElement } from 'react'
import { Icon } from '../icon/Icon.tsx'
import { useWidget } from '../settings/WidgetContext.tsx'
import { CitationsProvider } from '../sources/CitationsContext.tsx'
import { turnNote } from './turnNote.ts'
import { isGrowing } from './isGrowing.ts'

/** The parts of a reply, what became of it, and what can be done next. */
export function Reply({
  message,
  last,
}: {
  readonly message: Message
  /** Whether it ends the conversation: only then can it be tried again in its place. */
  readonly last: boolean
}): ReactElement {
  const { strings, slots } = useWidget()
  const { retry } = useChatActions()
  const { status, parts } = message
  const growing = isGrowing(status)
  const note = turnNote(message)
  const canRetry = last && (note === 'stopped' || note === 'truncated' || note === 'noText')
  const lastPart = parts.at(-1)
  const citations = citationsOf(parts)
  return (
    <CitationsProvider value={citations}>
      {parts.map((part, index) => (
        // Parts are only ever added at the end: the position is the identity.
        // oxlint-disable-next-line react/no-array-index-key
        <ReplyPart key={index} part={part} growing={growing && part === lastPart} />
      ))}
      {/* Below the words, though a relay that looks them up first sends them first. */}
      {!growing && citations.length > 0 && <slots.SourceList citations={citations} />}
      {(growing || status === 'failed') && <Outlook message={message} last={last} />}
      {note && (
        <div className="pl-note" part={`note ${note}`} data-kind={note}>
          <div className="pl-note-body">
            <span>{strings[note]}</span>
            {canRetry && (
              <button type="button" className="pl-button" onClick={() => void retry(message.id)}>
                <Icon name="again" />
                {strings.tryAgain}
              </button>
            )}
          </div>
        </div>
      )}
    </CitationsProvider>
  )
}

/**
 * What can be said of text that has not come. A component of its own, because it hears of each token: a thousand whole
 * replies do not.
 */
function Outlook({
  message: { id, status, error, parts },
  last,
}: {
  readonly message: Message
  readonly last: boolean
}): ReactElement | null {
  const { slots } = useWidget()
  const { retry } = useChatActions()
  const notice = useConversation((conversation) => conversation.notice)
  const retryAtMs = useConversation((conversation) => conversation.retryAtMs)
  if (status === 'failed') {
    return error ? (
      <slots.ErrorRow
        error={error}
        retryAtMs={last ? retryAtMs : null}
        onRetry={last && error.retryable ? () => void retry(id) : undefined}
      />
    ) : null
  }
  const lastPart = parts.at(-1)
  const isQuiet = !lastPart || lastPart.type === 'tool-call' || notice !== null
  return isQuiet ? <slots.Typing notice={notice} retryAtMs={retryAtMs} /> : null
}

const noCitations: readonly Citation[] = []

function citationsOf(parts: readonly MessagePart[]): readonly Citation[] {
  return parts.find((part) => part.type === 'citations')?.citations ?? noCitations
}

function ReplyPart({
  part,
  growing,
}: {
  readonly part: MessagePart
  readonly growing: boolean
}): ReactElement | null {
  const { slots, features } = useWidget()
  switch (part.type) {
    case 'text':
    case 'refusal':
      return <slots.MessageText text={part.text} streaming={growing} />
    case 'reasoning':
      return features.reasoning ? <slots.Reasoning text={part.text} streaming={growing} /> : null
    case 'tool-call':
      return <slots.ToolCard call={part} />
    case 'citations':
    case 'image':
      return null
    default:
      return part satisfies never
  }
}
