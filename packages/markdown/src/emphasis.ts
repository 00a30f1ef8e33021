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

/** From the radicals of Chinese to Hangul, and what has full width. */
const eastAsian = /[\u2e80-\ud7af\uff00-\uffef]/

/**
 * How firmly a character holds to a word: white space and the edge of a text 0, punctuation 1, all others 2. Scripts
 * `withoutSpaces` stand between: a mark may open or close beside any of their characters.
 */
const holdOf = (character: string | undefined, withoutSpaces: boolean): number => {
  if (!character?.trim()) return 0
  if (withoutSpaces && eastAsian.test(character)) return 1.5
  return /[\p{P}\p{S}]/u.test(character) ? 1 : 2
}

/** Judges a run by the characters around it; with `gfm` also in scripts without spaces, which CommonMark forgot. */
export const createRun = (
  text: string,
  position: number,
  run: string,
  gfm: boolean,
): DelimiterRun => {
  const mark = run.charAt(0)
  const size = run.length
  const end = position + size
  const anywhere = mark !== '_'
  const withoutSpaces = gfm && anywhere
  // Two code units hold any character.
  const before = holdOf(Array.from(text.slice(0, position).slice(-2)).at(-1), withoutSpaces)
  const after = holdOf(Array.from(text.slice(end, end + 2))[0], withoutSpaces)
  const known = mark !== '~' || size < 3
  const left = known && after > 0 && (after > 1 || before < 2)
  const right = known && before > 0 && (before > 1 || after < 2)
  return {
    mark,
    size,
    position,
    canOpen: left && (anywhere || !right || before === 1),
    canClose: right && (anywhere || !left || after === 1),
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
    opener.size % 3 === 0
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
    const kind = `${mark}${size % 3}${canOpen}`
    const floor = floors[kind] ?? -1
    const index = openers.findLastIndex(
      (opener) => opener.position <= floor || fits(opener, closer),
    )
    const opener = openers[index]
    if (!opener || opener.position <= floor) {
      floors[kind] = openers.at(-1)?.position ?? -1
      return false
    }
    const use = opener.count > 1 && closer.count > 1 ? 2 : 1
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
