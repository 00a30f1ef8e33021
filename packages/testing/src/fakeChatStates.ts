import { answers } from './answers.ts'
import { createFakeChat, type FakeChat } from './createFakeChat.ts'
import { toChatEvents } from './replyScript.ts'

/** What a chat can look like. */
export type FakeChatState =
  | 'empty'
  | 'submitted'
  | 'streaming'
  | 'stalled'
  | 'complete'
  | 'stopped'
  | 'truncated'
  | 'failed'
  | 'rate-limited'

/** Every state a chat interface has to draw, for stories and for tests that go through all of them. */
export const fakeChatStates: readonly FakeChatState[] = [
  'empty',
  'submitted',
  'streaming',
  'stalled',
  'complete',
  'stopped',
  'truncated',
  'failed',
  'rate-limited',
]

/** A fake chat in one state, after one question. From there it is driven by hand. */
export function createFakeChatIn(state: FakeChatState): FakeChat {
  const chat = createFakeChat()
  if (state === 'empty') return chat
  void chat.send('How do I keep my API key secret?')
  const reply = toChatEvents(answers.cited)
  const begun = reply.slice(0, 40)
  switch (state) {
    case 'submitted':
      break
    case 'streaming':
      chat.emit(...begun)
      break
    case 'stalled':
      chat.emit(...begun)
      chat.notice('stalled')
      break
    case 'complete':
      chat.emit(...reply)
      break
    case 'stopped':
      chat.emit(...begun)
      chat.stop()
      break
    case 'truncated':
      chat.emit(...begun)
      chat.fail('truncated')
      break
    case 'failed':
      chat.fail('provider_error')
      break
    case 'rate-limited':
      chat.fail('rate_limited', { retryAfterMs: 20_000 })
      break
    default:
      state satisfies never
  }
  return chat
}
