import { useChatActions, useChatStatus, useComposer } from '@parlance/react'
import { type ReactElement, type RefObject, useRef } from 'react'
import { useAnnounce } from '../announcer/Announcer.tsx'
import type { Attachments } from '../attachments/useAttachments.ts'
import { useKeptDraft } from '../history/useKeptDraft.ts'
import { useRunningReply } from '../history/useRunningReply.ts'
import { Icon } from '../icon/Icon.tsx'
import { IconButton } from '../icon/IconButton.tsx'
import { useWidget } from '../settings/WidgetContext.tsx'

/** Props of the {@link Composer} slot. */
export interface ComposerProps {
  /** The field, which gets focus when the panel opens. */
  readonly inputRef: RefObject<HTMLTextAreaElement | null>
  /** Images of the next message; absent where none may be attached. */
  readonly attachments?: Attachments | undefined
}

/** Characters left from which on they are counted. */
const countFrom = 200

/** Where the visitor writes: one card that grows to six lines, with one button that sends or stops. */
export function Composer({ inputRef, attachments }: ComposerProps): ReactElement {
  const { strings, formats, slots, maxMessageChars, attachmentLimits, keeper } = useWidget()
  const { send } = useChatActions()
  const { isRunning, stop } = useRunningReply()
  const status = useChatStatus()
  const announce = useAnnounce()
  const picker = useRef<HTMLInputElement>(null)
  const attached = attachments?.attachments ?? []
  const images = attached.flatMap(({ image }) => image ?? [])
  const isReading = images.length < attached.length
  const { draft, setDraft, canSend, textareaProps, formProps } = useComposer({
    images,
    maxLength: maxMessageChars,
    initialDraft: keeper?.draft,
    onSend: (text) => {
      if (isReading) return false
      void send({ text, images })
      attachments?.clear()
      return true
    },
  })
  useKeptDraft(keeper, draft, setDraft)
  const left = maxMessageChars - draft.length

  return (
    <div className="pl-dock" part="dock">
      <form {...formProps} className="pl-composer" part="composer" data-state={status}>
        {attachments && attached.length + attachments.problems.length > 0 && (
          <slots.AttachmentTray
            attachments={attached}
            problems={attachments.problems}
            onRemove={(id) => {
              attachments.remove(id)
              inputRef.current?.focus()
            }}
          />
        )}
        {attachments && (
          <>
            <IconButton
              icon="attach"
              label={strings.attach}
              onClick={() => picker.current?.click()}
            />
            <input
              ref={picker}
              type="file"
              hidden
              multiple
              accept={attachmentLimits.mediaTypes.join()}
              onChange={(event) => {
                attachments.add(event.currentTarget.files ?? [])
                // The same file may be chosen again after it was removed.
                event.currentTarget.value = ''
                inputRef.current?.focus()
              }}
            />
          </>
        )}
        <div className="pl-grow" data-draft={draft}>
          <textarea
            {...textareaProps}
            ref={inputRef}
            className="pl-input"
            part="input"
            rows={1}
            // An empty field has no direction of its own: its placeholder takes the widget's.
            dir={draft === '' ? undefined : 'auto'}
            maxLength={maxMessageChars}
            aria-label={strings.messageLabel}
            placeholder={strings.placeholder}
            enterKeyHint="send"
            onChange={(event) => {
              textareaProps.onChange(event)
              const next = maxMessageChars - event.currentTarget.value.length
              // Heard where counting begins and where it ends, not with every key.
              if ([countFrom, 0].some((mark) => next <= mark && mark < left))
                announce(formats.plural(strings.charactersLeft, next))
            }}
            onPaste={(event) => {
              const { files, types } = event.clipboardData
              if (!attachments || files.length === 0) return
              // A table or a paragraph brings a picture of itself along. A picture comes with one of the two at most: its
              // address as HTML, or its file's name.
              if (types.includes('text/html') && types.includes('text/plain')) return
              event.preventDefault()
              attachments.add(files)
            }}
          />
        </div>
        <button
          // One element for both, so that whoever pressed Send can press Stop without moving.
          type={isRunning ? 'button' : 'submit'}
          className="pl-send"
          part={isRunning ? 'stop' : 'send'}
          aria-label={isRunning ? strings.stop : strings.send}
          title={isRunning ? strings.stop : strings.send}
          aria-disabled={!isRunning && (!canSend || isReading)}
          onClick={isRunning ? stop : undefined}
        >
          <Icon name={isRunning ? 'stop' : 'send'} />
        </button>
      </form>
      {left <= countFrom && (
        <p className="pl-counter" part="counter" data-state={left <= 0 ? 'over' : 'near'}>
          {formats.plural(strings.charactersLeft, left)}
        </p>
      )}
    </div>
  )
}
