import { useChatActions, useChatStatus, useComposer } from '@parlance/react'
import type { ReactElement, RefObject } from 'react'
import { Icon } from '../icon/Icon.tsx'
import { useWidget } from '../settings/WidgetContext.tsx'

/** Props of the {@link Composer} slot. */
export interface ComposerProps {
  /** The field, which gets focus when the panel opens. */
  readonly inputRef: RefObject<HTMLTextAreaElement | null>
}

/** Characters left from which on they are counted. */
const countFrom = 200

/** Where the visitor writes: one card that grows to six lines, with one button that sends or stops. */
export function Composer({ inputRef }: ComposerProps): ReactElement {
  const { strings, formats, maxMessageChars } = useWidget()
  const { draft, canSend, textareaProps, formProps } = useComposer()
  const { stop } = useChatActions()
  const status = useChatStatus()
  const isBusy = status === 'submitted' || status === 'streaming'
  const left = maxMessageChars - draft.length
  return (
    <div className="pl-dock" part="dock">
      <form {...formProps} className="pl-composer" part="composer" data-state={status}>
        <div className="pl-grow" data-draft={draft}>
          <textarea
            {...textareaProps}
            ref={inputRef}
            className="pl-input"
            part="input"
            rows={1}
            dir="auto"
            maxLength={maxMessageChars}
            aria-label={strings.messageLabel}
            placeholder={strings.placeholder}
            enterKeyHint="send"
          />
        </div>
        <button
          // One element for both, so that whoever pressed Send can press Stop without moving.
          type={isBusy ? 'button' : 'submit'}
          className="pl-send"
          part={isBusy ? 'stop' : 'send'}
          aria-label={isBusy ? strings.stop : strings.send}
          title={isBusy ? strings.stop : strings.send}
          aria-disabled={!isBusy && !canSend}
          onClick={isBusy ? stop : undefined}
        >
          <Icon name={isBusy ? 'stop' : 'send'} />
        </button>
      </form>
      {left <= countFrom && (
        <p className="pl-counter" data-state={left <= 0 ? 'over' : 'near'}>
          {formats.plural(strings.charactersLeft, left)}
        </p>
      )}
    </div>
  )
}
