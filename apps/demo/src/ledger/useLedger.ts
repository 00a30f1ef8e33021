import { useEffect, useState } from 'react'
import type { LedgerRow } from '../relay/createLedgerFeed.ts'

/** The relay's ledger as it grows, oldest first; undefined until it was read once. */
export function useLedger(): {
  readonly rows: readonly LedgerRow[] | undefined
  readonly connection: 'open' | 'lost'
} {
  const [rows, setRows] = useState<readonly LedgerRow[]>()
  const [connection, setConnection] = useState<'open' | 'lost'>('open')

  useEffect(() => {
    // Connects again by itself when the server was started anew.
    const source = new EventSource('/api/ledger')
    source.addEventListener('message', ({ data }: MessageEvent<string>) => {
      setRows(JSON.parse(data) as LedgerRow[])
      setConnection('open')
    })
    source.addEventListener('error', () => setConnection('lost'))
    return () => source.close()
  }, [])

  return { rows, connection }
}
