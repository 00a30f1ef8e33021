/**
 * The parts of an open node in two halves: the first `count` of `settled`, an array that only grows and is shared by
 * all snapshots, then `tail`. A renderer that remembers `settled` and `count` need not look at the settled ones again.
 */
export interface Runs<Part> {
  readonly settled: readonly Part[]
  readonly count: number
  readonly tail: readonly Part[]
}

const known = new WeakMap<object, Runs<unknown>>()

/** The children of a node, as the parser keeps them. */
export const runsOf = <Child>(node: { readonly children: readonly Child[] }): Runs<Child> => {
  // Whatever `withRuns` noted for this node was made of children of this node.
  const runs = known.get(node) as Runs<Child> | undefined
  return runs ?? { settled: node.children, count: node.children.length, tail: [] }
}

/** The text of code in pieces of whole lines. Pieces stay what they are while the code grows. */
export const piecesOf = (node: { readonly value: string }): Runs<string> => {
  const runs = known.get(node) as Runs<string> | undefined
  if (runs) return runs
  const settled: string[] = []
  let from = 0
  for (let end = node.value.indexOf('\n') + 1; end > 0; end = node.value.indexOf('\n', end) + 1) {
    if (end - from < pieceLength) continue
    settled.push(node.value.slice(from, end))
    from = end
  }
  return {
    settled,
    count: settled.length,
    tail: from < node.value.length ? [node.value.slice(from)] : [],
  }
}

/** A piece of code ends with the first line that makes it this long. */
export const pieceLength = 512

/**
 * Gives a node its children or its text, of which the settled ones are put together with the others only when somebody
 * asks for them.
 */
export const withRuns = <Fields extends object>(
  fields: Fields,
  name: 'children' | 'value',
  settled: readonly unknown[],
  tail: readonly unknown[],
): Fields => {
  const count = settled.length
  const join = (parts: readonly unknown[]) => (name === 'value' ? parts.join('') : parts)
  if (count === 0) return Object.assign(fields, { [name]: join(tail) })
  let value: unknown
  const get = () => (value ??= join([...settled.slice(0, count), ...tail]))
  known.set(fields, { settled, count, tail })
  return Object.defineProperty(fields, name, { enumerable: true, get })
}
