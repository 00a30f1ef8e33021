import { createContext, type Provider, useContext } from 'react'

/**
 * Whether the turn around is the one that Tab stops at. The transcript is one tab stop among its turns; the buttons
 * of all other turns stay out of the tab order, so that a long conversation is not hundreds of stops.
 */
const TurnFocusContext = createContext(true)

export const TurnFocusProvider: Provider<boolean> = TurnFocusContext.Provider

/** `tabIndex` for a button or link inside a turn. */
export function useTurnTabIndex(): 0 | -1 {
  return useContext(TurnFocusContext) ? 0 : -1
}
