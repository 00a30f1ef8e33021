import { type ChatOptions, readLate } from './chatOptions.ts'
import { type ClientToken, createSessionToken } from './clientToken.ts'
import type { TurnRunner } from './createChatWith.ts'
import { runTurn } from './runTurn.ts'

/** Runs the turns of one chat, which share its client token. */
export function createTurnRunner(): TurnRunner {
  let latest: ChatOptions = {}
  let session: { readonly url: string; readonly token: ClientToken } | undefined

  function getSessionToken(url: string): ClientToken {
    if (session?.url !== url) {
      const token = createSessionToken({
        url,
        headers: () => readLate(latest.headers),
        fetch: (input, init) => (latest.fetch ?? fetch)(input, init),
      })
      session = { url, token }
    }
    return session.token
  }

  return (turn) => {
    latest = turn.options
    return runTurn({ ...turn, getSessionToken })
  }
}
