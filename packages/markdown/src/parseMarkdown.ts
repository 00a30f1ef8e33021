import { createMarkdownParser, type MarkdownOptions } from './createMarkdownParser.ts'
import type { MarkdownDocument } from './nodes.ts'

/** Parses a complete text. */
export const parseMarkdown = (source: string, options?: MarkdownOptions): MarkdownDocument => {
  const parser = createMarkdownParser(options)
  parser.append(source)
  parser.end()
  return parser.document
}
