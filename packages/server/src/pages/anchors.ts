import type { ToAnchor } from './page.ts'

/**
 * Makes anchors the way GitHub does: lower case, spaces to hyphens, punctuation left out, and `-1`, `-2` … for a
 * heading that was there before. Use one per page.
 */
export function createAnchors(): ToAnchor {
  const used = new Map<string, number>()
  return (heading) => {
    const anchor = heading
      .trim()
      .toLowerCase()
      .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
      .replaceAll(' ', '-')
    const times = used.get(anchor) ?? 0
    used.set(anchor, times + 1)
    return times === 0 ? anchor : `${anchor}-${times}`
  }
}
