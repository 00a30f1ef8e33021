import { type KeyboardEvent, type ReactElement, useLayoutEffect, useRef, useState } from 'react'
import { Icon } from '../icon/Icon.tsx'
import type { IconName } from '../icon/iconPaths.ts'
import { IconButton } from '../icon/IconButton.tsx'
import { useWidget } from '../settings/WidgetContext.tsx'

/** One line of the header's menu. */
export interface MenuItem {
  readonly label: string
  readonly icon: IconName
  readonly onSelect: () => void
}

/** Props of the {@link Menu} slot. */
export interface MenuProps {
  readonly items: readonly MenuItem[]
}

/** The header's menu: a button, and a list that the arrow keys walk. */
export function Menu({ items }: MenuProps): ReactElement {
  const { strings } = useWidget()
  const [open, setOpen] = useState(false)
  const button = useRef<HTMLButtonElement>(null)
  const list = useRef<HTMLDivElement>(null)

  // Before the next key press.
  useLayoutEffect(() => {
    if (open) list.current?.querySelector('button')?.focus()
  }, [open])

  const close = () => {
    setOpen(false)
    button.current?.focus()
  }

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape' || event.key === 'Tab') {
      // The panel must not take this Escape for its own.
      event.preventDefault()
      close()
      return
    }
    const buttons = [...(list.current?.querySelectorAll('button') ?? [])]
    const now = buttons.findIndex((item) => item.matches(':focus'))
    const last = buttons.length - 1
    const next =
      event.key === 'ArrowDown'
        ? (now + 1) % buttons.length
        : event.key === 'ArrowUp'
          ? (now + last) % buttons.length
          : event.key === 'Home'
            ? 0
            : event.key === 'End'
              ? last
              : null
    if (next === null) return
    event.preventDefault()
    buttons[next]?.focus()
  }

  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- it only keeps focus where it is
    <div
      className="pl-menu"
      // Safari takes focus from the list and gives it to no button that is pressed: the list would be gone before the click.
      onMouseDown={(event) => event.preventDefault()}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) setOpen(false)
      }}
    >
      <IconButton
        icon="more"
        label={strings.menu}
        buttonRef={button}
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => (open ? close() : setOpen(true))}
      />
      {open && (
        // oxlint-disable-next-line jsx-a11y/interactive-supports-focus -- focus is on its items, as ARIA's menu pattern says
        <div
          ref={list}
          className="pl-menu-list"
          part="menu"
          role="menu"
          aria-label={strings.menu}
          onKeyDown={onKeyDown}
        >
          {items.map((item) => (
            <button
              key={item.label}
              type="button"
              role="menuitem"
              tabIndex={-1}
              className="pl-menu-item"
              part="menu-item"
              onClick={() => {
                close()
                item.onSelect()
              }}
            >
              <Icon name={item.icon} />
              {item.label}
            </button>
          ))}
        </div>
      )}
    </div>
  )
}
