import {
  memo,
  useCallback,
  useEffect,
  useRef,
  useState,
  type ReactNode,
  type RefObject,
} from 'react'
import { visibleText } from '../visibleText.ts'
import type { MarkdownCodeProps } from './how.ts'
import type { MarkdownLabels } from './labels.ts'

interface CodeBarProps {
  language: string | undefined
  labels: MarkdownLabels
  wrap: boolean
  onWrap: () => void
  onCopy: () => void
}

const copiedMs = 2000

const CodeBar = memo(({ language, labels, wrap, onWrap, onCopy }: CodeBarProps): ReactNode => {
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return undefined
    const timer = setTimeout(() => setCopied(false), copiedMs)
    return () => clearTimeout(timer)
  }, [copied])
  return (
    <figcaption className="pm-code-bar">
      <span className="pm-code-language">{language ?? labels.code}</span>
      <button type="button" className="pm-code-wrap" aria-pressed={wrap} onClick={onWrap}>
        {wrap ? labels.unwrap : labels.wrap}
      </button>
      <button
        type="button"
        className="pm-code-copy"
        onClick={() => {
          onCopy()
          setCopied(true)
        }}
      >
        {copied ? labels.copied : labels.copy}
      </button>
    </figcaption>
  )
})

/** Copies what is shown; without the clipboard, as on pages without TLS, it selects it for the keyboard. */
const copyText = (element: HTMLElement) => {
  const { clipboard } = navigator as { clipboard?: Clipboard }
  const select = () => {
    const selection = getSelection()
    selection?.selectAllChildren(element)
  }
  if (clipboard) clipboard.writeText(element.textContent ?? '').catch(select)
  else select()
}

/** Props of {@link CodeBlock}. */
export interface CodeBlockProps extends MarkdownCodeProps {
  /** Holds the element the code is in. */
  codeRef?: RefObject<HTMLElement | null> | undefined
}

/** A code block: a bar with its language and buttons to wrap and to copy, and the code as text. */
export const CodeBlock = ({ node, labels, children, codeRef }: CodeBlockProps): ReactNode => {
  const [wrap, setWrap] = useState(false)
  const own = useRef<HTMLElement>(null)
  const code = codeRef ?? own
  const onWrap = useCallback(() => setWrap((now) => !now), [])
  const onCopy = useCallback(() => {
    if (code.current) copyText(code.current)
  }, [code])
  const language = node.language === undefined ? undefined : visibleText(node.language).slice(0, 40)
  return (
    <figure
      className="pm-code"
      data-wrap={wrap ? '' : undefined}
      data-open={node.finished ? undefined : ''}
      dir="ltr"
    >
      <CodeBar language={language} labels={labels} wrap={wrap} onWrap={onWrap} onCopy={onCopy} />
      <pre className="pm-code-text" tabIndex={0} role="group" aria-label={language ?? labels.code}>
        <code ref={code}>{children}</code>
      </pre>
    </figure>
  )
}
