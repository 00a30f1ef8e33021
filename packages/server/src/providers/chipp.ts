import { createChippDialect, type ChippDialectOptions } from '@parlance/core/dialects/chipp'
import type { HttpProvider } from '../provider.ts'
import { checkTurn } from './checkTurn.ts'
import { createBearer, type KeyedOptions, readBaseUrl, readModels } from './providerOptions.ts'

/** `models` names the apps: each model is an app's name id, such as `myapp-123`. */
export interface ChippOptions extends KeyedOptions, ChippDialectOptions {
  /** Whether Chipp keeps the history, so that only the newest turn is sent. Default true. */
  readonly sessions?: boolean | undefined
}

const appNamePattern = /^[\w.-]+-\d+$/

/**
 * Chipp: each model is an app of yours, which keeps the conversation in a session. The session's id stays on the server,
 * bound to visitor and conversation. Throws a `TypeError` for options that cannot work.
 */
export function chipp(options: ChippOptions): HttpProvider {
  const {
    apiKey,
    name = 'chipp',
    baseUrl = 'https://app.chipp.ai/api/v1',
    sessions = true,
  } = options
  const models = readModels(name, options.models, apiKey)
  for (const { model } of Object.values(models)) {
    if (appNamePattern.test(model)) continue
    throw new TypeError(`${name}: \`${model}\` is no app's name id: it looks like \`myapp-123\`.`)
  }
  const bearer = createBearer(name, apiKey)
  return {
    kind: 'http',
    name,
    dialect: createChippDialect(options),
    baseUrl: readBaseUrl(name, baseUrl),
    models,
    sessions: sessions ? 'conversation' : 'stateless',
    credentials: async (context) => ({
      ...(await bearer(context)),
      // The id a visitor is shown with an error, so that one question to support finds the request.
      'x-correlation-id': context.replyId,
    }),
    prepareTurn(turn) {
      checkTurn(name, turn, { stops: 0, choices: false, tools: false })
      return turn
    },
  }
}
