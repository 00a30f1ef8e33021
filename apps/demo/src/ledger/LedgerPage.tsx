import type { LedgerRow } from '../relay/createLedgerFeed.ts'
import type { Address } from '../site/useAddress.ts'
import { usePageStart } from '../site/usePageStart.ts'
import { formatCost, formatCount, formatDay, formatSeconds, formatTime } from './formats.ts'
import { type LedgerSum, sumBy, sumLedger } from './sumLedger.ts'
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
        <>
          <Replies rows={rows ?? []} />
          <Totals
            label="By conversation"
            name="Conversation"
            sums={sumBy(rows ?? [], ({ conversation }) => `No. ${conversation}`)}
          />
          <Totals
            label="By day"
            name="Day (UTC)"
            sums={sumBy(rows ?? [], ({ startedAtMs }) => formatDay(startedAtMs))}
          />
        </>
      )}
    </main>
  )
}

function Sums({ rows }: { readonly rows: readonly LedgerRow[] }) {
  const sum = sumLedger(rows)
  const { replies, inputTokens, outputTokens, stops } = sum
  const sums = [
    { label: 'Replies', value: formatCount(replies) },
    { label: 'Tokens in', value: formatCount(inputTokens) },
    { label: 'Tokens out', value: formatCount(outputTokens) },
    { label: 'Cost', value: formatCosts(sum) },
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

const formatCosts = ({ costs }: LedgerSum) => costs.map(formatCost).join(' + ') || '–'

/** What was used and paid in each conversation or on each day. */
function Totals({
  label,
  name,
  sums,
}: {
  readonly label: string
  readonly name: string
  readonly sums: readonly (LedgerSum & { readonly name: string })[]
}) {
  return (
    <section className="totals">
      <h2>{label}</h2>
      <div className="rows" role="group" aria-label={label} tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">{name}</th>
              <th scope="col">Replies</th>
              <th scope="col">Tokens in</th>
              <th scope="col">of them cached</th>
              <th scope="col">Tokens out</th>
              <th scope="col">of them reasoning</th>
              <th scope="col">Cost</th>
            </tr>
          </thead>
          <tbody>
            {sums.map((sum) => (
              <tr key={sum.name}>
                <th scope="row">{sum.name}</th>
                <td data-label="Replies">{formatCount(sum.replies)}</td>
                <td data-label="Tokens in">{formatCount(sum.inputTokens)}</td>
                <td data-label="of them cached">{formatCount(sum.cachedTokens)}</td>
                <td data-label="Tokens out">{formatCount(sum.outputTokens)}</td>
                <td data-label="of them reasoning">{formatCount(sum.reasoningTokens)}</td>
                <td data-label="Cost">{formatCosts(sum)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}

function Replies({ rows }: { readonly rows: readonly LedgerRow[] }) {
  const hasEstimates = rows.some(({ usageSource }) => usageSource === 'estimated')
  return (
    <>
      <div className="rows replies" role="group" aria-label="Replies" tabIndex={0}>
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
        {isReceipt(row.receipt) && (
          <small>
            {' '}
            paid by {row.receipt.method}, {row.receipt.status}
          </small>
        )}
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

/** Receipt of a machine payment, as the ledger keeps it. */
function isReceipt(value: unknown): value is { readonly method: string; readonly status: string } {
  const { method, status } = (value ?? {}) as Record<string, unknown>
  return typeof method === 'string' && typeof status === 'string'
}
