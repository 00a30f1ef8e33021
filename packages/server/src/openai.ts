import { type Dialect, openai as wire, readProviderError, type Turn } from '@parlance/core'
import type { HttpProvider } from './provider.ts'
import {
  type ApiKey,
  createBearer,
  type Models,
  readBaseUrl,
  readModels,
} from './providers/providerOptions.ts'

/** A server sees all headers and meets all services, so it reads more of an error than a page does. */
const dialect: Dialect = { ...wire, readError: readProviderError }

/** Where OpenAI itself is. */
const openaiUrl = 'https://api.openai.com/v1'

export interface OpenaiOptions {
  /**
   * Base URL of the API, by custom ending in `/v1`, such as `http://localhost:11434/v1`. Default: that of OpenAI,
   * `https://api.openai.com/v1`.
   */
  readonly baseUrl?: string | undefined
  /**
   * Sent as `Authorization: Bearer …`. A function is asked before each request. Absent for a server that needs none,
   * which OpenAI's is not.
   */
  readonly apiKey?: ApiKey | undefined
  /** By the name a browser may use; the first is the default. */
  readonly models: Models
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
  const baseUrl = readBaseUrl(name, options.baseUrl ?? openaiUrl)
  const needsNone = apiKey === undefined && baseUrl !== openaiUrl
  const bearer = needsNone ? async () => ({}) : createBearer(name, apiKey)

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
    baseUrl,
    models: readModels(name, options.models, apiKey),
    prepareTurn,
    credentials: async (context) => ({ ...headers, ...(await bearer(context)) }),
  }
}
