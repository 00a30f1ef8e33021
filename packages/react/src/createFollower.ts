/** Whether a reader is at the end of what grows, or has left it. */
export type ScrollPosition = 'at-end' | 'away'

/** Keeps a scrolling element at its end while the reader is there. */
export interface Follower {
  /** The element that scrolls; null when it goes. */
  setScroller(element: HTMLElement | null): void
  /** The element inside it that grows; null when it goes. */
  setContent(element: HTMLElement | null): void
  scrollToEnd(behavior?: ScrollBehavior): void
  pinToTop(element: Element, behavior?: ScrollBehavior): void
}

interface Place {
  readonly top: number
  readonly height: number
  readonly viewport: number
}

/**
 * The reader's first upward pixel ends the following, their way back down begins it again. `nearPx` is how near to the
 * end that way back may stop.
 */
export function createFollower(
  onPosition: (position: ScrollPosition) => void,
  nearPx: number,
): Follower {
  let scroller: HTMLElement | null = null
  /** The scroller that was seen last: a page may hide it and show it again. */
  let known: HTMLElement | null = null
  let content: HTMLElement | null = null
  let pinned: Element | null = null
  /** The height of the view that there is room for below the pinned element. */
  let roomFor = 0
  let position: ScrollPosition = 'at-end'
  let last: Place = { top: 0, height: 0, viewport: 0 }
  /** Where a smooth scroll is on its way to; null when there is none. A new goal would begin it anew, each frame. */
  let glideTo: number | null = null
  /** A finger or a button is down. Moving the text under it would fight a drag, a selection or a scrollbar. */
  let isHeld = false
  let fingerY = 0
  let detach = () => {}
  const sizes =
    typeof ResizeObserver === 'undefined' ? undefined : new ResizeObserver(() => follow())

  function setPosition(next: ScrollPosition) {
    if (next === 'away') glideTo = null
    if (next === position) return
    position = next
    onPosition(next)
  }

  /** What has changed since the last look, and what the reader means by it. */
  function look(element: HTMLElement) {
    const before = last
    last = placeOf(element)
    const left = leftOf(last)
    if (glideTo !== null && (left <= 1 || last.top >= glideTo - 1)) glideTo = null
    const isSameSize = last.height === before.height && last.viewport === before.viewport
    // A rubber band goes past the end and comes back by itself.
    const moved = last.top - Math.min(before.top, before.height - before.viewport)
    // What shrinks moves the reader up by itself, and may bring the end to them.
    if (last.height < before.height && left <= 1) setPosition('at-end')
    else if (moved < 0 && (isSameSize || (last.height >= before.height && left > 1)))
      setPosition('away')
    // Nearer than before: what grows above the reader moves them down as well, but no nearer.
    else if (moved > 0 && left <= nearPx && left < leftOf(before)) setPosition('at-end')
  }

  function onScroll() {
    if (!scroller) return
    const wasGliding = glideTo !== null
    look(scroller)
    if (wasGliding && glideTo === null) follow()
  }

  function endGlide() {
    glideTo = null
    follow()
  }

  function follow() {
    if (!scroller) return
    // Also here: a script may have scrolled after this frame's scroll events.
    look(scroller)
    if (pinned && roomFor !== last.viewport) makeRoom(scroller)
    if (position === 'at-end' && !isHeld && glideTo === null) {
      scrollTo(scroller, scroller.scrollHeight, 'instant')
    }
    last = placeOf(scroller)
  }

  function scrollToEnd(behavior: ScrollBehavior = 'smooth') {
    if (!scroller) return
    setPosition('at-end')
    const end = endOf(scroller)
    glideTo = isSmooth(behavior) && end - scroller.scrollTop > 1 ? end : null
    if (glideTo === null) follow()
    else scrollTo(scroller, end, 'smooth')
  }

  /** At once, as text that comes before the first pixel is scrolled would take the reader back. */
  function leave(event: Event) {
    if (scroller && scroller.scrollTop > 0 && !scrollsWithin(event, scroller)) setPosition('away')
  }

  function onWheel(event: WheelEvent) {
    glideTo = null
    if (event.deltaY < 0 && !event.ctrlKey) leave(event)
  }

  function onTouchMove(event: TouchEvent) {
    const y = event.touches[0]?.clientY ?? fingerY
    if (y > fingerY) leave(event)
    fingerY = y
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.defaultPrevented || !scroller || !event.composedPath().includes(scroller)) return
    const isUp =
      ['ArrowUp', 'PageUp', 'Home'].includes(event.key) || (event.key === ' ' && event.shiftKey)
    if (isUp && !isEditable(event.composedPath()[0])) leave(event)
  }

  function hold(event: Event) {
    isHeld = true
    glideTo = null
    if (!('touches' in event)) return
    fingerY = (event as TouchEvent).touches[0]?.clientY ?? 0
    // At its own target, which hears of the finger's end even when text that came has replaced it.
    for (const type of ['touchend', 'touchcancel']) {
      event.target?.addEventListener(type, release, { once: true })
    }
  }

  function release(event: Event) {
    // Chromium says nothing when a scrollbar is let go, until the mouse moves.
    const isDown = event.type === 'mousemove' && (event as MouseEvent).buttons > 0
    if (!isHeld || isDown) return
    isHeld = false
    follow()
  }

  function attach(element: HTMLElement): () => void {
    const listeners = new AbortController()
    const { signal } = listeners
    const page = element.ownerDocument.defaultView ?? window
    const on = (target: EventTarget, type: string, listener: (event: never) => void) =>
      target.addEventListener(type, listener as EventListener, { passive: true, signal })
    on(element, 'scroll', onScroll)
    on(element, 'scrollend', endGlide)
    on(element, 'wheel', onWheel)
    on(element, 'touchstart', hold)
    on(element, 'touchmove', onTouchMove)
    on(element, 'mousedown', hold)
    for (const type of ['mouseup', 'mousemove', 'blur']) on(page, type, release)
    // After the page's own handlers: a key they have used scrolls nothing.
    on(page, 'keydown', onKeyDown)
    sizes?.observe(element)
    return () => {
      listeners.abort()
      sizes?.unobserve(element)
    }
  }

  /** Lets the content end where the pinned element is at the top of the view. Returns where that is. */
  function makeRoom(element: HTMLElement): number {
    roomFor = element.clientHeight
    if (!content || !pinned?.isConnected) return endOf(element)
    const { scrollTop } = element
    content.style.minHeight = ''
    const marginPx = Number.parseFloat(getComputedStyle(pinned).scrollMarginTop) || 0
    const offsetPx = pinned.getBoundingClientRect().top - element.getBoundingClientRect().top
    const goal = element.scrollTop + offsetPx - element.clientTop - marginPx
    if (goal > endOf(element)) {
      const heightPx = content.offsetHeight + goal - endOf(element)
      content.style.minHeight = `${heightPx}px`
      // Less the paddings and borders of both elements, whatever they count as.
      content.style.minHeight = `${heightPx + goal - endOf(element)}px`
    }
    scrollTo(element, scrollTop, 'instant')
    return goal
  }

  return {
    setScroller(element) {
      detach()
      scroller = element
      isHeld = false
      if (!element) return
      if (element !== known) {
        known = element
        last = placeOf(element)
        setPosition('at-end')
      }
      detach = attach(element)
      follow()
    },
    setContent(element) {
      if (content) sizes?.unobserve(content)
      content = element
      if (!element) return
      sizes?.observe(element)
      follow()
    },
    scrollToEnd,
    pinToTop(element, behavior = 'smooth') {
      if (!scroller) return
      pinned = element
      const goal = makeRoom(scroller)
      if (goal >= endOf(scroller) - 1) return scrollToEnd(behavior)
      // There is more below than fits: this is no end to follow.
      setPosition('away')
      scrollTo(scroller, goal, isSmooth(behavior) ? 'smooth' : 'instant')
    },
  }
}

/** Also where a page makes all its scrolling smooth; not at all in a test without a layout. */
function scrollTo(element: HTMLElement, top: number, behavior: 'smooth' | 'instant') {
  ;(element as Partial<HTMLElement>).scrollTo?.({ top, behavior })
}

function endOf({ scrollHeight, clientHeight }: HTMLElement): number {
  return scrollHeight - clientHeight
}

function placeOf({ scrollTop, scrollHeight, clientHeight }: HTMLElement): Place {
  return { top: scrollTop, height: scrollHeight, viewport: clientHeight }
}

function leftOf({ top, height, viewport }: Place): number {
  return height - viewport - top
}

function isSmooth(behavior: ScrollBehavior): boolean {
  const { matchMedia } = globalThis as Partial<typeof globalThis>
  return behavior === 'smooth' && matchMedia?.('(prefers-reduced-motion: reduce)').matches === false
}

/** Whether an element between the event and the scroller takes the way up itself, such as a long code block. */
function scrollsWithin(event: Event, scroller: HTMLElement): boolean {
  const path = event.composedPath()
  return path
    .slice(0, path.indexOf(scroller))
    .some((target) => target instanceof Element && target.scrollTop > 0)
}

function isEditable(target: EventTarget | undefined): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  )
}
