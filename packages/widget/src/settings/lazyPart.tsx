import { ChatError } from '@parlance/core'
import { fetchTalk } from '@parlance/core/late'
import { type ComponentType, type ReactElement, useEffect, useState } from 'react'
import { ErrorRow } from '../error/ErrorRow.tsx'
import { Dots } from '../icon/Dots.tsx'

const loads = new Set<() => Promise<unknown>>([fetchTalk])

/**
 * Fetches, one after the other, what talks to the server and the code of all lazy parts. What does not come is asked for
 * once it is needed.
 */
export async function fetchLazyParts(): Promise<void> {
  try {
    for (const load of loads) await load()
  } catch {
    // Offline, most likely.
  }
}

/**
 * A part that few conversations need. Its code comes when it is first shown, where {@link fetchLazyParts} has not
 * brought it before; until then dots stand in its place, and should it not come, a sentence and a way to try again.
 */
export function lazyPart<Props extends object>(
  name: string,
  load: () => Promise<ComponentType<Props>>,
): ComponentType<Props> {
  let Part: ComponentType<Props> | undefined
  const fetchPart = async () => {
    Part = await load()
  }
  loads.add(fetchPart)

  return function LazyPart(props: Props): ReactElement {
    const [state, setState] = useState<'loading' | 'ready' | 'failed'>(() =>
      Part ? 'ready' : 'loading',
    )

    useEffect(() => {
      if (state !== 'loading') return
      let isCurrent = true
      const show = (next: 'ready' | 'failed') => isCurrent && setState(next)
      fetchPart().then(
        () => show('ready'),
        (error: unknown) => {
          console.error(`Parlance: the code of ${name} did not load.`, error)
          show('failed')
        },
      )
      return () => {
        isCurrent = false
      }
    }, [state])

    if (Part) return <Part {...props} />
    return state === 'failed' ? (
      <ErrorRow
        error={new ChatError('network')}
        retryAtMs={null}
        onRetry={() => setState('loading')}
      />
    ) : (
      <Dots />
    )
  }
}
