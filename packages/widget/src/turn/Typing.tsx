import type { ChatNotice } from '@parlance/core'
import type { ReactElement } from 'react'
import { Dots } from '../icon/Dots.tsx'
import { useCountdown } from '../error/useCountdown.ts'
import { useWidget } from '../settings/WidgetContext.tsx'
import { fill } from '../strings/strings.ts'

/** Props of the {@link Typing} slot. */
export interface TypingProps {
  /**
   * `stalled`: nothing has come for a while. `retrying`: the request failed and is sent again. `waiting`: so it is, when
   * the server asked for it.
   */
  readonly notice: ChatNotice | null
  /** When the request is sent again, in milliseconds since 1970; null while none waits. */
  readonly retryAtMs?: number | null | undefined
}

/** Shows that an answer is on its way. */
export function Typing({ notice, retryAtMs = null }: TypingProps): ReactElement {
  const { strings, formats } = useWidget()
  const leftMs = useCountdown(notice === 'waiting' ? retryAtMs : null)
  return (
    <p className="pl-typing" part="typing" data-notice={notice ?? undefined}>
      <Dots />
      <span className={notice ? undefined : 'pl-hidden'}>
        {fill(strings[notice ?? 'thinking'], { time: formats.wait(leftMs) })}
      </span>
    </p>
  )
}
