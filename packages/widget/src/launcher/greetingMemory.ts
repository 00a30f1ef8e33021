const greetedKey = 'parlance:greeted'

/** Whether this tab's visitor has answered the greeting or waved it away. Storage that throws is none. */
export function wasGreeted(): boolean {
  try {
    return sessionStorage.getItem(greetedKey) !== null
  } catch {
    return false
  }
}

/** Remembers it for as long as the tab is open. */
export function rememberGreeting(): void {
  try {
    sessionStorage.setItem(greetedKey, '1')
  } catch {
    // Then it greets once more.
  }
}
