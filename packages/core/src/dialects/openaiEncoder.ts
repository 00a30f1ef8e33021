import type { ChatError } from '../errors.ts'
import type { ChatEvent, Citation, Cost, FinishReason, Usage } from '../events.ts'
import { sentenceFor } from '../sentenceFor.ts'
import type { SseEvent } from '../sse.ts'

export interface OpenaiEncoderOptions {
  /** Our id of the reply; the provider's own is not passed on. */
  readonly replyId: string
  /** Name of the model as the browser may know it. Default: what the provider told first. */
  readonly model?: string | undefined
  /** When the reply began, in milliseconds since 1970. Default now. */
  readonly createdAtMs?: number | undefined
  /** Our id of a server-kept conversation; asked before each event, and told once it is known and when it changes. */
  readonly conversationId?: (() => string | undefined) | undefined
  /** Named events that may pass to the browser. Default `payment-receipt` alone. */
  readonly namedEvents?: readonly string[] | undefined
}

/** Writes the events of one reply, one call for each, the terminal one last. */
export type OpenaiEncoder = (event: ChatEvent) => SseEvent[]

const defaultNamedEvents: readonly string[] = ['payment-receipt']

/**
 * Writes chat events as OpenAI Chat Completions chunks, so that the official client and any compatible tool can read
 * the relay. What the format has no place for stands in fields such clients ignore: `conversation_id`, `provider`,
 * `latency_ms`, `usage.cost`, `delta.tool_results`, `provider_reason`. A session never passes, nor does a malformed
 * event.
 */
export function createOpenaiEncoder(options: OpenaiEncoderOptions): OpenaiEncoder {
  const { replyId, createdAtMs = Date.now(), namedEvents = defaultNamedEvents } = options
  let model = options.model
  let head = ''
  let conversationId: string | undefined
  let usage: Usage | undefined
  let cost: Cost | undefined
  let latencyMs: number | undefined

  /** `choices` is JSON. Written part by part: this is done for every token, and of most only the text is new. */
  function toChunk(choices: string, fields?: Record<string, unknown>): SseEvent {
    head ||= JSON.stringify({
      id: replyId,
      object: 'chat.completion.chunk',
      created: Math.floor(createdAtMs / 1000),
      model: model ?? '',
    }).slice(0, -1)
    const known = options.conversationId?.()
    let more = ''
    if (known !== undefined && known !== conversationId) {
      conversationId = known
      more = `,"conversation_id":${JSON.stringify(known)}`
    }
    return { data: `${head},"choices":${choices}${toMembers(fields)}${more}}` }
  }

  function toFirstChunk(provider?: string): SseEvent {
    const delta = '{"role":"assistant","content":""}'
    return toChunk(toChoice(0, delta), { provider })
  }

  function toDelta(index: number, delta: Record<string, unknown>): SseEvent[] {
    return [toChunk(toChoice(index, JSON.stringify(delta)))]
  }

  function toTextDelta(index: number, field: string, text: string): SseEvent[] {
    return [toChunk(toChoice(index, `{"${field}":${JSON.stringify(text)}}`))]
  }

  function toLastChunk(): SseEvent[] {
    if (!usage && latencyMs === undefined) return []
    return [toChunk('[]', { usage: usage && toUsageFields(usage, cost), latency_ms: latencyMs })]
  }

  return (event) => {
    switch (event.type) {
      case 'reply-start':
        model ??= event.model
        return [toFirstChunk(event.provider)]
      case 'text-delta':
        return toTextDelta(event.choice, 'content', event.delta)
      case 'reasoning-delta':
        return toTextDelta(event.choice, 'reasoning_content', event.delta)
      case 'refusal-delta':
        return toTextDelta(event.choice, 'refusal', event.delta)
      case 'tool-call-start': {
        const { choice, index, callId, name } = event
        const call = { index, id: callId, type: 'function', function: { name, arguments: '' } }
        return toDelta(choice, { tool_calls: [call] })
      }
      case 'tool-call-delta': {
        const call = { index: event.index, function: { arguments: event.delta } }
        return toDelta(event.choice, { tool_calls: [call] })
      }
      case 'tool-result':
        return toDelta(event.choice, { tool_results: [toToolResult(event)] })
      case 'citation':
        return toDelta(event.choice, { annotations: [toAnnotation(event.citation)] })
      case 'choice-end': {
        const finish_reason = toFinishWord(event.reason)
        const provider_reason =
          event.providerReason === finish_reason ? undefined : event.providerReason
        const choice = { index: event.choice, delta: {}, finish_reason, provider_reason }
        return [toChunk(JSON.stringify([choice]))]
      }
      case 'usage':
        usage = event.usage
        cost = event.cost
        return []
      case 'latency':
        latencyMs = event.latencyMs
        return []
      case 'named-event':
        return namedEvents.includes(event.name)
          ? [{ event: event.name, data: JSON.stringify(event.data) }]
          : []
      case 'session':
      case 'malformed':
        return []
      case 'reply-end':
        // A reply without any event is an empty one, not a broken one.
        return [...(head ? [] : [toFirstChunk()]), ...toLastChunk(), { data: '[DONE]' }]
      case 'reply-error':
        return [...toLastChunk(), { data: JSON.stringify(toErrorBody(event.error)) }]
      default:
        return event satisfies never
    }
  }
}

