import { messageOf } from '@parlance/core'
import { useChat, useMessageIds, useStickToBottom } from '@parlance/react'
import {
  type FocusEvent,
  type KeyboardEvent,
  memo,
  type ReactElement,
  type RefObject,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react'
import { useWidget } from '../settings/WidgetContext.tsx'
import { type Exchange, toExchanges, toStretches } from './exchanges.ts'
import { showAtOnce } from './showAtOnce.ts'
import { Skippable } from './Skippable.tsx'
import { useDrawnFrom } from './useDrawnFrom.ts'
import { useHeldFocus } from './useHeldFocus.ts'

/** Props of the {@link Transcript}. */
export interface TranscriptProps {
  /** Where the keyboard goes to walk the turns. */
  readonly transcriptRef: RefObject<HTMLDivElement | null>
}

/** The shown messages, kept at their end while the reader is there. */
export function Transcript({ transcriptRef }: TranscriptProps): ReactElement {
  const { strings, slots } = useWidget()
  const ids = useMessageIds()
  const chat = useChat()
  const { scrollRef, contentRef, position, scrollToEnd, pinToTop } = useStickToBottom()
  const exchanges = useMemo(
    () => toExchanges(ids, (id) => messageOf(chat.getSnapshot(), id)),
    [ids, chat],
  )

  const stretches = useMemo(() => toStretches(exchanges), [exchanges])
  const drawnFrom = useDrawnFrom(stretches.length, ids[0])

  const [focusedId, setFocusedId] = useState<string | null>(null)
  const activeId = focusedId !== null && ids.includes(focusedId) ? focusedId : ids.at(-1)

  const holdsActive = ({ messageIds }: Exchange): boolean =>
    activeId !== undefined && messageIds.includes(activeId)

  // Whoever asks wants to see the answer, wherever they were reading: the question goes to the top of the view.
  const lastQuestionId = exchanges.at(-1)?.id
  const shownQuestionId = useRef(lastQuestionId)
  useEffect(() => {
    if (lastQuestionId === shownQuestionId.current) return
    const isNext = shownQuestionId.current !== undefined
    shownQuestionId.current = lastQuestionId
    const exchange = transcriptRef.current?.querySelector('.pl-exchange[data-last]')
    if (isNext && exchange) pinToTop(exchange)
  }, [lastQuestionId, pinToTop, transcriptRef])

  const key = ids.length === 0 ? 'empty' : 'begun'
  useHeldFocus(transcriptRef, key)

  // What the reader has seen: all, while they are at the end.
  const [seenCount, setSeenCount] = useState(ids.length)
  if (seenCount !== ids.length && (position === 'at-end' || ids.length < seenCount))
    setSeenCount(ids.length)

  const onFocus = (event: FocusEvent) => {
    const id = event.target.closest<HTMLElement>('[data-message]')?.dataset.message
    if (id !== undefined) setFocusedId(id)
  }

  const drawnStretches = stretches.map((stretch, index) => {
    const isLast = index === stretches.length - 1
    return (
      <Stretch
        // Exchanges are only ever added at the end: the position is the identity.
        // oxlint-disable-next-line react/no-array-index-key
        key={index}
        exchanges={isLast || index >= drawnFrom ? stretch : nothing}
        lastId={isLast ? ids.at(-1) : undefined}
        activeId={stretch.some(holdsActive) ? activeId : undefined}
      />
    )
  })

  return (
    <>
      <div
        ref={scrollRef}
        className="pl-scroll"
        data-position={position}
        onScroll={(event) => showAtOnce(event.currentTarget)}
      >
        {/* A new element for a new conversation: the room that was made in it must not stay. */}
        <div key={key} ref={contentRef} className="pl-content">
          {ids.length === 0 && <slots.EmptyState />}
          {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- arrows walk its turns */}
          <div
            ref={transcriptRef}
            className="pl-transcript"
            part="transcript"
            role="log"
            // Quiet: a separate announcer speaks finished sentences, not tokens.
            aria-live="off"
            aria-label={strings.conversation}
            onFocus={onFocus}
            onKeyDown={walkTurns}
          >
            {toStretches(drawnStretches).map((chapter, index, { length }) => (
              <Skippable
                // oxlint-disable-next-line react/no-array-index-key
                key={index}
                state={index === length - 1 ? 'last' : 'drawn'}
                heightPx={chapterHeightPx}
              >
                {chapter}
              </Skippable>
            ))}
          </div>
        </div>
      </div>
      {position === 'away' && (
        <slots.JumpToLatest
          count={ids.length - seenCount}
          onJump={() => {
            scrollToEnd('instant')
            // The button goes; the reader goes on where it led.
            transcriptRef.current
              ?.querySelector<HTMLElement>(`[data-message="${ids.at(-1)}"]`)
              ?.focus({ preventScroll: true })
          }}
        />
      )}
    </>
  )
}

/** Sixteen stretches, as high as the style sheet takes each to be. */
const chapterHeightPx = 16 * 3840

const nothing: readonly Exchange[] = []

interface StretchProps {
  /** None where they are not drawn yet. */
  readonly exchanges: readonly Exchange[]
  /** The last message of the conversation, in the stretch that holds it. */
  readonly lastId: string | undefined
  readonly activeId: string | undefined
}

/**
 * Some exchanges in a row. They are skipped by the stretch, and stretches by the chapter: in every frame the browser looks
 * at each such element that is not inside a skipped one.
 */
const Stretch = memo(
  function Stretch({ exchanges, lastId, activeId }: StretchProps): ReactElement {
    const { slots } = useWidget()
    return (
      <Skippable state={lastId !== undefined ? 'last' : 'drawn'}>
        {exchanges.map(({ id: key, dayMs, messageIds }) => (
          <div
            key={key}
            className="pl-exchange"
            data-last={(lastId !== undefined && messageIds.includes(lastId)) || undefined}
          >
            {dayMs !== null && <slots.DaySeparator atMs={dayMs} />}
            {messageIds.map((id) => (
              <slots.Turn key={id} messageId={id} last={id === lastId} active={id === activeId} />
            ))}
          </div>
        ))}
      </Skippable>
    )
  },
  (one, other) =>
    one.lastId === other.lastId &&
    one.activeId === other.activeId &&
    one.exchanges.length === other.exchanges.length &&
    one.exchanges.every((exchange, index) => isSameExchange(exchange, other.exchanges[index]!)),
)

function isSameExchange(one: Exchange, other: Exchange): boolean {
  return (
    one === other ||
    (one.dayMs === other.dayMs && one.messageIds.join() === other.messageIds.join())
  )
}

/** Arrows, Home and End move between turns, as long as focus is on a turn and not on something inside it. */
function walkTurns(event: KeyboardEvent<HTMLDivElement>): void {
  const turn = event.target as HTMLElement
  if (turn.dataset.message === undefined) return
  const turns = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-message]')]
  const now = turns.indexOf(turn)
  const next =
    event.key === 'ArrowDown'
      ? turns[now + 1]
      : event.key === 'ArrowUp'
        ? turns[now - 1]
        : event.key === 'Home'
          ? turns[0]
          : event.key === 'End'
            ? turns.at(-1)
            : undefined
  if (!next) return
  event.preventDefault()
  next.focus({ preventScroll: true })
  next.scrollIntoView({ block: 'nearest' })
}
