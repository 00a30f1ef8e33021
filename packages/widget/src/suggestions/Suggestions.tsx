import type { ReactElement } from 'react'
import { useWidget } from '../settings/WidgetContext.tsx'

/** Props of the {@link Suggestions} slot. */
export interface SuggestionsProps {
  readonly suggestions: readonly string[]
  readonly onSelect: (suggestion: string) => void
}

/** Questions to begin with, one click each. */
export function Suggestions({ suggestions, onSelect }: SuggestionsProps): ReactElement {
  const { strings } = useWidget()
  return (
    <ul className="pl-suggestions" part="suggestions" aria-label={strings.suggestions}>
      {suggestions.map((suggestion) => (
        <li key={suggestion}>
          <button
            type="button"
            className="pl-chip"
            part="suggestion"
            dir="auto"
            onClick={() => onSelect(suggestion)}
          >
            {suggestion}
          </button>
        </li>
      ))}
    </ul>
  )
}
