import { createContext, type Provider, useContext } from 'react'

/** Whether what is around is out of view, so that a drawing in it may be left out. */
const OutOfViewContext = createContext(false)

export const OutOfViewProvider: Provider<boolean> = OutOfViewContext.Provider

export function useOutOfView(): boolean {
  return useContext(OutOfViewContext)
}
