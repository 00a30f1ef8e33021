import { type ReactElement, useEffect, useState } from 'react'
import { useWidget } from '../settings/WidgetContext.tsx'
import { useAnnounce } from '../announcer/Announcer.tsx'
import { TurnButton } from './TurnButton.tsx'

const shownMs = 2000

/** Copies the text of a message as it was written, Markdown included. */
export function CopyButton({ text }: { readonly text: string }): ReactElement {
  const { strings } = useWidget()
  const announce = useAnnounce()
  const [copied, setCopied] = useState(false)

  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), shownMs)
    return () => clearTimeout(timer)
  }, [copied])

  const copy = async (button: HTMLElement) => {
    try {
      await navigator.clipboard.writeText(text)
    } catch {
      const { copyWithoutClipboard } = await import('../settings/rareParts.ts')
      // Refused all the same, the text can still be selected.
      if (!copyWithoutClipboard(text, button)) return
    }
    setCopied(true)
    announce(strings.copied)
  }

  return (
    <TurnButton
      icon={copied ? 'check' : 'copy'}
      label={copied ? strings.copied : strings.copy}
      onClick={(event) => void copy(event.currentTarget)}
    />
  )
}