/** The choices of a chunk that holds a piece of one, as JSON. */
function toChoice(index: number, delta: string): string {
  return `[{"index":${index},"delta":${delta},"finish_reason":null}]`
}

/** The fields as further members of a JSON object. */
function toMembers(fields: Record<string, unknown> | undefined): string {
  if (!fields) return ''
  const members = JSON.stringify(fields).slice(1, -1)
  return members && `,${members}`
}

/**
 * The JSON body of an error, in a stream or as an answer of its own: our code and our sentence, never its cause.
 */
export function toErrorBody(error: ChatError): {
  readonly error: {
    readonly message: string
    readonly type: string
    readonly param: null
    readonly code: string
    readonly retryable: boolean
    readonly retry_after_ms?: number | undefined
    readonly request_id?: string | undefined
  }
} {
  const { code, message, retryable } = error
  return {
    error: {
      // An error without words of its own is told in the ones for its code.
      message: message === code ? sentenceFor(code) : message,
      type: 'chat_error',
      param: null,
      code,
      retryable,
      retry_after_ms: error.retryAfterMs,
      request_id: error.requestId,
    },
  }
}

interface CollectedChoice {
  text: string
  reasoning: string
  refusal: string
  finishReason: string | null
  providerReason: string | undefined
  readonly calls: {
    id: string
    readonly type: 'function'
    readonly function: { readonly name: string; arguments: string }
  }[]
  readonly results: unknown[]
  readonly annotations: unknown[]
}

/**
 * The whole JSON answer to a request that did not ask for a stream. When the reply failed it is the body of its error,
 * as an answer cannot say both.
 */
