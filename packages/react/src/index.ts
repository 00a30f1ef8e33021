export { ChatProvider, type ChatProviderProps } from './ChatProvider.tsx'
export type { ScrollPosition } from './createFollower.ts'
export { useChat } from './useChat.ts'
export { type ChatActions, useChatActions } from './useChatActions.ts'
export { useChatStatus } from './useChatStatus.ts'
export { useChatStream } from './useChatStream.ts'
export type { ChatStream, UseChatStreamOptions } from './useChatStreamWith.ts'
export { type Composer, useComposer, type UseComposerOptions } from './useComposer.ts'
export { useConversation } from './useConversation.ts'
export { useMessage } from './useMessage.ts'
export { useMessageIds } from './useMessageIds.ts'
export type { OwnChatOptions } from './useOwnChat.ts'
export { usePart } from './usePart.ts'
export { useSiblings } from './useSiblings.ts'
export {
  type StickToBottom,
  useStickToBottom,
  type UseStickToBottomOptions,
} from './useStickToBottom.ts'
