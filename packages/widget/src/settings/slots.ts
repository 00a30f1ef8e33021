import type { ComponentType } from 'react'
import type { AttachmentTrayProps } from '../attachments/AttachmentTray.tsx'
import type { BannerProps } from '../banner/Banner.tsx'
import type { ComposerProps } from '../composer/Composer.tsx'
import type { ErrorRowProps } from '../error/ErrorRow.tsx'
import type { FeedbackFormProps } from '../feedback/FeedbackForm.tsx'
import type { HeaderProps } from '../header/Header.tsx'
import type { HistoryProps } from '../history/HistoryView.tsx'
import type { LauncherProps } from '../launcher/Launcher.tsx'
import type { ReasoningProps } from '../reasoning/Reasoning.tsx'
import type { SourceListProps } from '../sources/SourceList.tsx'
import type { SuggestionsProps } from '../suggestions/Suggestions.tsx'
import type { ToolCardProps } from '../toolCard/ToolCard.tsx'
import type { DaySeparatorProps } from '../transcript/DaySeparator.tsx'
import type { JumpToLatestProps } from '../transcript/JumpToLatest.tsx'
import type { MessageTextProps } from '../turn/MessageText.tsx'
import type { TurnActionsProps } from '../turn/TurnActions.tsx'
import type { TurnProps } from '../turn/Turn.tsx'
import type { TypingProps } from '../turn/Typing.tsx'

/** The parts of the widget that can be replaced. A replacement gets the props of the part it stands for. */
export interface Slots {
  readonly Launcher: ComponentType<LauncherProps>
  readonly Header: ComponentType<HeaderProps>
  readonly Banner: ComponentType<BannerProps>
  readonly EmptyState: ComponentType
  readonly DaySeparator: ComponentType<DaySeparatorProps>
  readonly Turn: ComponentType<TurnProps>
  readonly MessageText: ComponentType<MessageTextProps>
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
  /** None by default: `HistoryView` of `@parlance/widget/history`, together with a `keeper`. */
  readonly History?: ComponentType<HistoryProps> | undefined
}