export function toOpenaiAnswer(
  events: Iterable<ChatEvent>,
  options: OpenaiEncoderOptions,
): Record<string, unknown> {
  const { replyId, createdAtMs = Date.now() } = options
  const choices = new Map<number, CollectedChoice>()
  let { model } = options
  let provider: string | undefined
  let usage: Record<string, unknown> | undefined
  let latencyMs: number | undefined

  const choiceOf = (index: number): CollectedChoice => {
    const known = choices.get(index)
    if (known) return known
    const choice: CollectedChoice = {
      text: '',
      reasoning: '',
      refusal: '',
      finishReason: null,
      providerReason: undefined,
      calls: [],
      results: [],
      annotations: [],
    }
    choices.set(index, choice)
    return choice
  }

  choiceOf(0)
  for (const event of events) {
    switch (event.type) {
      case 'reply-start':
        model ??= event.model
        provider = event.provider ?? provider
        break
      case 'text-delta':
        choiceOf(event.choice).text += event.delta
        break
      case 'reasoning-delta':
        choiceOf(event.choice).reasoning += event.delta
        break
      case 'refusal-delta':
        choiceOf(event.choice).refusal += event.delta
        break
      case 'tool-call-start': {
        const { callId: id, name } = event
        const call = { id, type: 'function' as const, function: { name, arguments: '' } }
        choiceOf(event.choice).calls[event.index] = call
        break
      }
      case 'tool-call-delta': {
        const call = choiceOf(event.choice).calls[event.index]
        if (call) call.function.arguments += event.delta
        break
      }
      case 'tool-result':
        choiceOf(event.choice).results.push(toToolResult(event))
        break
      case 'citation':
        choiceOf(event.choice).annotations.push(toAnnotation(event.citation))
        break
      case 'choice-end': {
        const choice = choiceOf(event.choice)
        choice.finishReason = toFinishWord(event.reason)
        if (event.providerReason !== choice.finishReason)
          choice.providerReason = event.providerReason
        break
      }
      case 'usage':
        usage = toUsageFields(event.usage, event.cost)
        break
      case 'latency':
        latencyMs = event.latencyMs
        break
      case 'reply-error':
        return { ...toErrorBody(event.error) }
      case 'reply-end':
      case 'named-event':
      case 'session':
      case 'malformed':
        break
      default:
        event satisfies never
    }
  }
  return {
    id: replyId,
    object: 'chat.completion',
    created: Math.floor(createdAtMs / 1000),
    model: model ?? '',
    provider,
    choices: [...choices].map(([index, choice]) => toAnswerChoice(index, choice)),
    usage,
    latency_ms: latencyMs,
    conversation_id: options.conversationId?.(),
  }
}

function toAnswerChoice(index: number, choice: CollectedChoice) {
  const { text, reasoning, refusal, calls, results, annotations } = choice
  const orAbsent = <Item>(items: readonly Item[]) => (items.length > 0 ? items : undefined)
  return {
    index,
    message: {
      role: 'assistant',
      content: text === '' && (calls.length > 0 || refusal !== '') ? null : text,
      refusal: refusal || null,
      reasoning_content: reasoning || undefined,
      tool_calls: orAbsent(calls),
      tool_results: orAbsent(results),
      annotations: orAbsent(annotations),
    },
    finish_reason: choice.finishReason ?? 'stop',
    provider_reason: choice.providerReason,
  }
}

function toUsageFields(usage: Usage, cost: Cost | undefined): Record<string, unknown> {
  const { inputTokens, outputTokens, totalTokens, cachedTokens, reasoningTokens } = usage
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: totalTokens,
    prompt_tokens_details: cachedTokens === undefined ? undefined : { cached_tokens: cachedTokens },
    completion_tokens_details:
      reasoningTokens === undefined ? undefined : { reasoning_tokens: reasoningTokens },
    cost: cost && cost.micros / 1e6,
    currency: cost?.currency,
    cost_source: cost?.source === 'estimated' ? 'estimated' : undefined,
  }
}

/** Our citations mark no place in the text, so the annotation's range is empty. */
function toAnnotation({ number, url, title, quote }: Citation) {
  const place = { start_index: 0, end_index: 0 }
  const source = { ...place, url: url ?? '', title: title ?? '', content: quote, number }
  return { type: 'url_citation', url_citation: source }
}

function toToolResult({ callId, output, outcome }: Extract<ChatEvent, { type: 'tool-result' }>) {
  return { tool_call_id: callId, content: output, outcome }
}

function toFinishWord(reason: FinishReason): string {
  switch (reason) {
    case 'content-filter':
      return 'content_filter'
    case 'tool-calls':
      return 'tool_calls'
    case 'stop':
    case 'length':
    case 'error':
    case 'other':
      return reason
    default:
      return reason satisfies never
  }
}
