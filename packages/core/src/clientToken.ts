import { type Late, readLate } from './chatOptions.ts'
import { openaiChat } from './dialects/openaiChat.ts'
import { ChatError, toNetworkError } from './errors.ts'
import { parseJson } from './parseJson.ts'
import { readNumber, readObject, readText } from './readField.ts'

/** Gives the client token to send. `previous` is a token the server has just refused. */
export type ClientToken = (previous?: string) => Promise<string>

export interface SessionTokenOptions {
  /** Address of the relay. Default `/api/chat`. */
  readonly url?: string | undefined
  /** Sent with the request for a session, such as the page's own sign-in. */
  readonly headers?: Late<HeadersInit | undefined>
  readonly fetch?: typeof fetch | undefined
}

const longestRequestMs = 30_000

/**
 * Gets client tokens from the relay's `/session`. A token is kept in memory alone, for four fifths of its life by a
 * clock that cannot be set; all who ask at once share one request. Give one source to several chats of a page and they
 * are one visitor. Rejects with `ChatError`.
 */
export function createSessionToken(options: SessionTokenOptions = {}): ClientToken {
  const { url = '/api/chat', headers, fetch: ask = fetch } = options
  let token: string | undefined
  let freshUntilMs = 0
  let pending: Promise<string> | null = null

  async function mint(): Promise<string> {
    const askedAtMs = performance.now()
    try {
      const sent = new Headers(await readLate(headers))
      sent.set('content-type', 'application/json')
      const response = await ask(`${toRelayUrl(url)}/session`, {
        method: 'POST',
        headers: sent,
        body: JSON.stringify({ token }),
        signal: AbortSignal.timeout(longestRequestMs),
      })
      const body = await response.text()
      const error = openaiChat.readError({
        status: response.status,
        headers: response.headers,
        body,
      })
      if (error) throw error
      const answer = readObject(parseJson(body))
      const minted = readText(answer?.token)
      if (!minted) throw new ChatError('protocol', undefined, { status: response.status })
      token = minted
      freshUntilMs = askedAtMs + (readNumber(answer?.expires_in) ?? Infinity) * 800
      return minted
    } catch (cause) {
      throw toNetworkError(cause)
    } finally {
      pending = null
    }
  }

  return (previous) => {
    const isFresh = token !== undefined && token !== previous && performance.now() < freshUntilMs
    if (isFresh) return Promise.resolve(token!)
    pending ??= mint()
    return pending
  }
}

/** The relay's base, also where the address of its `/v1` was given. */
export function toRelayUrl(url: string): string {
  return url.replace(/\/?(?:\/v1)?\/?$/, '')
}
