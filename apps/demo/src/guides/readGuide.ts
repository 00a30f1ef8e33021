import { type Block, parseMarkdown, toPlainText } from '@parlance/markdown'
import { createAnchors } from '@parlance/server/docs'

/** One guide, read when the site is built. */
export interface Guide {
  readonly title: string
  /** Its headings in order, the title first. Ids are the ones the chat's sources link to. */
  readonly headings: readonly {
    readonly id: string
    readonly text: string
    readonly depth: number
  }[]
  readonly markdown: string
}

export function readGuide(markdown: string): Guide {
  const toAnchor = createAnchors()
  const headings = parseMarkdown(markdown)
    .children.filter(isHeading)
    .map((heading) => {
      const text = toPlainText(heading)
      return { id: toAnchor(text), text, depth: heading.depth }
    })
  return { title: headings[0]?.text ?? '', headings, markdown }
}

function isHeading(block: Block): block is Extract<Block, { type: 'heading' }> {
  return block.type === 'heading'
}
