export { ChatError, type ChatErrorCode, type ChatErrorOptions } from './errors.ts'
export type { ChatEvent, Citation, Cost, FinishReason, Usage } from './events.ts'
export {
  type CitationsPart,
  type ImagePart,
  type Message,
  type MessagePart,
  type MessageStatus,
  type ReasoningPart,
  type RefusalPart,
  type TextPart,
  textOf,
  type ToolCallPart,
} from './messages.ts'
export type { SseEvent } from './sse.ts'
export type {
  Decoder,
  Dialect,
  ErrorAnswer,
  ToolDeclaration,
  Turn,
  TurnMessage,
} from './dialects/dialect.ts'
export type { Chat, ChatOptions, ClientTool, Late, RetryOptions, TurnInput } from './createChat.ts'
export {
  type ChatStatus,
  type Conversation,
  messageOf,
  messagesOf,
  type Siblings,
  siblingsOf,
} from './conversation.ts'
