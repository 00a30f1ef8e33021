import { countTokens, type StubMessage, toEvent, toTokens } from './stub.ts'

export interface ShapedReply {
  readonly id: string
  readonly model: string
  readonly messages: readonly StubMessage[]
  /** One for each alternative. */
  readonly texts: readonly string[]
  readonly finishReason?: string | undefined
  /** Further fields of the answer and of each chunk. */
  readonly fields?: Readonly<Record<string, unknown>> | undefined
  readonly created?: number | undefined
}

/** Token counts as OpenAI names them. */
export interface ShapedUsage {
  readonly prompt_tokens: number
  readonly completion_tokens: number
  readonly total_tokens: number
}

export function toUsage({ messages, texts }: Pick<ShapedReply, 'messages' | 'texts'>): ShapedUsage {
  const prompt_tokens = countTokens(messages.map(({ content }) => content ?? '').join(''))
  const completion_tokens = texts.reduce((sum, text) => sum + countTokens(text), 0)
  return { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens }
}

/** A whole answer in OpenAI's shape. */
export function toAnswer(reply: ShapedReply): Readonly<Record<string, unknown>> {
  const { id, model, texts, finishReason = 'stop', fields, created = 1_700_000_000 } = reply
  return {
    ...fields,
    id,
    object: 'chat.completion',
    created,
    model,
    choices: texts.map((content, index) => ({
      index,
      message: { role: 'assistant', content },
      finish_reason: finishReason,
    })),
    usage: toUsage(reply),
  }
}

/** A piece of one alternative. */
export interface ShapedPiece {
  readonly index: number
  readonly delta: { readonly content: string }
  readonly finish_reason: null
}

/** The pieces of all alternatives in turns, each as the one choice of a chunk. */
export function toPieces(texts: readonly string[]): ShapedPiece[] {
  const tokens = texts.map(toTokens)
  const longest = Math.max(...tokens.map(({ length }) => length))
  return Array.from({ length: longest }, (_, at) =>
    tokens.flatMap((list, index) => {
      const content = list[at]
      return content === undefined ? [] : [{ index, delta: { content }, finish_reason: null }]
    }),
  ).flat()
}

/** Chunks in OpenAI's shape, the finish reasons and `[DONE]` included. */
export function toChunks(reply: ShapedReply): string[] {
  const { id, model, texts, finishReason = 'stop', fields, created = 1_700_000_000 } = reply
  const head = { ...fields, id, object: 'chat.completion.chunk', created, model }
  return [
    ...toPieces(texts).map((choice) => toEvent({ ...head, choices: [choice] })),
    ...texts.map((_, index) =>
      toEvent({ ...head, choices: [{ index, delta: {}, finish_reason: finishReason }] }),
    ),
    toEvent('[DONE]'),
  ]
}
