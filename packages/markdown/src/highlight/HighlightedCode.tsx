'use client'

import { useEffect, useRef, type ReactNode } from 'react'
import { CodeBlock } from '../react/CodeBlock.tsx'
import type { MarkdownCodeProps } from '../react/how.ts'
import type { CodeHighlighter } from './highlightCode.ts'

/**
 * A code block with colours: `components={{ code: HighlightedCode }}`, and `@parlance/markdown/styles.css` or rules of
 * your own for `::highlight(pm-keyword)` and the others. The colouring code is fetched when the first block needs it;
 * browsers without the CSS Custom Highlight API show plain code.
 */
export const HighlightedCode = (props: MarkdownCodeProps): ReactNode => {
  const code = useRef<HTMLElement>(null)
  const highlighter = useRef<CodeHighlighter>(undefined)
  const isFinished = useRef(false)
  const { language, finished } = props.node

  useEffect(() => {
    isFinished.current = finished
    highlighter.current?.update(finished)
  })

  useEffect(() => {
    let left = false
    if (language === undefined) return undefined
    void import('./highlightCode.ts').then(
      ({ canHighlight, createCodeHighlighter }) => {
        if (left || !code.current || !canHighlight()) return
        highlighter.current = createCodeHighlighter(code.current, language)
        highlighter.current.update(isFinished.current)
      },
      (error: unknown) => console.warn('Code stays plain: what colours it did not load.', error),
    )
    return () => {
      left = true
      highlighter.current?.stop()
      highlighter.current = undefined
    }
  }, [language])

  return <CodeBlock {...props} codeRef={code} />
}
