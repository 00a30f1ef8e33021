'use client'

import { type RefCallback, useCallback, useRef, useState } from 'react'

export interface UseStickToBottomOptions {
  /** How near to the end still counts as at the end, in px. Default 64. */
  readonly nearPx?: number | undefined
}

export interface StickToBottom {
  /** For the element that scrolls. */
  readonly scrollRef: RefCallback<HTMLElement>
  /** For the element that grows inside it. */
  readonly contentRef: RefCallback<HTMLElement>
  /** `away`: the reader has left the end, and nothing moves until they come back. */
  readonly position: 'at-end' | 'away'
  /** Goes to the end and follows again. */
  readonly scrollToEnd: (behavior?: ScrollBehavior) => void
}

/** Follows growing content only while the reader is at its end; their first upward pixel ends it. */
export function useStickToBottom(options: UseStickToBottomOptions = {}): StickToBottom {
  const { nearPx = 64 } = options
  const [position, setPosition] = useState<'at-end' | 'away'>('at-end')
  const scroller = useRef<HTMLElement | null>(null)
  const following = useRef(true)
  const lastTop = useRef(0)
  const cleanups = useRef(new Map<string, () => void>())

  const setFollowing = useCallback((value: boolean) => {
    following.current = value
    setPosition(value ? 'at-end' : 'away')
  }, [])

  const follow = useCallback(() => {
    const element = scroller.current
    if (!element || !following.current || hasSelectionIn(element)) return
    element.scrollTop = element.scrollHeight
    lastTop.current = element.scrollTop
  }, [])

  const scrollToEnd = useCallback(
    (behavior: ScrollBehavior = 'auto') => {
      const element = scroller.current
      if (!element) return
      setFollowing(true)
      const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches
      element.scrollTo({ top: element.scrollHeight, behavior: isCalm ? 'auto' : behavior })
    },
    [setFollowing],
  )

  const attach = useCallback((name: string, start: (() => () => void) | undefined) => {
    cleanups.current.get(name)?.()
    cleanups.current.delete(name)
    if (start) cleanups.current.set(name, start())
  }, [])

  const scrollRef = useCallback<RefCallback<HTMLElement>>(
    (element) => {
      scroller.current = element
      attach(
        'scroll',
        element
          ? () => {
              const onScroll = () => {
                const { scrollTop, scrollHeight, clientHeight } = element
                // A smaller content moves the reader up by itself: then the end is still near.
                const isNear = scrollHeight - scrollTop - clientHeight <= nearPx
                if (
                  scrollTop < lastTop.current - 0.5 &&
                  scrollHeight - scrollTop - clientHeight > 1
                ) {
                  setFollowing(false)
                } else if (scrollTop > lastTop.current && isNear) {
                  setFollowing(true)
                }
                lastTop.current = scrollTop
              }
              // Earlier than the scroll it causes: otherwise a token that comes between wins.
              const onWheel = (event: WheelEvent) => {
                if (event.deltaY < 0 && element.scrollTop > 0) setFollowing(false)
              }
              element.addEventListener('scroll', onScroll, { passive: true })
              element.addEventListener('wheel', onWheel, { passive: true })
              const sizes = new ResizeObserver(follow)
              sizes.observe(element)
              follow()
              return () => {
                element.removeEventListener('scroll', onScroll)
                element.removeEventListener('wheel', onWheel)
                sizes.disconnect()
              }
            }
          : undefined,
      )
    },
    [attach, follow, nearPx, setFollowing],
  )

  const contentRef = useCallback<RefCallback<HTMLElement>>(
    (element) => {
      attach(
        'content',
        element
          ? () => {
              const sizes = new ResizeObserver(follow)
              sizes.observe(element)
              return () => sizes.disconnect()
            }
          : undefined,
      )
    },
    [attach, follow],
  )

  return { scrollRef, contentRef, position, scrollToEnd }
}

function hasSelectionIn(element: HTMLElement): boolean {
  const selection = element.ownerDocument.getSelection()
  return selection !== null && !selection.isCollapsed && element.contains(selection.anchorNode)
}
