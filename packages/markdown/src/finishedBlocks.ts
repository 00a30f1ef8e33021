import type { Block, MarkdownDocument } from './nodes.ts'
import { runsOf } from './runs.ts'

/**
 * The blocks of a growing document that will not grow any more, in reading order: paragraphs, headings, code, tables
 * and rules, each of them once however deeply lists and quotes nest it. With `after`, only those created after the
 * block with that key: remember the last one's key and ask again.
 */
export const finishedBlocks = (document: MarkdownDocument, after = 0): readonly Block[] => {
  const found: Block[] = []
  visit(document, after, found)
  return found
}

const visit = (parent: { readonly children: readonly Block[] }, after: number, found: Block[]) => {
  const { settled, count, tail } = runsOf(parent)
  const at = (index: number) => (index < count ? settled[index] : tail[index - count]) as Block
  const end = count + tail.length
  let index = end
  // Keys rise in reading order: what stands before the last child with an older key is older altogether.
  while (index > 0 && at(index - 1).key > after) index--
  for (index = Math.max(0, index - 1); index < end; index++) {
    const block = at(index)
    switch (block.type) {
      case 'blockquote':
      case 'list':
      case 'listItem':
      case 'footnoteDefinition':
        visit(block, after, found)
        break
      default:
        if (block.finished && block.key > after) found.push(block)
    }
  }
}
