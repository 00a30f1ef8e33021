import type { Block, Inline, MarkdownDocument } from './nodes.ts'
import { visibleCode, visibleText } from './visibleText.ts'

/** What a document, block or inline node says, without its form: for screen readers, titles, search and transcripts. */
export const toPlainText = (node: MarkdownDocument | Block | Inline): string => {
  switch (node.type) {
    case 'text':
      return visibleText(node.value)
    case 'code':
    case 'inlineCode':
    case 'math':
    case 'inlineMath':
    case 'plainText':
      return visibleCode(node.value)
    case 'image':
      return visibleText(node.alt)
    case 'break':
      return '\n'
    case 'footnoteReference':
      return `[${node.number}]`
    case 'thematicBreak':
      return ''
    case 'footnoteDefinition':
      return `[${node.number}] ${join(node.children, '\n')}`
    case 'list':
      return node.children
        .map((item, index) => (node.ordered ? `${node.first + index}. ` : '- ') + toPlainText(item))
        .join('\n')
    case 'listItem':
      return join(node.children, '\n')
    case 'table':
      return join(node.children, '\n')
    case 'tableRow':
      return join(node.children, ', ')
    case 'document':
    case 'blockquote':
      return join(node.children, '\n\n')
    default:
      return join(node.children, '')
  }
}

const join = (nodes: readonly (Block | Inline)[], between: string): string =>
  nodes.map(toPlainText).filter(Boolean).join(between)
