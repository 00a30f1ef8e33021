import { type Dialect, openai, readProviderError } from '@parlance/core'
import type { HttpProvider } from '../provider.ts'
import { checkTurn, openaiRanges } from './checkTurn.ts'
import { type Models, readBaseUrl, readModels } from './providerOptions.ts'
import { createSiwxSession, type SiwxOptions } from './siwx.ts'

export interface AimoOptions extends Omit<SiwxOptions, 'domain'> {
  /** With a `price`, what a reply cost is computed from its usage; the network reports none. */
  readonly models: Models
  readonly baseUrl?: string | undefined
  /** Host that is signed in to. Default: that of the base URL. */
  readonly domain?: string | undefined
  /** Tells the network our opaque id of the visitor. Default false. */
  readonly sendUser?: boolean | undefined
  readonly name?: string | undefined
  readonly fetch?: typeof fetch | undefined
}

const headerName = 'sign-in-with-x'
const dialect: Dialect = { ...openai, name: 'aimo', readError: readProviderError }

/**
 * AIMO network: a router that is signed in to with a wallet's key. The signature is kept until shortly before it ends,
 * and made anew once when the network refuses it. Throws a `TypeError` for options that cannot work.
 */
export function aimo(options: AimoOptions): HttpProvider {
  const { name = 'aimo', sendUser = false } = options
  const baseUrl = readBaseUrl(name, options.baseUrl ?? 'https://beta.aimo.network/api/v1')
  const { host, origin } = new URL(baseUrl)
  const session = createSiwxSession({
    ...options,
    domain: options.domain ?? host,
    uri: options.uri ?? (options.domain ? undefined : origin),
  })

  return {
    kind: 'http',
    name,
    dialect,
    baseUrl,
    models: readModels(name, options.models),
    credentials: async () => ({ [headerName]: await session.header() }),
    prepareTurn(turn) {
      checkTurn(name, turn, openaiRanges)
      return sendUser ? turn : { ...turn, user: undefined }
    },
    async fetch(input, init, given) {
      const ask = options.fetch ?? given
      const response = await ask(input, init)
      if (response.status !== 401) return response
      const headers = new Headers(init?.headers)
      const refused = headers.get(headerName)
      // Another request may have signed in anew meanwhile.
      if ((await session.header()) === refused) session.forget()
      await response.body?.cancel()
      headers.set(headerName, await session.header())
      return ask(input, { ...init, headers })
    },
  }
}
