export {
  createMarkdownParser,
  type MarkdownOptions,
  type MarkdownParser,
} from './createMarkdownParser.ts'
export { finishedBlocks } from './finishedBlocks.ts'
export type { MathSyntax } from './mathSyntax.ts'
export type {
  Align,
  Block,
  Blockquote,
  Break,
  Code,
  Emphasis,
  FootnoteDefinition,
  FootnoteReference,
  Heading,
  Image,
  Inline,
  InlineCode,
  InlineMath,
  Link,
  List,
  ListItem,
  MarkdownDocument,
  MathBlock,
  Paragraph,
  PlainText,
  Strikethrough,
  Strong,
  Table,
  TableCell,
  TableRow,
  Text,
  ThematicBreak,
} from './nodes.ts'
export { parseMarkdown } from './parseMarkdown.ts'
export { safeImage, safeLink, type LinkPolicy, type SafeLink } from './safeLink.ts'
export { toMarkdown } from './toMarkdown.ts'
export { toPlainText } from './toPlainText.ts'
export { visibleCode, visibleText } from './visibleText.ts'
