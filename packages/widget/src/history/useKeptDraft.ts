import { useEffect } from 'react'
import type { Keeper } from './keepConversation.ts'

/** Keeps what is being written, and brings it back. */
export function useKeptDraft(
  keeper: Keeper | undefined,
  draft: string,
  setDraft: (draft: string) => void,
): void {
  useEffect(() => {
    if (!keeper) return
    if (keeper.draft !== '') setDraft(keeper.draft)
    return keeper.onDraft(setDraft)
  }, [keeper, setDraft])

  useEffect(() => {
    keeper?.setDraft(draft)
  }, [keeper, draft])
}
