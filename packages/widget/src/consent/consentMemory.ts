const key = 'parlance:consent'

/** What the visitor answered on an earlier page; undefined where nothing was, or storage is refused. */
export function readConsent(): 'granted' | 'denied' | undefined {
  try {
    const value = localStorage.getItem(key)
    return value === 'granted' || value === 'denied' ? value : undefined
  } catch {
    return undefined
  }
}

/** Remembers the visitor's own answer, so that nobody asks on every page. */
export function writeConsent(consent: 'granted' | 'denied'): void {
  try {
    localStorage.setItem(key, consent)
  } catch {
    // Then the next page asks again.
  }
}
