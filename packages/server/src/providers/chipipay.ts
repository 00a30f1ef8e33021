import { chipipay as dialect } from '@parlance/core/dialects/chipipay'
import type { HttpProvider } from '../provider.ts'
import { checkTurn } from './checkTurn.ts'
import {
  createBearer,
  type KeyedOptions,
  type Models,
  readBaseUrl,
  readModels,
} from './providerOptions.ts'

export interface ChipipayOptions extends Omit<KeyedOptions, 'models'> {
  /** Default `haiku`. */
  readonly models?: Models | undefined
}

/**
 * ChipiPay: a price is reported with each answer and debited when it is complete; 402 means that the credits are used
 * up. Takes text, a model and a length; no sampling parameters, no tools. Throws a `TypeError` for options that cannot
 * work.
 */
export function chipipay(options: ChipipayOptions): HttpProvider {
  const { apiKey, name = 'chipipay', baseUrl = 'https://api.chipipay.com/v1' } = options
  return {
    kind: 'http',
    name,
    dialect,
    baseUrl: readBaseUrl(name, baseUrl),
    models: readModels(name, options.models ?? { haiku: 'haiku' }, apiKey),
    credentials: createBearer(name, apiKey),
    prepareTurn(turn) {
      checkTurn(name, turn, { stops: 0, choices: false, tools: false })
      return turn
    },
  }
}
