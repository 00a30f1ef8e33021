import { useState, type ReactNode } from 'react'
import { createMarkdownParser, type MarkdownParser } from '../createMarkdownParser.ts'
import type { MathSyntax } from '../mathSyntax.ts'
import type { MarkdownDocument } from '../nodes.ts'
import { MarkdownBlocks, type MarkdownDrawOptions } from './MarkdownBlocks.tsx'

/** Props of {@link StreamingMarkdown}. */
export interface StreamingMarkdownProps extends MarkdownDrawOptions {
  /** The whole text so far. */
  text: string
  /** Whether more will come: then what is unfinished at the end is shown calmly. Default false. */
  streaming?: boolean | undefined
  /** How formulas are written: `texSyntax` of `@parlance/markdown/math`, whose components draw them. Default: there are none. */
  math?: MathSyntax | undefined
}

/**
 * Draws Markdown that may still grow. Text that continues the text of the last render costs what the new part costs;
 * any other text is parsed anew.
 */
export const StreamingMarkdown = ({
  text,
  streaming = false,
  math,
  ...options
}: StreamingMarkdownProps): ReactNode => {
  const [read] = useState(createReader)
  return <MarkdownBlocks document={read(text, streaming, math)} {...options} />
}

/** Remembers the parser of the last text. It is only a cache: called with any text, it returns that text's document. */
const createReader = () => {
  let parser: MarkdownParser | undefined
  let fed = ''
  let ended = false
  let withMath: MathSyntax | undefined

  return (text: string, streaming: boolean, math: MathSyntax | undefined): MarkdownDocument => {
    const continues =
      parser &&
      math === withMath &&
      (ended ? !streaming && text === fed : isContinued(fed, text, !streaming))
    if (!parser || !continues) {
      parser = createMarkdownParser({ math })
      fed = ''
      ended = false
      withMath = math
    }
    if (!ended) parser.append(text.slice(fed.length))
    if (!streaming && !ended) {
      parser.end()
      ended = true
    }
    fed = text
    return parser.document
  }
}

const sample = 64

/**
 * Whether a text begins with another. While it streams, only the beginning and the end of that are compared, so that
 * the comparison does not grow with the text; the last render, and any text that got shorter, compares all of it.
 */
const isContinued = (before: string, text: string, whole: boolean): boolean => {
  if (text.length < before.length) return false
  if (whole || before.length <= 4 * sample) return text.startsWith(before)
  const from = before.length - sample
  return text.startsWith(before.slice(0, sample)) && text.startsWith(before.slice(from), from)
}
