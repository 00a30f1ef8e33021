export {
  canHighlight,
  createCodeHighlighter,
  type CodeHighlighter,
} from './highlight/highlightCode.ts'
export { HighlightedCode } from './highlight/HighlightedCode.tsx'
export {
  tokenizeLine,
  type CodeToken,
  type LineState,
  type TokenKind,
} from './highlight/tokenizeLine.ts'
