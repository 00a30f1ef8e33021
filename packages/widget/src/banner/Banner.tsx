import type { ReactElement, ReactNode } from 'react'
import { Icon } from '../icon/Icon.tsx'
import type { IconName } from '../icon/iconPaths.ts'

/** Props of the {@link Banner} slot. */
export interface BannerProps {
  readonly kind: 'offline'
  readonly icon: IconName
  readonly children: ReactNode
}

/** A strip under the header for what concerns the whole chat. */
export function Banner({ kind, icon, children }: BannerProps): ReactElement {
  return (
    <div className="pl-banner" part="banner" data-kind={kind}>
      <Icon name={icon} />
      <span>{children}</span>
    </div>
  )
}
