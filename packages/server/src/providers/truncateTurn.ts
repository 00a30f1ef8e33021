import type { Turn, TurnMessage } from '@parlance/core'
import { estimateTokens } from '../costs.ts'

export interface TruncateOptions {
  /** Most turns kept: a question and what follows it, the newest one included. Default 20. */
  readonly maxTurns?: number | undefined
  /** Most tokens of what is kept, the system message included, at four bytes a token. Default: no limit. */
  readonly maxInputTokens?: number | undefined
}

/** A turn that fits, and what was left out of it. */
export interface Truncated {
  readonly turn: Turn
  /** Oldest first; empty when all fits. */
  readonly left: readonly TurnMessage[]
}

/**
 * Keeps the system messages and the newest turns that fit, whole: a question never loses its answer, nor a tool call its
 * result. The newest turn is kept whatever its size.
 */
export function truncateTurn(turn: Turn, options: TruncateOptions = {}): Truncated {
  const { maxTurns = 20, maxInputTokens = Infinity } = options
  const system = turn.messages.filter(({ role }) => role === 'system')
  const groups = toGroups(turn.messages.filter(({ role }) => role !== 'system'))
  let tokens = tokensOf(system)
  let keptFrom = groups.length
  while (keptFrom > 0 && groups.length - keptFrom < maxTurns) {
    const more = tokensOf(groups[keptFrom - 1]!)
    const isNewest = keptFrom === groups.length
    if (!isNewest && tokens + more > maxInputTokens) break
    tokens += more
    keptFrom -= 1
  }
  const left = groups.slice(0, keptFrom).flat()
  if (left.length === 0) return { turn, left }
  return { turn: { ...turn, messages: [...system, ...groups.slice(keptFrom).flat()] }, left }
}

/** A group begins with each question. */
function toGroups(messages: readonly TurnMessage[]): TurnMessage[][] {
  const groups: TurnMessage[][] = []
  for (const message of messages) {
    const group = groups.at(-1)
    if (message.role === 'user' || !group) groups.push([message])
    else group.push(message)
  }
  return groups
}

function tokensOf(messages: readonly TurnMessage[]): number {
  return messages.reduce(
    (sum, { content, toolCalls = [] }) =>
      sum +
      estimateTokens(content) +
      toolCalls.reduce((more, { argumentsText }) => more + estimateTokens(argumentsText), 0),
    0,
  )
}
