import type { Block, MarkdownDocument } from './nodes.ts'
import { partsOf, type Parts } from './parts.ts'

/**
 * The blocks of a growing document that will not grow any more, in reading order: paragraphs, headings, code, tables
 * and rules, each of them once however deeply lists and quotes nest it. With `after`, only those created after the
 * block with that key: remember the last one's key and ask again.
 */
export const finishedBlocks = (document: MarkdownDocument, after = 0): readonly Block[] => {
  const found: Block[] = []
  visit(partsOf(document), after, found)
  return found
}

const keyOf = (part: unknown): number =>
  Array.isArray(part) ? keyOf(part[0]) : (part as Block).key

const visit = (parts: Parts, after: number, found: Block[]) => {
  // Keys rise in reading order: what stands before the last part with an older key is older altogether.
  const last = parts.findLastIndex((part) => keyOf(part) <= after)
  for (const part of parts.slice(Math.max(0, last))) {
    if (Array.isArray(part)) {
      visit(part, after, found)
      continue
    }
    const block = part as Block
    switch (block.type) {
      case 'blockquote':
      case 'list':
      case 'listItem':
      case 'footnoteDefinition':
        visit(partsOf(block), after, found)
        break
      default:
        if (block.finished && block.key > after) found.push(block)
    }
  }
}
