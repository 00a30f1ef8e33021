import { memo, type ReactNode } from 'react'
import type { Runs } from '../runs.ts'
import type { Scope } from './how.ts'

const fanOut = 4

/** Parts, and how each of them is drawn. */
interface Grown extends Runs<unknown>, Scope {
  readonly draw: (part: never, scope: Scope, index: number) => ReactNode
}

interface GroupProps extends Grown {
  readonly from: number
  readonly end: number
  readonly size: number
}

const partAt = ({ settled, count, tail }: Grown, index: number) =>
  (index < count ? settled[index] : tail[index - count]) as never

const isSame = (a: GroupProps, b: GroupProps): boolean => {
  let { end } = b
  if (a.how !== b.how || a.place !== b.place || a.end !== end) return false
  if (a.settled === b.settled && a.count >= end && b.count >= end) return true
  // From the end, where the change is.
  while (end-- > b.from) if (partAt(a, end) !== partAt(b, end)) return false
  return true
}

/** Draws parts one by one, or in groups of a size. */
const drawRange = (grown: Grown, from: number, end: number, size: number): ReactNode[] => {
  const drawn: ReactNode[] = []
  for (; from < end; from += size) {
    drawn.push(
      size > 1 ? (
        <Group
          {...grown}
          key={from}
          from={from}
          end={Math.min(from + size, end)}
          size={size / fanOut}
        />
      ) : (
        grown.draw(partAt(grown, from), grown, from)
      ),
    )
  }
  return drawn
}

const Group = memo(
  (group: GroupProps): ReactNode => drawRange(group, group.from, group.end, group.size),
  isSame,
)

/**
 * Draws parts that grow at their end. With every four-fold of parts one level of memoised groups is added, so that
 * a new part costs React some twenty comparisons and not one for each part before it. The group of a part depends on
 * its index alone: it never moves, so its DOM node stays.
 */
export const drawGrown = (grown: Grown, from = 0): ReactNode => {
  const total = grown.count + grown.tail.length
  const drawn: ReactNode[] = []
  for (let size = 1; from < total; size *= fanOut) {
    const end = Math.min(from + size * fanOut, total)
    drawn.push(...drawRange(grown, from, end, size))
    from = end
  }
  return drawn
}
