import { useChatActions, useMessageIds } from '@parlance/react'
import {
  type DragEvent,
  type KeyboardEvent,
  type ReactElement,
  type RefObject,
  useRef,
  useState,
} from 'react'
import { useAttachments } from '../attachments/useAttachments.ts'
import { useOnline } from '../banner/useOnline.ts'
import { useRunningReply } from '../history/useRunningReply.ts'
import { Dots } from '../icon/Dots.tsx'
import { useBrowserLayoutEffect } from '../settings/useBrowserLayoutEffect.ts'
import { useWidget } from '../settings/WidgetContext.tsx'
import { keepTabInside } from './focusable.ts'
import { focusQuietly } from './focusQuietly.ts'

/** Props of the {@link Panel}. */
export interface PanelProps {
  readonly panelRef: RefObject<HTMLElement | null>
  readonly composerRef: RefObject<HTMLTextAreaElement | null>
  /** `dialog`: beside the page. `modal`: over all of it. `region`: a part of the page. */
  readonly kind: 'dialog' | 'modal' | 'region'
  readonly open: boolean
  /** Absent where the panel cannot be closed. */
  readonly onClose?: (() => void) | undefined
  /** Whether it is larger than usual. */
  readonly expanded: boolean
  /** Absent where it has no other size. */
  readonly onExpand?: (() => void) | undefined
}

/** Header, transcript, suggestions and composer: the chat itself. */
export function Panel({
  panelRef,
  composerRef,
  kind,
  open,
  onClose,
  expanded,
  onExpand,
}: PanelProps): ReactElement {
  const { id, strings, slots, suggestions, features, keeper, onConsent } = useWidget()
  const { send } = useChatActions()
  const { isRunning, stop } = useRunningReply()
  const isEmpty = useMessageIds().length === 0
  const isOnline = useOnline()
  const transcriptRef = useRef<HTMLDivElement>(null)
  const attachments = useAttachments()
  const [dragging, setDragging] = useState(false)
  const [view, setView] = useState<'chat' | 'history'>('chat')

  const focusComposer = () => composerRef.current?.focus()
  /** Where focus goes when the button that had it is gone. */
  const settleFocus = () => focusQuietly(panelRef.current, composerRef.current)

  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.defaultPrevented || event.nativeEvent.isComposing) return
    if (event.key === 'Escape') {
      if (isRunning) stop()
      else if (onClose) onClose()
      else return
      event.preventDefault()
      event.stopPropagation()
    } else if (event.key === 'F6') {
      event.preventDefault()
      const turn = transcriptRef.current?.querySelector<HTMLElement>('[data-message][tabindex="0"]')
      const inTranscript = transcriptRef.current?.contains(event.target as Node)
      // Without moving the reader: the turn is usually larger than the view.
      if (turn && !inTranscript) turn.focus({ preventScroll: true })
      else focusComposer()
    } else if (event.key === 'Tab' && kind === 'modal') {
      keepTabInside(event, event.currentTarget)
    }
  }

  const onDrag = (event: DragEvent<HTMLElement>) => {
    if (!features.attachments || !event.dataTransfer.types.includes('Files')) return
    event.preventDefault()
    setDragging(true)
  }

  const onDrop = (event: DragEvent<HTMLElement>) => {
    if (!dragging) return
    event.preventDefault()
    setDragging(false)
    attachments.add(event.dataTransfer.files)
    focusComposer()
  }

  // After the composer has come back.
  const lastView = useRef(view)
  useBrowserLayoutEffect(() => {
    if (lastView.current === 'history' && view === 'chat')
      focusQuietly(panelRef.current, composerRef.current)
    lastView.current = view
  }, [view, panelRef, composerRef])

  const titleId = id && `${id}-title`
  const role = kind === 'region' ? 'region' : 'dialog'
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <section
      ref={panelRef}
      id={id && `${id}-panel`}
      className="pl-panel"
      part="panel"
      role={role}
      aria-modal={kind === 'modal' || undefined}
      aria-labelledby={titleId}
      tabIndex={-1}
      data-state={open ? 'open' : 'closed'}
      onKeyDown={onKeyDown}
      onDragEnter={onDrag}
      onDragOver={onDrag}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setDragging(false)
      }}
      onDrop={onDrop}
    >
      <slots.Header
        titleId={titleId}
        expanded={expanded}
        onExpand={onExpand}
        onClose={onClose}
        onShowHistory={slots.History ? () => setView('history') : undefined}
        onFocusComposer={() => {
          setView('chat')
          focusComposer()
        }}
      />
      <output className="pl-output">
        {!isOnline && (
          <slots.Banner kind="offline" icon="offline">
            {strings.offline}
          </slots.Banner>
        )}
      </output>
      {slots.History && view === 'history' ? (
        // The keeper may come later than the panel, so that the menu does not change under the visitor's hand.
        keeper ? (
          <slots.History keeper={keeper} onClose={() => setView('chat')} />
        ) : (
          <Dots />
        )
      ) : (
        <>
          <slots.Transcript transcriptRef={transcriptRef} />
          {isEmpty && suggestions.length > 0 && (
            <slots.Suggestions
              suggestions={suggestions}
              onSelect={(suggestion) => {
                void send(suggestion)
                settleFocus()
              }}
            />
          )}
          {onConsent && !isEmpty && (
            <slots.Consent
              onDecide={(consent) => {
                onConsent(consent)
                settleFocus()
              }}
            />
          )}
          <slots.Composer
            inputRef={composerRef}
            attachments={features.attachments ? attachments : undefined}
          />
          {slots.Footer && <slots.Footer />}
        </>
      )}
      {dragging && <p className="pl-drop">{strings.dropHere}</p>}
    </section>
  )
}
