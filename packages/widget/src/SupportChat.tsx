import type { Chat, ChatOptions } from '@parlance/core'
import { ChatProvider } from '@parlance/react'
import {
  type ReactElement,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react'
import { AnnouncerProvider } from './announcer/Announcer.tsx'
import { type AttachmentLimits, defaultAttachmentLimits } from './attachments/attachmentLimits.ts'
import type { Feedback } from './feedback/feedback.ts'
import { useUnread } from './launcher/useUnread.ts'
import { Panel } from './panel/Panel.tsx'
import { useFit } from './panel/useFit.ts'
import { defaultSlots } from './settings/defaultSlots.ts'
import { defaultFeatures, type Features } from './settings/features.ts'
import type { Slots } from './settings/slots.ts'
import { useInstanceId } from './settings/useInstanceId.ts'
import { useWidget, type Widget, WidgetProvider } from './settings/WidgetContext.tsx'
import { createFormats } from './strings/formats.ts'
import type { Strings } from './strings/strings.ts'
import { useStrings } from './strings/useStrings.ts'
import { applyTheme, type Scheme, type ThemeSeeds } from './theme/theme.ts'

/** Where the chat stands: a bubble with a floating panel, a panel at the side, a box in the page, or the whole page. */
export type SupportChatMode = 'popup' | 'panel' | 'inline' | 'full'

/** Props of {@link SupportChat}: options of the chat itself, flat, and how it looks. All may be left out. */
export interface SupportChatProps extends ChatOptions {
  /** A chat made elsewhere. The options of a chat are then not used. */
  readonly chat?: Chat | undefined
  /** Default `popup`. */
  readonly mode?: SupportChatMode | undefined
  /** Corner or side it stands at, in the reading direction. Default `end`. */
  readonly side?: 'start' | 'end' | undefined
  /** Name in the header. Default: “Support” in the visitor's language. */
  readonly title?: string | undefined
  /** The sentence an empty conversation shows. */
  readonly greeting?: string | undefined
  /** Questions to begin with; three short ones fit best. */
  readonly suggestions?: readonly string[] | undefined
  readonly theme?: ThemeSeeds | undefined
  /** Default `auto`: as the visitor's system. */
  readonly scheme?: Scheme | undefined
  /** BCP 47 tag of words and formats, such as `pt-BR`; `auto` takes the browser's. Default: that of `strings`, else English. */
  readonly locale?: string | undefined
  /** Words to use instead, or a whole language imported from `@parlance/widget/strings/…`. */
  readonly strings?: Partial<Strings> | undefined
  /** Parts to use instead of the widget's own. Define the object once, outside the render. */
  readonly slots?: Partial<Slots> | undefined
  readonly features?: Partial<Features> | undefined
  readonly attachmentLimits?: Partial<AttachmentLimits> | undefined
  /** Most characters of one message. Default 8,000. */
  readonly maxMessageChars?: number | undefined
  /** Whether the panel is open, where you decide; together with `onOpenChange`. */
  readonly open?: boolean | undefined
  /** Whether it is open at first, where it decides itself. Default false. */
  readonly defaultOpen?: boolean | undefined
  /** The visitor wants it open or closed. */
  readonly onOpenChange?: ((open: boolean) => void) | undefined
  /** Receives ratings of answers. Without it no thumbs are shown. */
  readonly onFeedback?: ((feedback: Feedback) => void) | undefined
}

/**
 * The support chat. Needs `@parlance/widget/styles.css`.
 *
 * Nothing is requested or stored before the visitor's first message.
 */
export function SupportChat(props: SupportChatProps): ReactElement {
  const id = useInstanceId()
  const strings = useStrings(props.locale, props.strings)
  const formats = useMemo(() => createFormats(strings.locale), [strings.locale])
  const { title, greeting, suggestions, slots, features, attachmentLimits, onFeedback } = props
  const { maxMessageChars = 8000, chat } = props

  // Called when a rating is given, so a new function each render must not render every part again.
  const feedback = useRef(onFeedback)
  useLayoutEffect(() => {
    feedback.current = onFeedback
  })
  const hasFeedback = onFeedback !== undefined

  const contents = JSON.stringify([suggestions, features, attachmentLimits])
  const widget = useMemo<Widget>(
    () => ({
      id,
      strings,
      formats,
      slots: { ...defaultSlots, ...slots },
      features: { ...defaultFeatures, ...features },
      title: title ?? strings.title,
      greeting: greeting ?? strings.greeting,
      suggestions: suggestions ?? [],
      maxMessageChars,
      attachmentLimits: { ...defaultAttachmentLimits, ...attachmentLimits },
      onFeedback: hasFeedback ? (value) => feedback.current?.(value) : undefined,
    }),
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- of objects written inline only the contents count
    [id, strings, formats, slots, title, greeting, maxMessageChars, hasFeedback, contents],
  )

  return (
    <WidgetProvider value={widget}>
      <ChatProvider {...(chat ? { chat } : { options: props })}>
        <Shell {...props} />
      </ChatProvider>
    </WidgetProvider>
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
  const fit = useFit()
  const unread = useUnread(open)

  useLayoutEffect(() => {
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
    // On a phone the composer would bring up the keyboard before anything was read.
    const target = matchMedia('(pointer: coarse)').matches ? panel.current : composer.current
    target?.focus({ preventScroll: true })
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
    >
      <AnnouncerProvider listening={open}>
        {wasOpened && (
          <Panel
            panelRef={panel}
            composerRef={composer}
            kind={closable ? (fit === 'filling' ? 'modal' : 'dialog') : 'region'}
            open={open}
            onClose={closable ? () => setOpen(false) : undefined}
          />
        )}
        {closable && (
          <slots.Launcher
            open={open}
            unread={unread}
            onToggle={() => setOpen(!open)}
            buttonRef={launcher}
          />
        )}
      </AnnouncerProvider>
    </div>
  )
}
