'use client'

import { HighlightedCode } from '@parlance/markdown/highlight'
import { Banner } from '../banner/Banner.tsx'
import { Composer } from '../composer/Composer.tsx'
import { ErrorRow } from '../error/ErrorRow.tsx'
import { Header } from '../header/Header.tsx'
import { Menu } from '../header/Menu.tsx'
import { Badge } from '../launcher/Badge.tsx'
import { Greeting } from '../launcher/Greeting.tsx'
import { Launcher } from '../launcher/Launcher.tsx'
import { Panel } from '../panel/Panel.tsx'
import { Reasoning } from '../reasoning/Reasoning.tsx'
import { Citation } from '../sources/Citation.tsx'
import { SourceList } from '../sources/SourceList.tsx'
import { Suggestions } from '../suggestions/Suggestions.tsx'
import { DaySeparator } from '../transcript/DaySeparator.tsx'
import { EmptyState } from '../transcript/EmptyState.tsx'
import { JumpToLatest } from '../transcript/JumpToLatest.tsx'
import { Transcript } from '../transcript/Transcript.tsx'
import { MessageText } from '../turn/MessageText.tsx'
import { Turn } from '../turn/Turn.tsx'
import { TurnActions } from '../turn/TurnActions.tsx'
import { Typing } from '../turn/Typing.tsx'
import { lazyPart } from './lazyPart.tsx'
import type { Slots } from './slots.ts'

/** The widget's own parts. Wrap one to change a little of it. */
export const defaultSlots: Slots = {
  Launcher,
  Badge,
  Greeting,
  Panel,
  Header,
  Menu,
  Banner,
  Transcript,
  EmptyState,
  DaySeparator,
  Turn,
  MessageText,
  CodeBlock: HighlightedCode,
  Picture: lazyPart('Picture', async () => (await import('./rareParts.ts')).Picture),
  Citation,
  Reasoning,
  ToolCard: lazyPart('ToolCard', async () => (await import('./rareParts.ts')).ToolCard),
  SourceList,
  Typing,
  ErrorRow,
  TurnActions,
  FeedbackForm: lazyPart('FeedbackForm', async () => (await import('./rareParts.ts')).FeedbackForm),
  JumpToLatest,
  Suggestions,
  Composer,
  AttachmentTray: lazyPart(
    'AttachmentTray',
    async () => (await import('./rareParts.ts')).AttachmentTray,
  ),
  Consent: lazyPart('Consent', async () => (await import('./rareParts.ts')).Consent),
}
