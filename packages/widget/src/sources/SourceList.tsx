import type { Citation } from '@parlance/core'
import type { ReactElement } from 'react'
import { useWidget } from '../settings/WidgetContext.tsx'
import { toSources } from './sources.ts'

/** Props of the {@link SourceList} slot. */
export interface SourceListProps {
  readonly citations: readonly Citation[]
}

/** What an answer rests on: one numbered link per source. */
export function SourceList({ citations }: SourceListProps): ReactElement | null {
  const { strings, formats } = useWidget()
  const sources = toSources(citations)
  if (sources.length === 0) return null
  return (
    <section className="pl-sources" part="sources">
      <p className="pl-label">{formats.plural(strings.sources, sources.length)}</p>
      <ol className="pl-source-list">
        {sources.map(({ number, url, title, quote, host }) => (
          <li key={number} className="pl-source" title={quote}>
            <span className="pl-source-number">{formats.number(number)}</span>
            <span className="pl-source-words">
              {url ? (
                <a className="pl-source-link" href={url} target="_blank" rel="noopener noreferrer">
                  <bdi>{title}</bdi>
                  <span className="pl-hidden"> ({strings.opensNewTab})</span>
                </a>
              ) : (
                <bdi>{title}</bdi>
              )}
              {host && (
                <>
                  {' '}
                  <bdi className="pl-source-host">{host}</bdi>
                </>
              )}
            </span>
          </li>
        ))}
      </ol>
    </section>
  )
}
