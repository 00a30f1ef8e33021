import type { ReactElement, RefObject } from 'react'
import { useWidget } from '../settings/WidgetContext.tsx'
import { useInvitation } from './useInvitation.ts'
import { useUnread } from './useUnread.ts'

export interface LauncherPlaceProps {
  readonly open: boolean
  /** Whether the visitor has opened the chat at some time. */
  readonly wasOpened: boolean
  readonly greetingAfterMs: number | undefined
  readonly onOpen: (open: boolean) => void
  readonly buttonRef: RefObject<HTMLButtonElement | null>
}

/** What stands in the corner of a page for a panel that can be closed. */
export function LauncherPlace({
  open,
  wasOpened,
  greetingAfterMs,
  onOpen,
  buttonRef,
}: LauncherPlaceProps): ReactElement {
  const { slots, onConsent } = useWidget()
  const unread = useUnread(open)
  const invitation = useInvitation({
    afterMs: greetingAfterMs,
    wasOpened,
    mayRemember: onConsent === undefined,
  })
  return (
    <>
      {invitation.isShown && (
        <slots.Greeting
          onOpen={() => onOpen(true)}
          onDismiss={() => {
            invitation.dismiss()
            buttonRef.current?.focus()
          }}
        />
      )}
      <slots.Launcher
        open={open}
        unread={unread}
        onToggle={() => onOpen(!open)}
        buttonRef={buttonRef}
      />
    </>
  )
}
