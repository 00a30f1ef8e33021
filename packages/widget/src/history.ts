export type { ConversationEntry, ConversationRecord } from './history/conversationRecord.ts'
export { createHistory, type History, type HistoryOptions } from './history/createHistory.ts'
export { type HistoryProps, HistoryView } from './history/HistoryView.tsx'
export { type Keeper, keepConversation, type KeepOptions } from './history/keepConversation.ts'
export {
  toTranscript,
  type TranscriptFormat,
  type TranscriptWords,
} from './history/toTranscript.ts'
