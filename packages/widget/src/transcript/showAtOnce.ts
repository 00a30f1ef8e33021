/**
 * Draws at once where a jump leads to. The browser finds out a frame later what has come into view, and one more frame
 * later inside a part that was skipped as a whole; but in the same frame of a part that has just become `auto`.
 */
export function showAtOnce(scroller: Element): void {
  const { left, right, top, bottom } = scroller.getBoundingClientRect()
  const root = scroller.getRootNode() as Document | ShadowRoot
  const showAt = (y: number): void => {
    const part = root.elementFromPoint((left + right) / 2, y) as HTMLElement | null
    // A skipped part has nothing inside to be hit.
    if (!part?.matches('.pl-stretch') || part.style.contentVisibility) return
    part.style.contentVisibility = 'visible'
    // A stretch in a chapter.
    showAt(y)
    part.style.contentVisibility = ''
  }
  showAt(top + 1)
  showAt(bottom - 1)
}
