import type { Inline } from './nodes.ts'

/** The words of inline nodes, without their form. */
export const toAlt = (nodes: readonly Inline[]): string => {
  let words = ''
  for (const node of nodes) {
    if ('value' in node) words += node.value
    else if ('alt' in node) words += node.alt
    else if ('children' in node) words += toAlt(node.children)
    else if (node.type === 'break') words += '\n'
  }
  return words
}
