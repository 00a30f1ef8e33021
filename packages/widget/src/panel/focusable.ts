const stops =
  'a[href], button:not([disabled]), textarea:not([disabled]), input:not([disabled]), summary, [tabindex]'

/** Elements the Tab key stops at inside another, in order. */
export function tabStopsIn(container: HTMLElement): readonly HTMLElement[] {
  return [...container.querySelectorAll<HTMLElement>(stops)].filter(
    (element) => element.tabIndex >= 0 && element.getClientRects().length > 0,
  )
}

/** Keeps the Tab key inside a container: after its last stop comes the first, and backwards. */
export function keepTabInside(
  event: Pick<KeyboardEvent, 'shiftKey' | 'preventDefault'>,
  container: HTMLElement,
): void {
  const elements = tabStopsIn(container)
  const first = elements[0]
  const last = elements.at(-1)
  // The active element of a document is the host of a shadow root; inside, the root knows better.
  const root = container.getRootNode() as Document | ShadowRoot
  const now = root.activeElement
  if (event.shiftKey && (now === first || now === container)) {
    event.preventDefault()
    last?.focus()
  } else if (!event.shiftKey && now === last) {
    event.preventDefault()
    first?.focus()
  }
}
