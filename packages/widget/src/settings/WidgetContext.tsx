'use client'

import type { MathSyntax } from '@parlance/markdown'
import { createContext, type Provider, useContext } from 'react'
import type { AttachmentLimits } from '../attachments/attachmentLimits.ts'
import type { Feedback } from '../feedback/feedback.ts'
import type { Keeper } from '../history/keepConversation.ts'
import type { Formats } from '../strings/formats.ts'
import type { Strings } from '../strings/strings.ts'
import type { Features } from './features.ts'
import type { Slots } from './slots.ts'

/** What every part of one widget can read. It changes with the widget's props, never with a message. */
export interface Widget {
  /** Unique in its document, for ids; absent until the widget has mounted. */
  readonly id: string | undefined
  readonly strings: Strings
  readonly formats: Formats
  readonly slots: Slots
  /** Absent where there are no formulas. */
  readonly math: MathSyntax | undefined
  readonly features: Features
  readonly title: string
  readonly greeting: string
  readonly suggestions: readonly string[]
  /** Most characters of one message. */
  readonly maxMessageChars: number
  readonly attachmentLimits: AttachmentLimits
  /** Absent where conversations are not kept. */
  readonly keeper: Keeper | undefined
  readonly onFeedback: ((feedback: Feedback) => void) | undefined
  /** Told whether the conversation may be kept; absent where nobody asks. */
  readonly onConsent: ((consent: 'granted' | 'denied') => void) | undefined
}

const WidgetContext = createContext<Widget | null>(null)

export const WidgetProvider: Provider<Widget | null> = WidgetContext.Provider

/** The widget around a part: its words, formats, parts and settings. For parts put into `slots`. */
export function useWidget(): Widget {
  const widget = useContext(WidgetContext)
  if (!widget)
    throw new Error('useWidget was called outside a SupportChat: render the part in one.')
  return widget
}
