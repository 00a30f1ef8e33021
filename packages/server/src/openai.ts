import { type Dialect, openai as wire, readProviderError, type Turn } from '@parlance/core'
import type { HttpProvider, Model } from './provider.ts'

/** A server sees all headers and meets all services, so it reads more of an error than a page does. */
const dialect: Dialect = { ...wire, readError: readProviderError }

export interface OpenaiOptions {
  /** Base URL of the API, by custom ending in `/v1`, such as `http://localhost:11434/v1`. */
  readonly baseUrl: string
  /** Sent as `Authorization: Bearer …`. A function is asked before each request. Absent for a server that needs none. */
  readonly apiKey?: string | (() => string | Promise<string>) | undefined
  /** Models by the name a browser may use; a text is the provider's own name of it. The first is the default. */
  readonly models: Readonly<Record<string, string | Model>>
  /** Further headers of each request, such as `openai-organization`. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Further fields of the body. One named `undefined` is left out of it. */
  readonly extra?: Readonly<Record<string, unknown>> | undefined
  /** Tells the provider our opaque id of the visitor, for its abuse reports. Strict servers refuse it. Default false. */
  readonly sendUser?: boolean | undefined
  /** Which field limits the length; OpenAI's reasoning models want `max_completion_tokens`. Default `max_tokens`. */
  readonly maxTokensField?: 'max_tokens' | 'max_completion_tokens' | undefined
  /** Name in logs and the ledger. Default `openai`. */
  readonly name?: string | undefined
}

/**
 * Any server that speaks OpenAI Chat Completions: OpenAI, Ollama, llama.cpp, vLLM, LM Studio, LiteLLM, OpenRouter, Groq
 * and many more. Throws a `TypeError` for options that cannot work.
 */
export function openai(options: OpenaiOptions): HttpProvider {
  const { apiKey, headers = {}, extra = {}, sendUser = false, name = 'openai' } = options
  const models = Object.fromEntries(
    Object.entries(options.models).map(([publicName, model]): [string, Model] => {
      return [publicName, typeof model === 'string' ? { model } : model]
    }),
  )
  if (apiKey === '') {
    throw new TypeError('openai: `apiKey` is empty. Pass the key, or leave the option out.')
  }
  if (typeof apiKey === 'string' && Object.keys(models).some((model) => model.includes(apiKey))) {
    throw new TypeError('openai: a name in `models` holds the key, and browsers see it. Rename it.')
  }

  function prepareTurn(turn: Turn): Turn {
    const length =
      options.maxTokensField === 'max_completion_tokens'
        ? { max_tokens: undefined, max_completion_tokens: turn.maxTokens }
        : {}
    return {
      ...turn,
      user: sendUser ? turn.user : undefined,
      extra: { ...length, ...turn.extra, ...extra },
    }
  }

  return {
    kind: 'http',
    name,
    dialect,
    baseUrl: readBaseUrl(options.baseUrl),
    models,
    prepareTurn,
    async credentials() {
      const key = typeof apiKey === 'function' ? await apiKey() : apiKey
      return key ? { ...headers, authorization: `Bearer ${key}` } : headers
    },
  }
}

function readBaseUrl(baseUrl: string): string {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : null
  const isFine = url && /^https?:$/.test(url.protocol) && !url.username && !url.search && !url.hash
  if (isFine) return url.href.replace(/\/+$/, '')
  throw new TypeError(
    'openai: `baseUrl` must be an http(s) address without user, query or fragment, such as `https://api.openai.com/v1`.',
  )
}
