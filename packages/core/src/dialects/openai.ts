import type { Dialect } from './dialect.ts'
import { openaiChat } from './openaiChat.ts'

/**
 * OpenAI Chat Completions, which our relay and nearly every service and local server speak. Its base URL ends in `/v1`
 * by custom. https://platform.openai.com/docs/api-reference/chat
 */
export const openai: Dialect = {
  ...openaiChat,
  toRequestBody: (turn) => ({
    model: turn.model,
    max_tokens: turn.maxTokens,
    temperature: turn.temperature,
    top_p: turn.topP,
    stop: turn.stop,
    presence_penalty: turn.presencePenalty,
    frequency_penalty: turn.frequencyPenalty,
    n: turn.choices,
    user: turn.user,
    // Last, because an owner's own fields are among them.
    ...openaiChat.toRequestBody(turn),
  }),
}
