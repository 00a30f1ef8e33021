import { useEffect, useLayoutEffect } from 'react'

/** `useLayoutEffect` without the warning React 18 gives on a server. */
export const useBrowserLayoutEffect: typeof useLayoutEffect =
  typeof document === 'undefined' ? useEffect : useLayoutEffect
