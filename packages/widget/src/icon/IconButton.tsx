import type { ButtonHTMLAttributes, ReactElement, Ref } from 'react'
import { Icon } from './Icon.tsx'
import type { IconName } from './iconPaths.ts'

/** Props of {@link IconButton}: those of a button, and its drawing and name. */
export interface IconButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly icon: IconName
  /** Accessible name, shown as a tooltip too. */
  readonly label: string
  readonly buttonRef?: Ref<HTMLButtonElement> | undefined
}

/** A button that shows a drawing and is named by words. */
export function IconButton({
  icon,
  label,
  buttonRef,
  className = 'pl-icon-button',
  ...rest
}: IconButtonProps): ReactElement {
  return (
    <button
      type="button"
      part={`button ${icon}`}
      aria-label={label}
      title={label}
      {...rest}
      ref={buttonRef}
      className={className}
    >
      <Icon name={icon} />
    </button>
  )
}
