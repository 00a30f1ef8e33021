import {
  type MarkdownComponents,
  type MarkdownLabels,
  type MarkdownNodeProps,
  StreamingMarkdown,
} from '@parlance/markdown/react'
import type { Heading } from '@parlance/markdown'
import { createElement, type ReactElement, useEffect, useMemo, useRef } from 'react'
import { useWidget } from '../settings/WidgetContext.tsx'
import { CitedText } from '../sources/CitedText.tsx'
import { useTurnTabIndex } from './TurnFocus.tsx'

/** Props of the {@link MessageText} slot. */
export interface MessageTextProps {
  /** Markdown of the answer, as far as it has come. */
  readonly text: string
  readonly streaming: boolean
}

/** The words of an answer, drawn from its Markdown. */
export function MessageText({ text, streaming }: MessageTextProps): ReactElement {
  const { strings, slots, math } = useWidget()
  const { CodeBlock, TableBlock, MathBlock, MathText } = slots
  const ref = useRef<HTMLDivElement>(null)
  const tabIndex = useTurnTabIndex()
  const labels = useMemo<Partial<MarkdownLabels>>(
    () => ({ ...strings.markdown, copy: strings.copy, copied: strings.copied }),
    [strings],
  )
  const components = useMemo<MarkdownComponents>(
    () => ({
      heading: TurnHeading,
      text: CitedText,
      code: CodeBlock,
      table: TableBlock,
      math: MathBlock,
      inlineMath: MathText,
    }),
    [CodeBlock, TableBlock, MathBlock, MathText],
  )

  // Links and code blocks of turns that Tab does not stop at are reached with the arrow keys first.
  useEffect(() => {
    for (const element of ref.current?.querySelectorAll('a, button, [tabindex]') ?? [])
      element.setAttribute('tabindex', `${tabIndex}`)
  })

  return (
    <div ref={ref} className="pl-text" part="text" dir="auto">
      <StreamingMarkdown
        text={text}
        streaming={streaming}
        math={math}
        components={components}
        labels={labels}
      />
    </div>
  )
}

/** Headings of an answer stand below the title of the panel. */
function TurnHeading({ node, children }: MarkdownNodeProps<Heading>): ReactElement {
  return createElement(
    `h${Math.min(6, node.depth + 2)}`,
    { className: 'pl-heading', 'data-depth': node.depth, dir: 'auto' },
    children,
  )
}
