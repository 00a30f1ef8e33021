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
      let words = ''
      for (const block of finishedBlocks(parser.document, lastKey)) {
        lastKey = Math.max(lastKey, block.key)
        const spoken = toSpoken(block, codeSpoken)
        if (spoken !== '') words += `${spoken}\n`
      }
      return words
    },
  }
}

function toSpoken(block: Block, codeSpoken: string): string {
  return block.type === 'code' ? codeSpoken : toPlainText(block)
}
