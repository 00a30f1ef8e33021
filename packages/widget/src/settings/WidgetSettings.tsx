import type { MathSyntax } from '@parlance/markdown'
import { type ReactElement, type ReactNode, useEffect, useMemo, useRef } from 'react'
import { type AttachmentLimits, defaultAttachmentLimits } from '../attachments/attachmentLimits.ts'
import type { Feedback } from '../feedback/feedback.ts'
import type { Keeper } from '../history/keepConversation.ts'
import { createFormats } from '../strings/formats.ts'
import type { Strings } from '../strings/strings.ts'
import { useStrings } from '../strings/useStrings.ts'
import { defaultSlots } from './defaultSlots.ts'
import { defaultFeatures, type Features } from './features.ts'
import type { Slots } from './slots.ts'
import { useInstanceId } from './useInstanceId.ts'
import { type Widget, WidgetProvider } from './WidgetContext.tsx'

/** What the parts of a widget are told. All may be left out. */
export interface WidgetOptions {
  /** Name in the header. Default: “Support” in the visitor's language. */
  readonly title?: string | undefined
  /** The sentence an empty conversation shows. */
  readonly greeting?: string | undefined
  /** Questions to begin with; three short ones fit best. */
  readonly suggestions?: readonly string[] | undefined
  /** BCP 47 tag of words and formats, such as `pt-BR`; `auto` takes the browser's. Default: that of `strings`, else English. */
  readonly locale?: string | undefined
  /** Words to use instead, or a whole language by `loadStrings`, such as for a server that renders it. */
  readonly strings?: Partial<Strings> | undefined
  /** Parts to use instead of the widget's own. Define the object once, outside the render. */
  readonly slots?: Partial<Slots> | undefined
  /** How formulas are written: `texSyntax` of `@parlance/markdown/math`; the parts `MathBlock` and `MathText` draw them. Default: dollar signs are dollar signs. */
  readonly math?: MathSyntax | undefined
  /** Switches of single parts; those left out keep their default. */
  readonly features?: Partial<Features> | undefined
  /** What may be attached, once `features` has attachments on; those left out keep their default. */
  readonly attachmentLimits?: Partial<AttachmentLimits> | undefined
  /** Most characters of one message. Default 8,000. */
  readonly maxMessageChars?: number | undefined
  /** Keeps conversations on the device; from `keepConversation`, with the same chat. Absent: nothing is kept. */
  readonly keeper?: Keeper | undefined
  /** Receives ratings of answers. Without it no thumbs are shown. */
  readonly onFeedback?: ((feedback: Feedback) => void) | undefined
  /** Given, the visitor is asked whether the conversation may be kept on the device. Leave it out once you know. */
  readonly onConsent?: ((consent: 'granted' | 'denied') => void) | undefined
}

/** Works the options out and gives them to all parts inside. */
export function WidgetSettings({
  locale,
  strings: ownStrings,
  title,
  greeting,
  suggestions,
  slots,
  math,
  features,
  attachmentLimits,
  maxMessageChars = 8000,
  keeper,
  onFeedback,
  onConsent,
  children,
}: WidgetOptions & { readonly children: ReactNode }): ReactElement {
  const id = useInstanceId()
  const strings = useStrings(locale, ownStrings)
  const formats = useMemo(() => createFormats(strings.locale), [strings.locale])

  // Called when something happens, so that new functions each render do not render every part again.
  const latest = useRef({ onFeedback, onConsent })
  useEffect(() => {
    latest.current = { onFeedback, onConsent }
  })
  const hasFeedback = onFeedback !== undefined
  const asksConsent = onConsent !== undefined

  const contents = JSON.stringify([suggestions, features, attachmentLimits])
  const widget = useMemo<Widget>(
    () => ({
      id,
      strings,
      formats,
      slots: { ...defaultSlots, ...slots },
      math,
      features: { ...defaultFeatures, ...features },
      title: title ?? strings.title,
      greeting: greeting ?? strings.greeting,
      suggestions: suggestions ?? [],
      maxMessageChars,
      attachmentLimits: { ...defaultAttachmentLimits, ...attachmentLimits },
      keeper,
      onFeedback: hasFeedback ? (value) => latest.current.onFeedback?.(value) : undefined,
      onConsent: asksConsent ? (value) => latest.current.onConsent?.(value) : undefined,
    }),
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- of objects written inline only the contents count
    [
      id,
      strings,
      formats,
      slots,
      math,
      title,
      greeting,
      maxMessageChars,
      keeper,
      hasFeedback,
      asksConsent,
      contents,
    ],
  )

  return <WidgetProvider value={widget}>{children}</WidgetProvider>
}
