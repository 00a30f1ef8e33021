import { work } from './work.ts'

/** A run of `*`, `_` or `~`, and what it turned out to be. */
export interface DelimiterRun {
  readonly mark: string
  readonly size: number
  readonly position: number
  readonly canOpen: boolean
  readonly canClose: boolean
  /** How many of its characters are not used yet. */
  count: number
  /** How many emphases end here. */
  closed: number
  /** The marks of those that begin here, the outermost first. */
  readonly opened: string[]
}

const punctuationBefore = /[\p{P}\p{S}]$/u
const punctuationAfter = /^[\p{P}\p{S}]/u

/** Judges a run by the characters around it. The edge of a text counts as a line ending. */
export const createRun = (text: string, position: number, run: string): DelimiterRun => {
  const mark = run.charAt(0)
  const size = run.length
  // Two code units hold any character.
  const before = text.slice(Math.max(0, position - 2), position)
  const after = text.slice(position + size, position + size + 2)
  const spaced = [/(?:^|\s)$/.test(before), /^(?:$|\s)/.test(after)]
  const punctuated = [punctuationBefore.test(before), punctuationAfter.test(after)]
  const flanks = (side: 0 | 1) =>
    !spaced[side] && (!punctuated[side] || !!spaced[1 - side] || !!punctuated[1 - side])
  const left = flanks(1)
  const right = flanks(0)
  const known = mark !== '~' || size < 3
  const inWord = mark === '_'
  return {
    mark,
    size,
    position,
    canOpen: known && left && (!inWord || !right || !!punctuated[0]),
    canClose: known && right && (!inWord || !left || !!punctuated[1]),
    count: size,
    closed: 0,
    opened: [],
  }
}

const fits = (opener: DelimiterRun, closer: DelimiterRun): boolean => {
  if (opener.mark !== closer.mark) return false
  if (opener.mark === '~') return opener.count === closer.count
  return (
    !(opener.canClose || closer.canOpen) ||
    (opener.size + closer.size) % 3 !== 0 ||
    (opener.size % 3 === 0 && closer.size % 3 === 0)
  )
}

/** Creates the part of a parser that pairs runs, as the delimiter algorithm of CommonMark does. */
export const createMatcher = (): {
  /** The runs that may still open something. */
  readonly openers: DelimiterRun[]
  /** Takes the runs that follow, in order. */
  readonly match: (runs: readonly DelimiterRun[]) => void
} => {
  const openers: DelimiterRun[] = []
  /** Where the search for an opener may end, by the kind of closer: nothing at or before that position fits. */
  const floors: Record<string, number> = {}

  const close = (closer: DelimiterRun): boolean => {
    const { mark, size, canOpen } = closer
    const kind = `${mark}${mark === '~' ? size : size % 3}${canOpen}`
    let index = openers.length - 1
    let opener = openers[index]
    while (opener && opener.position > (floors[kind] ?? -1) && !fits(opener, closer)) {
      work.steps++
      opener = openers[--index]
    }
    if (!opener || opener.position <= (floors[kind] ?? -1)) {
      floors[kind] = openers.at(-1)?.position ?? -1
      return false
    }
    const use =
      mark !== '~' && (opener.count < 2 || closer.count < 2) ? 1 : Math.min(2, closer.count)
    opener.opened.unshift(mark.repeat(use))
    opener.count -= use
    closer.closed++
    closer.count -= use
    // What stands between the two can no longer open anything.
    openers.length = opener.count > 0 ? index + 1 : index
    return true
  }

  return {
    openers,
    match: (runs) => {
      for (const run of runs) {
        while (run.canClose && run.count > 0 && close(run));
        if (run.canOpen && run.count > 0) openers.push(run)
      }
    },
  }
}
