import { useState, useSyncExternalStore } from 'react'

let count = 0

/**
 * An id for this widget, unique in its page however many React roots there are, which `useId` is not. Absent in the
 * server's markup and while that is taken over, so that the two agree.
 */
export function useInstanceId(): string | undefined {
  const [id] = useState(() => `parlance-${++count}`)
  return useSyncExternalStore<string | undefined>(
    neverChanges,
    () => id,
    () => undefined,
  )
}

function neverChanges(): () => void {
  return () => {}
}
