import { type RefObject, useEffect } from 'react'

/**
 * Tells an element how high the part of the screen is that a keyboard leaves free, and where it begins, in the custom
 * properties `--pl-viewport-height` and `--pl-viewport-top`.
 */
export function useVisualViewport(ref: RefObject<HTMLElement | null>, active: boolean): void {
  useEffect(() => {
    const element = ref.current
    const viewport = globalThis.visualViewport
    if (!active || !element || !viewport) return
    const measure = () => {
      // Pinched, it is a magnifying glass: the panel under it stays as it was.
      if (viewport.scale > 1.01) return
      element.style.setProperty('--pl-viewport-height', `${viewport.height}px`)
      element.style.setProperty('--pl-viewport-top', `${viewport.offsetTop}px`)
    }
    measure()
    viewport.addEventListener('resize', measure)
    viewport.addEventListener('scroll', measure)
    return () => {
      viewport.removeEventListener('resize', measure)
      viewport.removeEventListener('scroll', measure)
      element.style.removeProperty('--pl-viewport-height')
      element.style.removeProperty('--pl-viewport-top')
    }
  }, [ref, active])
}
