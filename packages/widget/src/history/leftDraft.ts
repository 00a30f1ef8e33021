/** What was being written as a page was left. */
export interface LeftDraft {
  /** The conversation it belongs to; empty before its first message. */
  readonly conversationId: string
  readonly draft: string
}

const toKey = (name: string): string => `parlance:${name}:draft`

/**
 * Leaves a draft for the next page of this tab, or takes back what was left. The database alone would not do: a browser
 * drops a write that has not begun when its page is gone, and this storage writes before it returns.
 */
export function leaveDraft(name: string, left: LeftDraft | undefined): void {
  try {
    if (left) sessionStorage.setItem(toKey(name), JSON.stringify(left))
    else sessionStorage.removeItem(toKey(name))
  } catch {
    // Storage that is refused or full: the database has its chance.
  }
}

/** The draft that this tab's page before left, if it is one. */
export function readLeftDraft(name: string): LeftDraft | undefined {
  try {
    const left: unknown = JSON.parse(sessionStorage.getItem(toKey(name)) ?? 'null')
    if (typeof left !== 'object' || left === null) return undefined
    const { conversationId, draft } = left as Record<string, unknown>
    return typeof conversationId === 'string' && typeof draft === 'string'
      ? { conversationId, draft }
      : undefined
  } catch {
    return undefined
  }
}
