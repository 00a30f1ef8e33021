import type { Block, MarkdownDocument } from './nodes.ts'

/** The Markdown a document, or one of its blocks, was written in: the very characters of the source. */
export const toMarkdown = (document: MarkdownDocument, block?: Block): string =>
  block ? document.source.slice(block.start, block.end) : document.source
