'use client'

import { useEffect, useRef, useState, type ReactNode, type RefObject } from 'react'
import { visibleText } from '../visibleText.ts'
import type { MarkdownCodeProps } from './how.ts'

const englishWords = {
  code: 'Code',
  copy: 'Copy',
  copied: 'Copied',
  wrap: 'Wrap lines',
  unwrap: 'Do not wrap lines',
}

const copiedMs = 2000

/** Copies what is shown; where the clipboard is refused, or missing as without TLS, it selects it for the keyboard. */
const copyText = async (element: HTMLElement): Promise<boolean> => {
  try {
    await navigator.clipboard.writeText(element.textContent)
    return true
  } catch {
    getSelection()?.selectAllChildren(element)
    return false
  }
}

/** Props of {@link CodeBlock}. */
export interface CodeBlockProps extends MarkdownCodeProps {
  /** Holds the element the code is in. */
  codeRef?: RefObject<HTMLElement | null> | undefined
}

/**
 * A code block with a bar: its language, and buttons to wrap and to copy. `components={{ code: CodeBlock }}`; without
 * it, and in browsers before hydration, code is a plain `pre`.
 */
export const CodeBlock = ({ node, labels, children, codeRef }: CodeBlockProps): ReactNode => {
  const [wrap, setWrap] = useState(false)
  const [copied, setCopied] = useState(false)
  const own = useRef<HTMLElement>(null)
  const code = codeRef ?? own
  const words = { ...englishWords, ...labels }
  const language = visibleText(node.language ?? words.code ?? '').slice(0, 40)

  useEffect(() => {
    if (!copied) return undefined
    const timer = setTimeout(() => setCopied(false), copiedMs)
    return () => clearTimeout(timer)
  }, [copied])

  return (
    <figure
      className="pm-code"
      // Or the words of its buttons would be in its name.
      aria-label={language}
      data-wrap={wrap ? '' : undefined}
      data-open={node.finished ? undefined : ''}
      dir="ltr"
    >
      <figcaption className="pm-code-bar">
        <span className="pm-code-language">{language}</span>
        <button type="button" className="pm-code-wrap" onClick={() => setWrap(!wrap)}>
          {wrap ? words.unwrap : words.wrap}
        </button>
        <button
          type="button"
          className="pm-code-copy"
          onClick={() => {
            if (code.current) void copyText(code.current).then(setCopied)
          }}
        >
          {copied ? words.copied : words.copy}
        </button>
      </figcaption>
      <pre className="pm-code-text" tabIndex={0} role="group" aria-label={language}>
        <code ref={code}>{children}</code>
      </pre>
    </figure>
  )
}
