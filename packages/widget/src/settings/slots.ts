import type { InlineMath, MathBlock, Table } from '@parlance/markdown'
import type { MarkdownCodeProps, MarkdownNodeProps } from '@parlance/markdown/react'
import type { ComponentType } from 'react'
import type { AttachmentTrayProps } from '../attachments/AttachmentTray.tsx'
import type { PictureProps } from '../attachments/Picture.tsx'
import type { BannerProps } from '../banner/Banner.tsx'
import type { ComposerProps } from '../composer/Composer.tsx'
import type { ConsentProps } from '../consent/Consent.tsx'
import type { ErrorRowProps } from '../error/ErrorRow.tsx'
import type { FeedbackFormProps } from '../feedback/FeedbackForm.tsx'
import type { HeaderProps } from '../header/Header.tsx'
import type { MenuProps } from '../header/Menu.tsx'
import type { HistoryProps } from '../history/HistoryView.tsx'
import type { BadgeProps } from '../launcher/Badge.tsx'
import type { GreetingProps } from '../launcher/Greeting.tsx'
import type { LauncherProps } from '../launcher/Launcher.tsx'
import type { PanelProps } from '../panel/Panel.tsx'
import type { ReasoningProps } from '../reasoning/Reasoning.tsx'
import type { CitationProps } from '../sources/Citation.tsx'
import type { SourceListProps } from '../sources/SourceList.tsx'
import type { SuggestionsProps } from '../suggestions/Suggestions.tsx'
import type { ToolCardProps } from '../toolCard/ToolCard.tsx'
import type { DaySeparatorProps } from '../transcript/DaySeparator.tsx'
import type { TranscriptProps } from '../transcript/Transcript.tsx'
import type { JumpToLatestProps } from '../transcript/JumpToLatest.tsx'
import type { MessageTextProps } from '../turn/MessageText.tsx'
import type { TurnActionsProps } from '../turn/TurnActions.tsx'
import type { TurnProps } from '../turn/Turn.tsx'
import type { TypingProps } from '../turn/Typing.tsx'

/** The parts of the widget that can be replaced. A replacement gets the props of the part it stands for. */
export interface Slots {
  readonly Launcher: ComponentType<LauncherProps>
  readonly Badge: ComponentType<BadgeProps>
  /** Stands beside the launcher after `greetingAfterMs`. */
  readonly Greeting: ComponentType<GreetingProps>
  readonly Panel: ComponentType<PanelProps>
  readonly Header: ComponentType<HeaderProps>
  readonly Menu: ComponentType<MenuProps>
  readonly Banner: ComponentType<BannerProps>
  readonly Transcript: ComponentType<TranscriptProps>
  readonly EmptyState: ComponentType
  readonly DaySeparator: ComponentType<DaySeparatorProps>
  readonly Turn: ComponentType<TurnProps>
  readonly MessageText: ComponentType<MessageTextProps>
  /** By default `HighlightedCode` of `@parlance/markdown/highlight`: its colours come with the first block of code. */
  readonly CodeBlock: ComponentType<MarkdownCodeProps>
  /** None by default: Markdown draws tables by itself. */
  readonly TableBlock?: ComponentType<MarkdownNodeProps<Table>> | undefined
  /** None by default; goes with the option `math`: `mathComponents.math` of `@parlance/markdown/math`. */
  readonly MathBlock?: ComponentType<MarkdownNodeProps<MathBlock>> | undefined
  /** A formula within a line: `mathComponents.inlineMath`. */
  readonly MathText?: ComponentType<MarkdownNodeProps<InlineMath>> | undefined
  readonly Picture: ComponentType<PictureProps>
  readonly Citation: ComponentType<CitationProps>
  readonly Reasoning: ComponentType<ReasoningProps>
  readonly ToolCard: ComponentType<ToolCardProps>
  readonly SourceList: ComponentType<SourceListProps>
  readonly Typing: ComponentType<TypingProps>
  readonly ErrorRow: ComponentType<ErrorRowProps>
  readonly TurnActions: ComponentType<TurnActionsProps>
  readonly FeedbackForm: ComponentType<FeedbackFormProps>
  readonly JumpToLatest: ComponentType<JumpToLatestProps>
  readonly Suggestions: ComponentType<SuggestionsProps>
  readonly Composer: ComponentType<ComposerProps>
  readonly AttachmentTray: ComponentType<AttachmentTrayProps>
  readonly Consent: ComponentType<ConsentProps>
  /** None by default: what stands under the composer, such as a link to your terms. */
  readonly Footer?: ComponentType | undefined
  /** None by default: `HistoryView` of `@parlance/widget/history`, together with a `keeper`. */
  readonly History?: ComponentType<HistoryProps> | undefined
}
