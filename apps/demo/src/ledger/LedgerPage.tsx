import type { LedgerRow } from '../relay/createLedgerFeed.ts'
import type { Address } from '../site/useAddress.ts'
import { usePageStart } from '../site/usePageStart.ts'
import { formatCost, formatCount, formatSeconds, formatTime } from './formats.ts'
import { sumLedger } from './sumLedger.ts'
import { useLedger } from './useLedger.ts'
import './ledger.css'

const outcomes: Readonly<Record<LedgerRow['outcome'], string>> = {
  complete: 'Complete',
  stopped: 'Stopped',
  disconnected: 'Visitor left',
  truncated: 'Broken off',
  failed: 'Failed',
}

export function LedgerPage({ address }: { readonly address: Address }) {
  usePageStart(address, 'Ledger')
  const { rows, connection } = useLedger()
  return (
    <main id="main" className="page ledger" tabIndex={-1}>
      <header className="prose">
        <h1>Ledger</h1>
        <p>
          What the relay remembers of each reply since it started: who answered, what it took and
          how it ended. Never what was said. On a site of your own, only you would see this page.
        </p>
      </header>
      <Sums rows={rows ?? []} />
      <p className="live" data-connection={connection} role="status">
        {connection === 'open' ? 'Live' : 'The connection is lost. Trying again…'}
      </p>
      {rows?.length === 0 ? (
        <p className="nothing">Nothing yet. Ask the chat in the corner, and watch a line appear.</p>
      ) : (
        <Replies rows={rows ?? []} />
      )}
    </main>
  )
}

function Sums({ rows }: { readonly rows: readonly LedgerRow[] }) {
  const { replies, inputTokens, outputTokens, costs, stops } = sumLedger(rows)
  const sums = [
    { label: 'Replies', value: formatCount(replies) },
    { label: 'Tokens in', value: formatCount(inputTokens) },
    { label: 'Tokens out', value: formatCount(outputTokens) },
    { label: 'Cost', value: costs.map(formatCost).join(' + ') || '–' },
    { label: 'Stopped', value: formatCount(stops) },
  ]
  return (
    <dl className="sums">
      {sums.map(({ label, value }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

function Replies({ rows }: { readonly rows: readonly LedgerRow[] }) {
  const hasEstimates = rows.some(({ usageSource }) => usageSource === 'estimated')
  return (
    <>
      <div className="replies" role="group" aria-label="Replies" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">Time</th>
              <th scope="col">Answered by</th>
              <th scope="col">Ending</th>
              <th scope="col">Tokens in</th>
              <th scope="col">Tokens out</th>
              <th scope="col">Cost</th>
              <th scope="col">First word</th>
              <th scope="col">Took</th>
            </tr>
          </thead>
          <tbody>
            {rows.toReversed().map((row) => (
              <Reply key={row.replyId} row={row} />
            ))}
          </tbody>
        </table>
      </div>
      {hasEstimates && (
        <p className="estimated">~ Estimated from the text: the provider told no count.</p>
      )}
    </>
  )
}

function Reply({ row }: { readonly row: LedgerRow }) {
  const { usage, usageSource, provider = '–', model, outcome, code } = row
  const about = usageSource === 'estimated' ? '~' : ''
  return (
    <tr>
      <td data-label="Time">{formatTime(row.startedAtMs)}</td>
      <td data-label="Answered by">
        {provider}
        {model !== provider && model !== 'default' && <small> {model}</small>}
      </td>
      <td data-label="Ending">
        <span className="outcome" data-outcome={outcome}>
          {outcomes[outcome]}
        </span>
        {code && outcome === 'failed' && <small> {code}</small>}
      </td>
      <td data-label="Tokens in">{about + formatCount(usage.inputTokens ?? 0)}</td>
      <td data-label="Tokens out">{about + formatCount(usage.outputTokens ?? 0)}</td>
      <td data-label="Cost">{row.cost ? formatCost(row.cost) : '–'}</td>
      <td data-label="First word">
        {row.firstTokenMs === undefined ? '–' : formatSeconds(row.firstTokenMs)}
      </td>
      <td data-label="Took">{formatSeconds(row.durationMs)}</td>
    </tr>
  )
}
