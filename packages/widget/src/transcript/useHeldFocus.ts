import { type RefObject, useEffect } from 'react'

/**
 * Keeps focus in the transcript when what had it goes away: another version takes the place of a turn, a button is no
 * longer offered, an editor closes. It goes to what is named alike in the same place, or to the turn there; to lose it
 * would put whoever uses a keyboard at the beginning of the page.
 */
export function useHeldFocus(
  transcriptRef: RefObject<HTMLElement | null>,
  /** Changes when the transcript becomes another element. */
  key: string,
): void {
  useEffect(() => {
    const transcript = transcriptRef.current
    if (!transcript) return
    const turns = () => [...transcript.querySelectorAll<HTMLElement>('[data-message]')]
    let held: { element: HTMLElement; turn: number } | null = null

    const observer = new MutationObserver(() => {
      if (!held || held.element.isConnected) return
      const { element, turn } = held
      held = null
      const { activeElement } = transcript.getRootNode() as Document | ShadowRoot
      if (activeElement && activeElement !== document.body) return
      const place = turns()[turn] ?? turns().at(-1)
      const label = element.getAttribute('aria-label')
      const alike = [...(place?.querySelectorAll<HTMLElement>('[aria-label]') ?? [])].find(
        (other) => label !== null && other.getAttribute('aria-label') === label,
      )
      ;(alike ?? place)?.focus({ preventScroll: true })
    })

    const onFocusIn = (event: FocusEvent) => {
      const element = event.target as HTMLElement
      const message = element.closest<HTMLElement>('[data-message]')
      held = message && { element, turn: turns().indexOf(message) }
      if (held) observer.observe(transcript, { childList: true, subtree: true })
    }
    const onFocusOut = ({ relatedTarget }: FocusEvent) => {
      // Chromium says so of what is being removed, too: only then does focus go nowhere and the element leave the page.
      setTimeout(() => {
        if (relatedTarget === null && held && !held.element.isConnected) return
        const { activeElement } = transcript.getRootNode() as Document | ShadowRoot
        if (transcript.contains(activeElement)) return
        held = null
        observer.disconnect()
      })
    }
    transcript.addEventListener('focusin', onFocusIn)
    transcript.addEventListener('focusout', onFocusOut)
    return () => {
      observer.disconnect()
      transcript.removeEventListener('focusin', onFocusIn)
      transcript.removeEventListener('focusout', onFocusOut)
    }
  }, [transcriptRef, key])
}
