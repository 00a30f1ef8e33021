import type { ReactElement } from 'react'
import { useWidget } from '../settings/WidgetContext.tsx'

/** Props of the {@link Consent} slot. */
export interface ConsentProps {
  readonly onDecide: (consent: 'granted' | 'denied') => void
}

/** Asks whether the conversation may be kept on the device. Until it is answered nothing is. */
export function Consent({ onDecide }: ConsentProps): ReactElement {
  const { strings } = useWidget()
  return (
    // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- a fieldset is for fields
    <div className="pl-consent" part="consent" role="group" aria-label={strings.consentQuestion}>
      <span>{strings.consentQuestion}</span>
      <div className="pl-row">
        <button type="button" className="pl-button" onClick={() => onDecide('granted')}>
          {strings.consentAllow}
        </button>
        <button type="button" className="pl-button" onClick={() => onDecide('denied')}>
          {strings.consentDeny}
        </button>
      </div>
    </div>
  )
}
