import type { Turn, TurnMessage } from '@parlance/core'
import type { Model, Provider, ProviderContext } from './provider.ts'
import type { TurnRequest } from './readTurn.ts'

export interface TellTurnOptions {
  readonly provider: Provider
  readonly model: Model
  readonly context: ProviderContext
  /** The provider's own session of this conversation, where it keeps the history. */
  readonly sessionId: string | undefined
  /** Whether the system message says something of this question, such as passages found for it. */
  readonly hasNews: boolean
}

/**
 * The turn as one provider is told it: under its own name of the model, within its limits, and without what its session
 * holds already. Throws `ChatError` when the provider's own ranges refuse it.
 */
export function tellTurn(
  turn: TurnRequest['turn'],
  options: TellTurnOptions,
): Turn | Promise<Turn> {
  const { provider, model, context, sessionId, hasNews } = options
  const told: Turn = {
    ...turn,
    messages: sessionId ? newOf(turn.messages, hasNews) : turn.messages,
    model: model.model,
    maxTokens: Math.min(turn.maxTokens, model.maxTokens ?? turn.maxTokens),
    // Some servers refuse the field even with its default.
    choices: turn.choices > 1 ? turn.choices : undefined,
    user: context.visitorId,
    conversationId: sessionId,
  }
  if (provider.kind === 'local' || !provider.prepareTurn) return told
  return provider.prepareTurn(told, context)
}

/** The model of a public name; a provider that has none of that name is asked for its first. */
export function modelOf({ models }: Provider, publicName: string): Model {
  return (Object.hasOwn(models, publicName) ? models[publicName] : Object.values(models)[0])!
}

/**
 * The question, and what is new about it. All else the provider has already, and would have twice. With tools the
 * question is followed by what they found.
 */
function newOf(messages: readonly TurnMessage[], hasNews: boolean): readonly TurnMessage[] {
  const from = messages.findLastIndex(({ role }) => role === 'user')
  const system = hasNews ? messages.filter(({ role }) => role === 'system') : []
  return [...system, ...messages.slice(from)]
}
