import { type Block, createMarkdownParser, finishedBlocks, toPlainText } from '@parlance/markdown'

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
      const numbers = itemNumbers(parser.document)
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

type Parent = { readonly children: readonly Block[] }

const isParent = (block: Block): block is Block & Parent =>
  block.type === 'list' ||
  block.type === 'listItem' ||
  block.type === 'blockquote' ||
  block.type === 'footnoteDefinition'

/** Numbers of the items of numbered lists, by the key of the block each begins with: a step is no step without one. */
function itemNumbers(parent: Parent, numbers = new Map<number, string>()): Map<number, string> {
  for (const block of parent.children) {
    if (!isParent(block)) continue
    if (block.type === 'list' && block.ordered) {
      for (const [index, item] of block.children.entries()) {
        const { key } = firstLeafOf(item)
        numbers.set(key, `${numbers.get(key) ?? ''}${block.first + index}. `)
      }
    }
    itemNumbers(block, numbers)
  }
  return numbers
}

function firstLeafOf(block: Block): Block {
  const first = isParent(block) ? block.children[0] : undefined
  return first ? firstLeafOf(first) : block
}
