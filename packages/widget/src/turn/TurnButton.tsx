import type { ReactElement } from 'react'
import { IconButton, type IconButtonProps } from '../icon/IconButton.tsx'
import { useTurnTabIndex } from './TurnFocus.tsx'

/** A small button under a turn. */
export function TurnButton(props: IconButtonProps): ReactElement {
  const tabIndex = useTurnTabIndex()
  return <IconButton className="pl-icon-button pl-turn-button" tabIndex={tabIndex} {...props} />
}
