import type { Definition } from './linkSyntax.ts'

/** A leaf that asked for labels in vain. */
export interface WaitingLeaf {
  readonly key: number
  readonly start: number
  readonly text: string
}

/** What the labels of a document stand for, and who waits for one. */
export interface Labels {
  /** Link definitions, and numbers of footnotes, by normalized label; that of a footnote begins with `^`. */
  readonly targets: ReadonlyMap<string, Definition | number>
  /** The first definition of a label counts. */
  readonly define: (label: string, target: Definition | number) => void
  readonly wait: (missing: ReadonlySet<string>, leaf: WaitingLeaf) => void
  /** Leaves whose labels were defined since they were asked for, the last of the document first. */
  readonly takeArrived: () => WaitingLeaf[]
}

/** Creates the labels of a document. */
export const createLabels = (): Labels => {
  const targets = new Map<string, Definition | number>()
  const waiting = new Map<string, WaitingLeaf[]>()
  let arrived: WaitingLeaf[][] = []

  return {
    targets,
    define: (label, target) => {
      if (targets.has(label)) return
      targets.set(label, target)
      const leaves = waiting.get(label)
      if (leaves) arrived.push(leaves)
    },
    wait: (missing, leaf) => {
      for (const label of missing) {
        const leaves = waiting.get(label)
        if (leaves) leaves.push(leaf)
        else waiting.set(label, [leaf])
      }
    },
    takeArrived: () => {
      const leaves = new Map(arrived.flat().map((leaf) => [leaf.key, leaf]))
      arrived = []
      return [...leaves.values()].sort((a, b) => b.start - a.start)
    },
  }
}
