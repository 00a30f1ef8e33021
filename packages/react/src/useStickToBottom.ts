'use client'

import { type RefCallback, useState } from 'react'
import { createFollower, type ScrollPosition } from './createFollower.ts'

/** Options of {@link useStickToBottom}. */
export interface UseStickToBottomOptions {
  /** How near to the end a reader who comes back must scroll, in px. Read once. Default 32. */
  readonly nearPx?: number | undefined
}

/** A transcript that stays at its end while the reader is there. */
export interface StickToBottom {
  /** For the element that scrolls. */
  readonly scrollRef: RefCallback<HTMLElement>
  /** For the element inside it that grows. */
  readonly contentRef: RefCallback<HTMLElement>
  /** `at-end`: what comes is followed. `away`: the reader has scrolled up, and nothing moves until they are back. */
  readonly position: ScrollPosition
  /** Goes to the end and follows from there. Smooth by default, unless the reader wants little motion. */
  readonly scrollToEnd: (behavior?: ScrollBehavior) => void
  /**
   * Brings an element of the content to the top of the view, as a question just sent, by giving the content a minimal
   * height to scroll into; its `scroll-margin-top` stays free above it. The reply grows below and is followed once it
   * no longer fits.
   */
  readonly pinToTop: (element: Element, behavior?: ScrollBehavior) => void
}

/** Follows what grows, only while the reader is at its end. Their first upward pixel ends it: by wheel, finger, key, scrollbar or selection. */
export function useStickToBottom({ nearPx = 32 }: UseStickToBottomOptions = {}): StickToBottom {
  const [position, setPosition] = useState<ScrollPosition>('at-end')
  const [follower] = useState(() => createFollower(setPosition, nearPx))
  return {
    scrollRef: follower.setScroller,
    contentRef: follower.setContent,
    position,
    scrollToEnd: follower.scrollToEnd,
    pinToTop: follower.pinToTop,
  }
}
