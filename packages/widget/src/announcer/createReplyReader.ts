import {
  type Block,
  createMarkdownParser,
  finishedBlocks,
  type MarkdownDocument,
  toPlainText,
} from '@parlance/markdown'

/** Reads a growing answer and gives the words of those blocks that will not change any more, each once. */
export interface ReplyReader {
  /**
   * @param text all of the answer so far
   * @param ended whether it is whole
   * @returns what has been finished since the last call; empty when nothing has
   */
  read(text: string, ended: boolean): string
}

/**
 * @param codeSpoken said in the place of a block of code, which nobody wants to hear
 */
export function createReplyReader(codeSpoken: string): ReplyReader {
  const parser = createMarkdownParser()
  let readChars = 0
  let lastKey = 0
  let isOver = false

  return {
    read(text, ended) {
      if (isOver) return ''
      parser.append(text.slice(readChars))
      readChars = text.length
      if (ended) parser.end()
      isOver = ended
      const blocks = finishedBlocks(parser.document, lastKey)
      if (blocks.length === 0) return ''
      const numbers = itemNumbers(parser.document, lastKey)
      let words = ''
      for (const block of blocks) {
        lastKey = Math.max(lastKey, block.key)
        const spoken = toSpoken(block, codeSpoken)
        if (spoken !== '') words += `${numbers.get(block.key) ?? ''}${spoken}\n`
      }
      return words
    },
  }
}

function toSpoken(block: Block, codeSpoken: string): string {
  return block.type === 'code' ? codeSpoken : toPlainText(block)
}

type Parent = Extract<Block | MarkdownDocument, { readonly children: readonly Block[] }>

const isParent = (block: Block): block is Block & Parent =>
  block.type === 'list' ||
  block.type === 'listItem' ||
  block.type === 'blockquote' ||
  block.type === 'footnoteDefinition'

/**
 * Numbers of the items of numbered lists, by the key of the block each begins with: a step is no step without one. Of
 * those that came after a block: keys rise in reading order, so what stands before the last one up to it is older.
 */
function itemNumbers(
  parent: Parent,
  after: number,
  numbers = new Map<number, string>(),
): Map<number, string> {
  const { children } = parent
  const from = Math.max(
    0,
    children.findLastIndex(({ key }) => key <= after),
  )
  for (const [index, block] of children.slice(from).entries()) {
    if (!isParent(block)) continue
    if (parent.type === 'list' && parent.ordered) {
      const { key } = firstLeafOf(block)
      numbers.set(key, `${numbers.get(key) ?? ''}${parent.first + from + index}. `)
    }
    itemNumbers(block, after, numbers)
  }
  return numbers
}

function firstLeafOf(block: Block): Block {
  const first = isParent(block) ? block.children[0] : undefined
  return first ? firstLeafOf(first) : block
}
