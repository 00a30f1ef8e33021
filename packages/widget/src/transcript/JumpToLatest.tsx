import type { ReactElement } from 'react'
import { Icon } from '../icon/Icon.tsx'
import { useWidget } from '../settings/WidgetContext.tsx'

/** Props of the {@link JumpToLatest} slot. */
export interface JumpToLatestProps {
  /** Messages that came since the reader left the end. */
  readonly count: number
  readonly onJump: () => void
}

/** The way back to the end of the transcript, in a strip of its own so that it covers no words. */
export function JumpToLatest({ count, onJump }: JumpToLatestProps): ReactElement {
  const { strings, formats } = useWidget()
  return (
    <div className="pl-jump">
      <button type="button" className="pl-jump-button" part="jump" onClick={onJump}>
        <Icon name="down" />
        {count > 0 ? formats.plural(strings.newMessages, count) : strings.jumpToLatest}
      </button>
    </div>
  )
}
