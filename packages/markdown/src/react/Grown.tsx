import { memo, type ReactNode } from 'react'
import type { Runs } from '../runs.ts'

const fanOut = 16

interface GrownProps<Part, Extra> {
  readonly runs: Runs<Part>
  readonly from: number
  readonly size: number
  readonly extra: Extra
  readonly draw: (part: Part, index: number, extra: Extra) => ReactNode
}

const at = <Part,>({ settled, count, tail }: Runs<Part>, index: number): Part =>
  (index < count ? settled[index] : tail[index - count]) as Part

const isSame = <Part, Extra>(a: GrownProps<Part, Extra>, b: GrownProps<Part, Extra>): boolean => {
  if (a.extra !== b.extra || a.draw !== b.draw) return false
  if (a.runs === b.runs) return true
  const end = a.from + a.size
  if (a.runs.settled === b.runs.settled && a.runs.count >= end && b.runs.count >= end) return true
  const length = Math.min(end, a.runs.count + a.runs.tail.length)
  if (length !== Math.min(end, b.runs.count + b.runs.tail.length)) return false
  for (let index = a.from; index < length; index++) {
    if (at(a.runs, index) !== at(b.runs, index)) return false
  }
  return true
}

const drawRange = <Part, Extra>({
  runs,
  from,
  size,
  extra,
  draw,
}: GrownProps<Part, Extra>): ReactNode[] => {
  const end = Math.min(from + size, runs.count + runs.tail.length)
  const drawn: ReactNode[] = []
  if (size <= fanOut) {
    for (let index = from; index < end; index++) drawn.push(draw(at(runs, index), index, extra))
  } else {
    const step = size / fanOut
    for (let start = from; start < end; start += step) {
      drawn.push(
        <Group
          key={`g${start}`}
          runs={runs}
          from={start}
          size={step}
          extra={extra}
          draw={draw as Draw}
        />,
      )
    }
  }
  return drawn
}

type Draw = (part: unknown, index: number, extra: unknown) => ReactNode

const Group = memo((props: GrownProps<unknown, unknown>): ReactNode => drawRange(props), isSame)

/**
 * Draws parts that grow at their end. With every sixteen-fold of parts one level of memoised groups is added, so that
 * a new part costs React a few dozen comparisons and not one for each part before it. The group of a part depends on
 * its index alone: it never moves, so its DOM node stays.
 */
export const drawGrown = <Part, Extra>(
  runs: Runs<Part>,
  extra: Extra,
  draw: (part: Part, index: number, extra: Extra) => ReactNode,
): ReactNode => {
  const total = runs.count + runs.tail.length
  const drawn = drawRange({ runs, from: 0, size: fanOut, extra, draw })
  for (let from = fanOut, size = fanOut * fanOut; from < total; size *= fanOut) {
    drawn.push(...drawRange({ runs, from, size, extra, draw }))
    from += size
  }
  return drawn
}
