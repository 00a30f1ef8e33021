import { useRef } from 'react'
import { useBrowserLayoutEffect } from '../settings/useBrowserLayoutEffect.ts'
import type { Keeper } from './keepConversation.ts'

/** Keeps what is being written, and puts into the composer what belongs there instead. */
export function useKeptDraft(
  keeper: Keeper | undefined,
  draft: string,
  setDraft: (draft: string) => void,
): void {
  const latest = useRef(setDraft)
  // Before the browser does anything else: a page may be left right after a key was pressed.
  useBrowserLayoutEffect(() => {
    latest.current = setDraft
    keeper?.setDraft(draft)
  })
  // As early, or a text offered right after the composer was drawn would miss it.
  useBrowserLayoutEffect(() => keeper?.onDraft((text) => latest.current(text)), [keeper])
}
