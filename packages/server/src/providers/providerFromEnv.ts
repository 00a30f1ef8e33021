import type { HttpProvider, Model, Price, Provider } from '../provider.ts'

/** Environment variables, such as `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>

export interface ProviderFromEnvOptions {
  /** Makes the provider that needs no key. Without it there is no `docs`. */
  readonly docs?: (() => Provider | Promise<Provider>) | undefined
}

/**
 * The provider that the environment names, so that one command tries another one:
 * - `PARLANCE_PROVIDER`: `docs` (the default with no address), `openai` (the default with one), `chipipay`, `chipp`,
 *   `routed`, `aiapi` or `aimo`;
 * - `PARLANCE_MODEL`: models on offer, separated by commas; the first is the default. `fast=gpt-4o-mini` gives a model
 *   another public name;
 * - `PARLANCE_API_KEY`: the key; `PARLANCE_WALLET_KEY`: for `aimo`, `0x…` of an EVM account or base58 of a Solana one;
 * - `PARLANCE_BASE_URL`: another address of the API;
 * - `PARLANCE_PRICE`: dollars per million tokens read and written, as `0.15,0.60`, where the provider reports no cost;
 * - `PARLANCE_ROUTING_STRATEGY`: for `routed`.
 *
 * Only the chosen provider is loaded. Rejects with a `TypeError` that names what is missing or wrong.
 */
export async function providerFromEnv(
  env: Environment,
  { docs }: ProviderFromEnvOptions = {},
): Promise<Provider> {
  const baseUrl = env['PARLANCE_BASE_URL'] || undefined
  const name = env['PARLANCE_PROVIDER'] || (baseUrl ? 'openai' : 'docs')
  const need = (variable: string): string => {
    const value = env[variable]
    if (value) return value
    throw new TypeError(`Set ${variable}: the provider \`${name}\` cannot work without it.`)
  }
  const models = () => readModels(need('PARLANCE_MODEL'), readPrice(env['PARLANCE_PRICE']))
  const keyed = () => ({ apiKey: need('PARLANCE_API_KEY'), models: models(), baseUrl })

  switch (name) {
    case 'docs':
      if (docs) return docs()
      throw new TypeError('Set PARLANCE_PROVIDER: there are no pages to answer from here.')
    case 'openai': {
      const { openai } = await import('../openai.ts')
      // A server elsewhere may need none.
      const apiKey = baseUrl ? env['PARLANCE_API_KEY'] || undefined : need('PARLANCE_API_KEY')
      return openai({ baseUrl, apiKey, models: models() })
    }
    case 'chipipay': {
      const { chipipay } = await import('./chipipay.ts')
      return chipipay(
        env['PARLANCE_MODEL'] ? keyed() : { apiKey: need('PARLANCE_API_KEY'), baseUrl },
      )
    }
    case 'chipp': {
      const { chipp } = await import('./chipp.ts')
      return chipp(keyed())
    }
    case 'routed': {
      const { routed } = await import('./routed.ts')
      const routingStrategy = readStrategy(env['PARLANCE_ROUTING_STRATEGY'])
      return routed({ ...keyed(), baseUrl: need('PARLANCE_BASE_URL'), routingStrategy })
    }
    case 'aiapi': {
      const { aiapi } = await import('./aiapi.ts')
      return aiapi(keyed())
    }
    case 'aimo':
      return createAimo(need('PARLANCE_WALLET_KEY'), models(), baseUrl)
    default:
      throw new TypeError(
        `PARLANCE_PROVIDER is \`${name}\`. Choose docs, openai, chipipay, chipp, routed, aiapi or aimo.`,
      )
  }
}

async function createAimo(
  key: string,
  models: Readonly<Record<string, Model>>,
  baseUrl: string | undefined,
): Promise<HttpProvider> {
  const { aimo } = await import('./aimo.ts')
  const { createEvmSigner, createSolanaSigner } = await import('./siwx.ts')
  const signer = key.startsWith('0x') ? createEvmSigner(key) : createSolanaSigner(key)
  return aimo({ signer, models, baseUrl })
}

function readModels(list: string, price: Price | undefined): Record<string, Model> {
  const entries = list.split(',').map((item) => item.trim())
  return Object.fromEntries(
    entries.filter(Boolean).map((item): [string, Model] => {
      const at = item.indexOf('=')
      const model = item.slice(at + 1)
      return [at === -1 ? model : item.slice(0, at), { model, price }]
    }),
  )
}

function readPrice(text: string | undefined): Price | undefined {
  if (!text) return undefined
  const match = /^(\d+(?:\.\d+)?)\s*[,/]\s*(\d+(?:\.\d+)?)$/.exec(text.trim())
  if (!match) {
    throw new TypeError(
      'PARLANCE_PRICE must be two prices in dollars per million tokens, as `0.15,0.60`.',
    )
  }
  return {
    inputMicrosPerMillion: Math.round(Number(match[1]) * 1e6),
    outputMicrosPerMillion: Math.round(Number(match[2]) * 1e6),
    currency: 'USD',
  }
}

function readStrategy(text: string | undefined): 'cheapest' | 'fastest' | 'balanced' | undefined {
  switch (text) {
    case 'cheapest':
    case 'fastest':
    case 'balanced':
      return text
    case undefined:
    case '':
      return undefined
    default:
      throw new TypeError('PARLANCE_ROUTING_STRATEGY must be cheapest, fastest or balanced.')
  }
}
