import { useSyncExternalStore } from 'react'

/** `filling`: there is no room for a floating panel beside the page, so it takes all of the screen. */
export type Fit = 'floating' | 'filling'

const tooSmall = '(max-width: 479.98px), (max-height: 479.98px)'

/** Room there is, whatever the device. */
export function useFit(): Fit {
  return useSyncExternalStore(
    subscribe,
    () => (matchMedia(tooSmall).matches ? 'filling' : 'floating'),
    () => 'floating',
  )
}

function subscribe(onChange: () => void): () => void {
  const query = matchMedia(tooSmall)
  query.addEventListener('change', onChange)
  return () => query.removeEventListener('change', onChange)
}
