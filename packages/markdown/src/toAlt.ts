import type { Inline } from './nodes.ts'

/** The words of inline nodes, without their form. */
export const toAlt = (nodes: readonly Inline[]): string =>
  nodes
    .map((node) => {
      if ('children' in node) return toAlt(node.children)
      if ('value' in node) return node.value
      return node.type === 'image' ? node.alt : node.type === 'break' ? '\n' : ''
    })
    .join('')
