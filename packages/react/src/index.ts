export { ChatProvider, type ChatProviderProps, useChat } from './ChatProvider.tsx'
export type { ChatActions } from './chatActions.ts'
export { useChatActions, useChatStatus } from './useChatStatus.ts'
export { type ChatStream, useChatStream, type UseChatStreamOptions } from './useChatStream.ts'
export { type Composer, useComposer, type UseComposerOptions } from './useComposer.ts'
export { useConversation } from './useConversation.ts'
export { useMessage, useMessageIds, usePart, useSiblings } from './useMessage.ts'
export type { UseChatOptions } from './useOwnChat.ts'
export {
  type StickToBottom,
  useStickToBottom,
  type UseStickToBottomOptions,
} from './useStickToBottom.ts'
