import type { ReactElement } from 'react'
import { Icon } from '../icon/Icon.tsx'
import { useWidget } from '../settings/WidgetContext.tsx'

/** Props of the {@link Reasoning} slot. */
export interface ReasoningProps {
  readonly text: string
  /** Whether the model is still at it. */
  readonly streaming: boolean
}

/** What the model thought aloud, folded away. */
export function Reasoning({ text, streaming }: ReasoningProps): ReactElement {
  const { strings } = useWidget()
  return (
    <details className="pl-fold" part="reasoning" data-state={streaming ? 'streaming' : 'done'}>
      <summary className="pl-fold-summary">
        <Icon name="next" />
        {streaming ? strings.thinking : strings.reasoning}
      </summary>
      <div className="pl-fold-body pl-plain" dir="auto">
        {text}
      </div>
    </details>
  )
}
