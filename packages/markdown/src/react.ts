export { CodeBlock } from './react/CodeBlock.tsx'
export type {
  MarkdownCodeProps,
  MarkdownComponents,
  MarkdownImageProps,
  MarkdownLinkProps,
  MarkdownNodeProps,
} from './react/how.ts'
export type { MarkdownLabels } from './react/labels.ts'
export {
  MarkdownBlocks,
  type MarkdownBlocksProps,
  type MarkdownDrawOptions,
} from './react/MarkdownBlocks.tsx'
export { StreamingMarkdown, type StreamingMarkdownProps } from './react/StreamingMarkdown.tsx'
