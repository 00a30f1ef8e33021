/**
 * What a node is made of, blocks, inline nodes or pieces of text: one part, then a group of 4, one of 16, one of 64 and
 * so on, each of four smaller ones. A part's place depends on its index alone, and adding one makes new groups only
 * around it: what draws a group need not look into one it knows.
 */
export type Parts = readonly unknown[]

const fanOut = 4

/** Parts with another one at an index, which may be the next one; inside a group there is the same room at each place. */
export const withPart = (parts: Parts, index: number, part: unknown, room?: number): Parts => {
  let place = 0
  let size: number
  for (; index >= (size = room ?? fanOut ** place); place++) index -= size
  const fresh = [...parts]
  fresh[place] =
    size > 1 ? withPart((parts[place] ?? []) as Parts, index, part, size / fanOut) : part
  return fresh
}

/** Parts, of which there are so many, with those of others that are there. */
export const addParts = (parts: Parts, count: number, more: Parts): Parts => {
  for (const part of more) if (part) parts = withPart(parts, count++, part)
  return parts
}

interface Holder {
  /** Not enumerable: whoever copies, compares or prints a node does not see it. */
  readonly parts?: Parts
  readonly children?: Parts
  readonly value?: unknown
}

/** The parts of a node. Where it keeps them, its children are not read: that would put them together. */
export const partsOf = (node: object): Parts => {
  const holder: Holder = node
  return holder.parts ?? (holder.children ? addParts([], 0, holder.children) : [holder.value])
}

/** Remembers the parts of a node. */
export const keepParts = <Node extends object>(node: Node, parts: Parts): Node =>
  Object.defineProperty(node, 'parts', { value: parts })

/** The children of a node as a list, made when somebody first asks for it. */
const children: PropertyDescriptor = {
  configurable: true,
  enumerable: true,
  get(this: Holder) {
    const value = this.parts?.flat(Infinity)
    Object.defineProperty(this, 'children', { value })
    return value
  },
}

/** Gives a node its children. */
export const withChildren = <Node extends object>(node: Node, parts: Parts): Node =>
  Object.defineProperty(keepParts(node, parts), 'children', children)
