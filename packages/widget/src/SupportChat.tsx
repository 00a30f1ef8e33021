'use client'

import type { Chat, ChatOptions } from '@parlance/core'
import { ChatProvider } from '@parlance/react/late'
import {
  type CSSProperties,
  type ReactElement,
  useCallback,
  useEffect,
  useRef,
  useState,
} from 'react'
import { AnnouncerProvider } from './announcer/Announcer.tsx'
import { LauncherPlace } from './launcher/LauncherPlace.tsx'
import { focusQuietly } from './panel/focusQuietly.ts'
import { useFit } from './panel/useFit.ts'
import { useVisualViewport } from './panel/useVisualViewport.ts'
import { fetchLazyParts } from './settings/lazyPart.tsx'
import { useBrowserLayoutEffect } from './settings/useBrowserLayoutEffect.ts'
import { whenIdle } from './settings/whenIdle.ts'
import { useWidget } from './settings/WidgetContext.tsx'
import { type WidgetOptions, WidgetSettings } from './settings/WidgetSettings.tsx'
import { applyTheme, type Scheme, type ThemeSeeds, toThemeProperties } from './theme/theme.ts'

/** Where the chat stands: a bubble with a floating panel, a panel at the side, a box in the page, or the whole page. */
export type SupportChatMode = 'popup' | 'panel' | 'inline' | 'full'

/** Props of {@link SupportChat}: options of the chat itself, flat, and how it looks. All may be left out. */
export interface SupportChatProps extends ChatOptions, WidgetOptions {
  /** A chat made elsewhere. The options of a chat are then not used. */
  readonly chat?: Chat | undefined
  /** Default `popup`. */
  readonly mode?: SupportChatMode | undefined
  /** Corner or side it stands at, in the reading direction. Default `end`. */
  readonly side?: 'start' | 'end' | undefined
  /** The few values that all colours, sizes and times derive from, such as `{ accent: '#0a7d55' }`. */
  readonly theme?: ThemeSeeds | undefined
  /** Default `auto`: as the visitor's system. */
  readonly scheme?: Scheme | undefined
  /** Whether the panel is open, where you decide; together with `onOpenChange`. */
  readonly open?: boolean | undefined
  /** Whether it is open at first, where it decides itself. Default false. */
  readonly defaultOpen?: boolean | undefined
  /** The visitor wants it open or closed. */
  readonly onOpenChange?: ((open: boolean) => void) | undefined
  /** Milliseconds after which the greeting is also shown beside the launcher, once in a visit. Default: never. */
  readonly greetingAfterMs?: number | undefined
}

/**
 * The support chat. Needs `@parlance/widget/styles.css`.
 *
 * Nothing is asked of the relay and nothing stored before the visitor's first message.
 */
export function SupportChat(props: SupportChatProps): ReactElement {
  const { chat } = props
  return (
    <WidgetSettings {...props}>
      <ChatProvider {...(chat ? { chat } : { options: props })}>
        <Shell {...props} />
      </ChatProvider>
    </WidgetSettings>
  )
}

/** The widget's root element, and whether it is open. */
function Shell({
  mode = 'popup',
  side = 'end',
  scheme = 'auto',
  theme,
  open: wantedOpen,
  defaultOpen = false,
  onOpenChange,
  greetingAfterMs,
}: SupportChatProps): ReactElement {
  const { slots, formats, strings } = useWidget()
  const root = useRef<HTMLDivElement>(null)
  const launcher = useRef<HTMLButtonElement>(null)
  const panel = useRef<HTMLElement>(null)
  const composer = useRef<HTMLTextAreaElement>(null)
  const closable = mode === 'popup' || mode === 'panel'
  const [ownOpen, setOwnOpen] = useState(defaultOpen)
  const open = !closable || (wantedOpen ?? ownOpen)
  const [wasOpened, setWasOpened] = useState(open)
  if (open && !wasOpened) setWasOpened(true)
  useEffect(() => (wasOpened ? whenIdle(() => void fetchLazyParts()) : undefined), [wasOpened])
  const [expanded, setExpanded] = useState(false)
  const fit = useFit()
  useVisualViewport(root, open && (mode === 'full' || (closable && fit === 'filling')))

  // In a browser the seeds are there before anything is laid out. A server's markup comes without them, because a
  // strict Content Security Policy refuses a `style` attribute; there they are set when it is taken over.
  const seeds = typeof document === 'undefined' ? undefined : toThemeProperties(theme ?? {})
  useBrowserLayoutEffect(() => {
    if (root.current) applyTheme(root.current, theme ?? {})
  }, [theme])

  const setOpen = useCallback(
    (value: boolean) => {
      setOwnOpen(value)
      onOpenChange?.(value)
    },
    [onOpenChange],
  )

  // Focus follows the panel; but a panel that is open from the start does not take it from the page.
  const lastOpen = useRef(open)
  useEffect(() => {
    if (open === lastOpen.current) return
    lastOpen.current = open
    if (!open) {
      const active = (panel.current?.getRootNode() as Document | ShadowRoot | undefined)
        ?.activeElement
      if (panel.current?.contains(active ?? null)) launcher.current?.focus()
      return
    }
    focusQuietly(panel.current, composer.current)
  }, [open])

  return (
    <div
      ref={root}
      className="parlance"
      lang={strings.locale}
      dir={formats.direction}
      data-mode={mode}
      data-side={side}
      data-scheme={scheme}
      data-fit={closable ? fit : undefined}
      data-open={open}
      data-expanded={expanded || undefined}
      style={seeds && (Object.fromEntries(seeds) as CSSProperties)}
      suppressHydrationWarning
    >
      <AnnouncerProvider listening={open}>
        {wasOpened && (
          <slots.Panel
            panelRef={panel}
            composerRef={composer}
            kind={closable ? (fit === 'filling' ? 'modal' : 'dialog') : 'region'}
            open={open}
            expanded={expanded}
            onExpand={closable && fit === 'floating' ? () => setExpanded(!expanded) : undefined}
            onClose={closable ? () => setOpen(false) : undefined}
          />
        )}
        {closable && (
          <LauncherPlace
            open={open}
            wasOpened={wasOpened}
            greetingAfterMs={greetingAfterMs}
            onOpen={setOpen}
            buttonRef={launcher}
          />
        )}
      </AnnouncerProvider>
    </div>
  )
}
