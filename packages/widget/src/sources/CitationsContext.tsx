import type { Citation } from '@parlance/core'
import { createContext, type Provider, useContext } from 'react'

const CitationsContext = createContext<readonly Citation[]>([])

/** The citations of the reply around, for the markers in its text. */
export const CitationsProvider: Provider<readonly Citation[]> = CitationsContext.Provider

export function useCitations(): readonly Citation[] {
  return useContext(CitationsContext)
}
