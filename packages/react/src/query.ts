export { chatHistoryOptions, conversationKey, type KeptConversation } from './query/chatHistory.ts'
export {
  feedbackKey,
  type FeedbackOptions,
  feedbackOptions,
  type Rating,
} from './query/feedback.ts'
export { keepConversation } from './query/keepConversation.ts'
export { useKeptConversation } from './query/useKeptConversation.ts'
