import type { ReactElement } from 'react'
import { useWidget } from '../settings/WidgetContext.tsx'
import { fill } from '../strings/strings.ts'
import { useTurnTabIndex } from '../turn/TurnFocus.tsx'
import type { Source } from './sources.ts'

/** Props of the {@link Citation} slot. */
export interface CitationProps {
  readonly source: Source
}

/** A number in an answer that leads to what the words before it rest on. */
export function Citation({ source }: CitationProps): ReactElement {
  const { strings, formats } = useWidget()
  const tabIndex = useTurnTabIndex()
  const number = formats.number(source.number)
  const name = fill(strings.source, { number, title: source.title })
  return source.url ? (
    <a
      className="pl-cite"
      part="citation"
      href={source.url}
      target="_blank"
      rel="noopener noreferrer"
      tabIndex={tabIndex}
      aria-label={`${name} (${strings.opensNewTab})`}
      title={source.title}
    >
      {number}
    </a>
  ) : (
    <span className="pl-cite" part="citation" title={source.title}>
      {number}
    </span>
  )
}
