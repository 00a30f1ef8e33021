import { lazy, Suspense, type ReactNode } from 'react'
import type { InlineMath, MathBlock } from '../nodes.ts'
import type { MarkdownComponents, MarkdownNodeProps } from '../react/how.ts'

const TexMath = lazy(() => import('./TexMath.tsx'))

const InlineFormula = ({ node, children }: MarkdownNodeProps<InlineMath>): ReactNode => (
  <Suspense fallback={<code className="pm-math">{children}</code>}>
    <TexMath tex={node.value} />
  </Suspense>
)

const BlockFormula = ({ node, children }: MarkdownNodeProps<MathBlock>): ReactNode => (
  <Suspense fallback={<pre className="pm-math-block">{children}</pre>}>
    {node.finished ? (
      <TexMath tex={node.value} display />
    ) : (
      <pre className="pm-math-block">{children}</pre>
    )}
  </Suspense>
)

/**
 * Draws formulas: `<StreamingMarkdown math={texSyntax} components={mathComponents} />`. The code that reads TeX is fetched with
 * the first formula; until then, and while a formula is still open, its TeX is shown.
 */
export const mathComponents: MarkdownComponents = { inlineMath: InlineFormula, math: BlockFormula }
