import { ChatError, type Turn } from '@parlance/core'

/** What a provider takes of a turn. A parameter without a range is not taken. */
export interface TurnRanges {
  readonly temperature?: Range | undefined
  readonly topP?: Range | undefined
  readonly presencePenalty?: Range | undefined
  readonly frequencyPenalty?: Range | undefined
  /** Most stop sequences; 0 when there is no such parameter. */
  readonly stops: number
  /** Whether more than one alternative can be asked for. */
  readonly choices: boolean
  readonly tools: boolean
}

/** Least and most. */
type Range = readonly [least: number, most: number]

/** Every range that OpenAI's own API has. */
export const openaiRanges: TurnRanges = {
  temperature: [0, 2],
  topP: [0, 1],
  presencePenalty: [-2, 2],
  frequencyPenalty: [-2, 2],
  stops: 4,
  choices: true,
  tools: true,
}

const rangedFields = ['temperature', 'topP', 'presencePenalty', 'frequencyPenalty'] as const

/** Refuses what the provider would refuse, before anybody is paid. Throws `ChatError` `invalid_request` that names the field. */
export function checkTurn(provider: string, turn: Turn, ranges: TurnRanges): void {
  for (const field of rangedFields) {
    const value = turn[field]
    const range = ranges[field]
    if (value === undefined) continue
    if (!range) refuse(provider, field, 'is no parameter there')
    else if (!(value >= range[0] && value <= range[1])) {
      refuse(provider, field, `must lie between ${range[0]} and ${range[1]}`)
    }
  }
  const { maxTokens, stop, choices = 1, tools = [] } = turn
  if (maxTokens !== undefined && !(Number.isInteger(maxTokens) && maxTokens >= 1)) {
    refuse(provider, 'maxTokens', 'must be a whole number of at least 1')
  }
  const stopCount = stop === undefined ? 0 : typeof stop === 'string' ? 1 : stop.length
  if (stopCount > ranges.stops) {
    refuse(
      provider,
      'stop',
      ranges.stops === 0 ? 'is no parameter there' : `may hold ${ranges.stops} texts at most`,
    )
  }
  if (choices > 1 && !ranges.choices) refuse(provider, 'choices', 'must be 1: it gives one answer')
  if (tools.length > 0 && !ranges.tools) refuse(provider, 'tools', 'is no parameter there')
}

function refuse(provider: string, field: string, why: string): never {
  throw new ChatError('invalid_request', `${provider}: \`${field}\` ${why}.`, { status: 400 })
}
