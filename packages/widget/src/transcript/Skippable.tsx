import { type ReactElement, type ReactNode, useEffect, useRef, useState } from 'react'
import { OutOfViewProvider, useOutOfView } from '../icon/OutOfViewContext.tsx'
import { useBrowserLayoutEffect } from '../settings/useBrowserLayoutEffect.ts'

/** Props of {@link Skippable}. */
export interface SkippableProps {
  /** `last`: never skipped, for it grows. */
  readonly state: 'drawn' | 'last'
  /** About how high it is, where that is not what the style sheet says of sixteen exchanges. */
  readonly heightPx?: number | undefined
  readonly children: ReactNode
}

const isTold = 'ContentVisibilityAutoStateChangeEvent' in globalThis

/** A part of the transcript that the browser neither lays out nor paints while it is out of view. */
export function Skippable({ state, heightPx, children }: SkippableProps): ReactElement {
  const ref = useRef<HTMLDivElement>(null)
  const isAuto = state !== 'last'
  const [isSkipped, setIsSkipped] = useState(isAuto && isTold)
  useEffect(() => {
    const element = ref.current!
    const onChange = (event: Event): void => {
      // A part inside may be meant.
      if (event.target === element)
        setIsSkipped((event as ContentVisibilityAutoStateChangeEvent).skipped)
    }
    element.addEventListener('contentvisibilityautostatechange', onChange)
    return () => element.removeEventListener('contentvisibilityautostatechange', onChange)
  }, [])
  // Not as an attribute, which a strict Content Security Policy refuses in a server's markup.
  useBrowserLayoutEffect(() => {
    if (heightPx) ref.current!.style.containIntrinsicBlockSize = `auto ${heightPx}px`
  }, [heightPx])
  // The browser says nothing of a part that goes out of view together with the one around it.
  const isOutOfView = useOutOfView() || (isAuto && isSkipped)
  return (
    <div ref={ref} className="pl-stretch" data-state={state}>
      <OutOfViewProvider value={isOutOfView}>{children}</OutOfViewProvider>
    </div>
  )
}
