import { createElement, useMemo, type ReactNode } from 'react'
import { visibleText } from '../visibleText.ts'
import { parseTex, type MathNode } from './parseTex.ts'

/** Props of {@link TexMath}. */
export interface TexMathProps {
  tex: string
  /** On a line of its own. Default false. */
  display?: boolean | undefined
}

const draw = ({ name, text, children }: MathNode, key: number): ReactNode =>
  createElement(name, { key }, text === undefined ? children?.map(draw) : visibleText(text))

/** A formula as MathML elements, which browsers draw and screen readers read without further help. */
const TexMath = ({ tex, display = false }: TexMathProps): ReactNode => {
  const tree = useMemo(() => parseTex(tex), [tex])
  return createElement(
    'math',
    { display: display ? 'block' : 'inline', className: 'pm-formula' },
    draw(tree, 0),
  )
}

export default TexMath
