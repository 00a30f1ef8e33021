import type { ChatError } from '@parlance/core'
import type { ReactElement } from 'react'
import { Icon } from '../icon/Icon.tsx'
import { useWidget } from '../settings/WidgetContext.tsx'
import { fill } from '../strings/strings.ts'
import { errorSentence, isOwners } from './errorSentence.ts'
import { useCountdown } from './useCountdown.ts'

/** Props of the {@link ErrorRow} slot. */
export interface ErrorRowProps {
  readonly error: ChatError
  /** When it may be tried again, in milliseconds since 1970; null when at once. */
  readonly retryAtMs: number | null
  /** Absent where trying again cannot help, or a later turn has begun. */
  readonly onRetry?: (() => void) | undefined
}

/** Why there is no answer, and the way to try again; while the server asks to wait, a countdown. */
export function ErrorRow({ error, retryAtMs, onRetry }: ErrorRowProps): ReactElement {
  const { strings, formats } = useWidget()
  const leftMs = useCountdown(onRetry ? retryAtMs : null)
  return (
    <div className="pl-note" part="error" data-kind="error" data-code={error.code}>
      <Icon name="warning" />
      <div className="pl-note-body">
        <span>
          {errorSentence(error, strings)}
          {/* What a visitor quotes to the owner, who finds it in the log. Other errors are the visitor's to mend. */}
          {error.requestId && isOwners(error, strings) && <code>{error.requestId}</code>}
        </span>
        {onRetry && (
          <button
            type="button"
            className="pl-button"
            // Not `disabled`: that would drop the focus of whoever waits on it.
            aria-disabled={leftMs > 0}
            onClick={() => leftMs === 0 && onRetry()}
          >
            {leftMs > 0
              ? fill(strings.tryAgainIn, { time: formats.wait(leftMs) })
              : strings.tryAgain}
          </button>
        )}
      </div>
    </div>
  )
}
