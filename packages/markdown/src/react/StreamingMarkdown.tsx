'use client'

import { useMemo, type ReactNode } from 'react'
import {
  createMarkdownParser,
  type MarkdownOptions,
  type MarkdownParser,
} from '../createMarkdownParser.ts'
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
  /** Characters of the text that are parsed; what comes after them is shown as plain text. Default 500,000. */
  maxLength?: number | undefined
}

/**
 * Draws Markdown that may still grow. Text that continues the text of the last render costs what the new part costs;
 * any other text is parsed anew.
 */
export const StreamingMarkdown = ({
  text,
  streaming = false,
  math,
  maxLength,
  ...options
}: StreamingMarkdownProps): ReactNode => {
  const read = useMemo(() => createReader({ math, maxLength }), [math, maxLength])
  return <MarkdownBlocks document={read(text, streaming)} {...options} />
}

/**
 * While a text streams, so many characters before its new part are compared, so that the comparison does not grow with
 * it: an earlier change that moves nothing is noticed by the last render, which compares all.
 */
const sample = 256

/** Remembers the parser of the last text. It is only a cache: called with any text, it returns that text's document. */
const createReader = (options: MarkdownOptions) => {
  let parser: MarkdownParser | undefined
  let fed = ''

  return (text: string, streaming: boolean): MarkdownDocument => {
    const from = streaming ? Math.max(0, fed.length - sample) : 0
    const goesOn = parser?.document.finished
      ? !streaming && text === fed
      : text.startsWith(fed.slice(from), from)
    if (!parser || !goesOn) {
      parser = createMarkdownParser(options)
      fed = ''
    }
    if (text !== fed) parser.append(text.slice(fed.length))
    if (!streaming) parser.end()
    fed = text
    return parser.document
  }
}
