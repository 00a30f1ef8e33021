import type { ReactElement } from 'react'
import { Dots } from '../icon/Dots.tsx'
import { useWidget } from '../settings/WidgetContext.tsx'

/** Props of the {@link Typing} slot. */
export interface TypingProps {
  /** `stalled`: nothing has come for a while. `retrying`: the request failed and is sent again. */
  readonly notice: 'stalled' | 'retrying' | null
}

/** Shows that an answer is on its way. */
export function Typing({ notice }: TypingProps): ReactElement {
  const { strings } = useWidget()
  return (
    <p className="pl-typing" part="typing" data-notice={notice ?? undefined}>
      <Dots />
      <span className={notice ? undefined : 'pl-hidden'}>
        {notice ? strings[notice] : strings.thinking}
      </span>
    </p>
  )
}
