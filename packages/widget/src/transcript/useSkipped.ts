import { type RefObject, useEffect, useState } from 'react'

const isTold = 'ContentVisibilityAutoStateChangeEvent' in globalThis

/**
 * Whether the browser skips an element of `content-visibility: auto`, for it is out of view. False for one that is not,
 * and in browsers that do not say.
 */
export function useSkipped(ref: RefObject<HTMLElement | null>, isAuto: boolean): boolean {
  const [isSkipped, setIsSkipped] = useState(isAuto && isTold)
  useEffect(() => {
    const element = ref.current
    if (!element || !isAuto || !isTold) {
      setIsSkipped(false)
      return undefined
    }
    const onChange = (event: Event): void => {
      // An element inside may be skipped as well.
      if (event.target === element)
        setIsSkipped((event as ContentVisibilityAutoStateChangeEvent).skipped)
    }
    element.addEventListener('contentvisibilityautostatechange', onChange)
    return () => element.removeEventListener('contentvisibilityautostatechange', onChange)
  }, [ref, isAuto])
  return isSkipped
}
