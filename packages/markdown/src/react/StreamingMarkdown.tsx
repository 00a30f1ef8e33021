import { useState, type ReactNode } from 'react'
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
  const [read] = useState(createReader)
  return <MarkdownBlocks document={read(text, streaming, math, maxLength)} {...options} />
}

/** Remembers the parser of the last text. It is only a cache: called with any text, it returns that text's document. */
const createReader = () => {
  let parser: MarkdownParser | undefined
  let fed = ''
  let made: MarkdownOptions = {}

  return (
    text: string,
    streaming: boolean,
    math: MathSyntax | undefined,
    maxLength: number | undefined,
  ): MarkdownDocument => {
    const ended = parser?.document.finished
    if (
      !parser ||
      math !== made.math ||
      maxLength !== made.maxLength ||
      (ended ? streaming || text !== fed : !isContinued(fed, text, streaming))
    ) {
      parser = createMarkdownParser((made = { math, maxLength }))
      fed = ''
    }
    if (text.length > fed.length) parser.append(text.slice(fed.length))
    if (!streaming) parser.end()
    fed = text
    return parser.document
  }
}

const sample = 64

/**
 * Whether a text begins with another. While it streams, five samples are compared, so that the comparison does not
 * grow with the text: a change that alters no length and no sample is noticed by the last render, which compares all.
 */
const isContinued = (before: string, text: string, streaming: boolean): boolean =>
  streaming
    ? [0, 1, 2, 3, 4].every((part) => {
        const from = (part * Math.max(0, before.length - sample)) >> 2
        return text.startsWith(before.slice(from, from + sample), from)
      })
    : text.startsWith(before)
