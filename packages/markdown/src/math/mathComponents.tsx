'use client'

import { type ComponentType, createElement, type ReactNode, useEffect, useState } from 'react'
import type { InlineMath, MathBlock } from '../nodes.ts'
import type { MarkdownComponents, MarkdownNodeProps } from '../react/how.ts'
import type { TexMathProps } from './TexMath.tsx'

/** What draws formulas, once its code is there. */
let loaded: ComponentType<TexMathProps> | undefined

/** A formula, or what stands in its place until the code that reads TeX has come. */
function Formula({ children, ...props }: TexMathProps & { readonly children: ReactNode }) {
  const [isThere, setIsThere] = useState(loaded !== undefined)
  useEffect(() => {
    if (isThere) return undefined
    let isLeft = false
    void import('./TexMath.tsx').then(
      (part) => {
        loaded = part.default
        if (!isLeft) setIsThere(true)
      },
      (error: unknown) => console.warn('Formulas stay TeX: what draws them did not load.', error),
    )
    return () => {
      isLeft = true
    }
  }, [isThere])
  return isThere && loaded ? createElement(loaded, props) : children
}

const InlineFormula = ({ node, children }: MarkdownNodeProps<InlineMath>): ReactNode => (
  <Formula tex={node.value}>
    <code className="pm-math">{children}</code>
  </Formula>
)

const BlockFormula = ({ node, children }: MarkdownNodeProps<MathBlock>): ReactNode => {
  const text = <pre className="pm-math-block">{children}</pre>
  return node.finished ? (
    <Formula tex={node.value} display>
      {text}
    </Formula>
  ) : (
    text
  )
}

/**
 * Draws formulas: `<StreamingMarkdown math={texSyntax} components={mathComponents} />`. The code that reads TeX is fetched with
 * the first formula; until then, and while a formula is still open, its TeX is shown.
 */
export const mathComponents: MarkdownComponents = { inlineMath: InlineFormula, math: BlockFormula }
