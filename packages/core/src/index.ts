export {
  ChatError,
  type ChatErrorCode,
  type ChatErrorOptions,
  isChatErrorCode,
  toNetworkError,
} from './errors.ts'
export { sentenceFor } from './sentenceFor.ts'
export { type Fault, readFault, toChatError } from './readFault.ts'
export { type ErrorReading, readErrorAnswer, readProviderError } from './readErrorAnswer.ts'
export { readRetryAfterMs } from './readRetryAfter.ts'
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
export {
  createSseReader,
  encodeSseEvent,
  type SseEvent,
  type SseReader,
  type SseReaderOptions,
} from './sse.ts'
export { openai } from './dialects/openai.ts'
export {
  createOpenaiDecoder,
  type OpenaiDecoderOptions,
  readOpenaiAnswer,
} from './dialects/openaiDecoder.ts'
export {
  createOpenaiEncoder,
  type OpenaiEncoder,
  type OpenaiEncoderOptions,
  toErrorBody,
  toOpenaiAnswer,
} from './dialects/openaiEncoder.ts'
export { readCost, readUsage } from './dialects/readUsage.ts'
export { parseJson } from './parseJson.ts'
export { type JsonObject, readList, readNumber, readObject, readText } from './readField.ts'
export type {
  Decoder,
  Dialect,
  ErrorAnswer,
  ToolDeclaration,
  Turn,
  TurnMessage,
} from './dialects/dialect.ts'
export type { ChatOptions, ClientTool, Late, RetryOptions, TurnInput } from './chatOptions.ts'
export { type ClientToken, createSessionToken, type SessionTokenOptions } from './clientToken.ts'
export { createChat } from './createChat.ts'
export type { Chat } from './createChatWith.ts'
export {
  allMessagesOf,
  type ChatNotice,
  type ChatStatus,
  type Conversation,
  type ConversationAction,
  createConversation,
  type KeptPlace,
  messageOf,
  messagesOf,
  reduceConversation,
  type Siblings,
  siblingsOf,
} from './conversation.ts'
