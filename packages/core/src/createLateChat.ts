import type { ChatOptions } from './chatOptions.ts'
import type { ClientToken, SessionTokenOptions } from './clientToken.ts'
import { type Chat, createChatWith, type TurnRunner } from './createChatWith.ts'
import { toNetworkError } from './errors.ts'

/**
 * Fetches the code that talks to a server, if it is not there yet. Rejects when it does not come; the next call then
 * asks anew.
 */
export function fetchTalk(): Promise<typeof import('./talk.ts')> {
  return import('./talk.ts')
}

/**
 * A chat like that of `createChat`, whose half that talks to the server is a file of its own where the bundler makes one:
 * fetched with the first turn, or before by {@link fetchTalk}. A turn for which it does not come fails with `network`
 * and may be tried again.
 */
export function createLateChat(options: ChatOptions = {}): Chat {
  let runner: TurnRunner | undefined
  return createChatWith(async (turn) => {
    try {
      const { createTurnRunner } = await fetchTalk()
      runner ??= createTurnRunner()
    } catch (cause) {
      return toNetworkError(cause)
    }
    return turn.signal.aborted ? null : runner(turn)
  }, options)
}

/** As `createSessionToken`, and fetched like the rest of {@link createLateChat}. */
export function createLateSessionToken(options: SessionTokenOptions = {}): ClientToken {
  let token: ClientToken | undefined
  return async (previous) => {
    const { createSessionToken } = await fetchTalk()
    token ??= createSessionToken(options)
    return token(previous)
  }
}
