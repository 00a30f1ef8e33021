import { type Block, parseMarkdown, toMarkdown } from '@parlance/markdown'

/** Headings of the transcript itself are of the first and second depth. */
const depthOfTurns = 2
const fence = /^(?:`{3,}|~{3,})/

/**
 * Markdown of one message as a part of a longer document: its headings stand below that of its turn, and code that was
 * never closed ends with the message. All else is as it was written.
 */
export function toNestedMarkdown(text: string): string {
  const document = parseMarkdown(text)
  let nested = ''
  let written = 0
  for (const block of document.children) {
    nested += text.slice(written, block.start) + toNestedBlock(block, toMarkdown(document, block))
    written = block.end
  }
  // Spaces before the first word may mean code.
  return (nested + text.slice(written)).replace(/^\n+/, '').trimEnd()
}

function toNestedBlock(block: Block, source: string): string {
  switch (block.type) {
    case 'heading': {
      const marks = '#'.repeat(Math.min(6, block.depth + depthOfTurns))
      if (source.startsWith('#')) return source.replace(/^#+/, marks)
      // The other form has a line below that says its depth, and may hold several lines.
      return `${marks} ${source.split('\n').slice(0, -1).join(' ')}`
    }
    case 'code': {
      const open = fence.exec(source)?.[0]
      if (!open) return source
      const last = source.trimEnd().split('\n').slice(1).at(-1)?.trim() ?? ''
      const isClosed = last.startsWith(open) && last === open.charAt(0).repeat(last.length)
      return isClosed ? source : `${source.trimEnd()}\n${open}`
    }
    default:
      return source
  }
}
