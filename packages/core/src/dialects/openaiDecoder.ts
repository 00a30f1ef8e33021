import { ChatError } from '../errors.ts'
import type { ChatEvent, Cost, FinishReason, Usage } from '../events.ts'
import { parseJson } from '../parseJson.ts'
import { readFault, toChatError } from '../readFault.ts'
import {
  type JsonObject,
  readEach,
  readList,
  readNumber,
  readObject,
  readText,
} from '../readField.ts'
import type { SseEvent } from '../sse.ts'
import { createCitationReader } from './citationReader.ts'
import type { Decoder } from './dialect.ts'
import { readCost, readUsage } from './readUsage.ts'

export interface OpenaiDecoderOptions {
  /**
   * Reads the fields a provider adds to the format: called with each chunk, or the whole answer, before anything else
   * is read of it. What it returns comes first, such as a `session`.
   */
  readonly readChunk?: ((chunk: JsonObject) => ChatEvent[]) | undefined
}

/** What must be remembered of one alternative of a reply. */
interface Choice {
  readonly index: number
  isFinished: boolean
  /** First half of a character whose second half is in the next chunk; showing it would flash a replacement sign. */
  half: string
  readonly calls: Call[]
}

interface Call {
  /** The service's own index, where it gives one. */
  readonly key: unknown
  readonly id: string | undefined
  name: string | undefined
  /** Arguments that came before the name. */
  early: string
}

/** An index above it is hostile or an error: lists of that length would be. */
const maxIndex = 127
const maxMalformedChars = 1000

/** Reads OpenAI Chat Completions chunks, with the differences of the many services that imitate them. */
export function createOpenaiDecoder(options: OpenaiDecoderOptions = {}): Decoder {
  return createReplyReader('delta', options)
}

/** Chat events of a whole JSON answer to the same request, terminal event included. */
export function readOpenaiAnswer(body: unknown, options: OpenaiDecoderOptions = {}): ChatEvent[] {
  const { read, end } = createReplyReader('message', options)
  read(body)
  return end()
}

/** Reads a choice from one field alone: Perplexity sends the whole text in `message` beside each `delta`. */
function createReplyReader(field: 'delta' | 'message', { readChunk }: OpenaiDecoderOptions) {
  const choices = new Map<number, Choice>()
  const citations = createCitationReader(emit)
  /** `foreign`: something came, and nothing of this format. */
  let state: 'waiting' | 'foreign' | 'reading' | 'ended' = 'waiting'
  /** Absent between two pieces: an array that outlives one lives on in a busy server's old memory, and all it held. */
  let events: ChatEvent[] | undefined
  let isStarted = false
  let conversationId: string | undefined
  let provider: string | undefined
  let usage: Usage | undefined
  let cost: Cost | undefined
  let toldUsage: string | undefined

  function emit(event: ChatEvent) {
    events ??= []
    events.push(event)
  }

  function take(): ChatEvent[] {
    const taken = events ?? []
    events = undefined
    return taken
  }

  function finish(event: ChatEvent) {
    choices.forEach(flushHalf)
    emit(event)
    state = 'ended'
  }

  const fail = (error: ChatError) => finish({ type: 'reply-error', error })

  function push(event: SseEvent): ChatEvent[] {
    const data = event.data.trim()
    if (state === 'ended' || data === '') return []
    if (data !== '[DONE]') readEvent(event.event === 'message' ? undefined : event.event, data)
    // Cohere ends its own format with the same word.
    else if (state === 'reading') finish({ type: 'reply-end' })
    else fail(new ChatError('protocol'))
    return take()
  }

  function readEvent(name: string | undefined, data: string) {
    const value = parseJson(data)
    if (name === 'error') {
      fail(toChatError(readFault(value) ?? readFault({ error: value ?? data }) ?? {}))
    } else if (!read(value, name)) {
      if (state === 'waiting') state = 'foreign'
      emit(
        name
          ? { type: 'named-event', name, data: value === undefined ? data : value }
          : { type: 'malformed', data: data.slice(0, maxMalformedChars) },
      )
    }
  }

  /** Reads a chunk or an answer; false when the value is none. */
  function read(value: unknown, name?: string): boolean {
    // A service may wrap its one object in a list.
    const chunk = readObject(Array.isArray(value) ? value[0] : value)
    const fault = readFault(chunk)
    if (!chunk || (name && !fault && !Array.isArray(chunk.choices))) return false
    readChunk?.(chunk).forEach(emit)
    if (Array.isArray(chunk.choices)) {
      state = 'reading'
      readStart(chunk)
      citations.readLists(chunk)
      chunk.choices.forEach(readChoice)
    }
    readUsageOf(chunk)
    const latencyMs = readNumber(chunk.latency_ms)
    if (latencyMs !== undefined) emit({ type: 'latency', latencyMs })
    // Last, because OpenRouter tells an error beside the last piece of text.
    if (fault) fail(toChatError(fault))
    return true
  }

  function end(): ChatEvent[] {
    const isWhole =
      field === 'message'
        ? state === 'reading'
        : choices.size > 0 && [...choices.values()].every((choice) => choice.isFinished)
    const isCut = field === 'delta' && state !== 'foreign'
    if (state === 'ended') return take()
    if (isWhole) finish({ type: 'reply-end' })
    else fail(new ChatError(isCut ? 'truncated' : 'protocol', undefined, { retryable: isCut }))
    return take()
  }

  function readStart(chunk: JsonObject) {
    const replyId = readText(chunk.id)
    const model = readText(chunk.model)
    // Some services know at the end only who answered.
    const named = readText(chunk.provider) ?? provider
    const conversation = readText(chunk.conversation_id) ?? conversationId
    // Azure begins with a chunk about the prompt that names neither id nor model.
    const isFirst = !isStarted && (replyId ?? model ?? readList(chunk.choices)[0]) !== undefined
    if (!isFirst && conversation === conversationId && named === provider) return
    isStarted = true
    conversationId = conversation
    provider = named
    emit({ type: 'reply-start', replyId, model, provider, conversationId })
  }

  function readUsageOf(chunk: JsonObject) {
    // Nearly every chunk: it is looked at no further.
    if (!chunk.usage && !chunk.x_groq && !chunk.cost) return
    // Groq tells it in a place of its own.
    usage = readUsage(chunk.usage) ?? readUsage(readObject(chunk.x_groq)?.usage) ?? usage
    cost = readCost(chunk) ?? cost
    if (!usage && !cost) return
    const told = JSON.stringify([usage, cost])
    if (told !== toldUsage) emit({ type: 'usage', usage: usage ?? {}, cost })
    toldUsage = told
  }

  function readChoice(value: unknown) {
    const object = readObject(value)
    const index = toIndex(object?.index ?? 0)
    if (!object || index === undefined) return
    const choice = choices.get(index) ?? { index, isFinished: false, half: '', calls: [] }
    choices.set(index, choice)
    readDelta(readObject(object[field]) ?? {}, choice)
    const word = readText(object.finish_reason)
    if (!word || choice.isFinished) return
    choice.isFinished = true
    flushHalf(choice)
    const providerReason = readText(object.provider_reason) ?? word
    emit({ type: 'choice-end', choice: index, reason: toFinishReason(word), providerReason })
  }

  function readDelta(delta: JsonObject, choice: Choice) {
    const { content } = delta
    // Some send two of the three, one of them null or the same.
    const reasoning = delta.reasoning_content || delta.reasoning || delta.reasoning_text
    say('reasoning-delta', choice, reasoning)
    say('text-delta', choice, content)
    readEach(content, readPart, choice)
    say('refusal-delta', choice, delta.refusal)
    readEach(delta.tool_calls, readCall, choice)
    readEach(delta.tool_results, readResult, choice)
    citations.readAnnotations(delta.annotations, choice.index)
  }

  /** One part of a list as content: Mistral thinks in `thinking` parts beside its `text` parts. */
  function readPart(part: JsonObject, choice: Choice) {
    if (part.type === 'text') say('text-delta', choice, part.text)
    say('reasoning-delta', choice, part.thinking)
    readEach(part.thinking, ({ text }) => say('reasoning-delta', choice, text), choice)
  }

  function say(
    type: 'text-delta' | 'reasoning-delta' | 'refusal-delta',
    choice: Choice,
    value: unknown,
  ) {
    let delta = readText(value)
    if (!delta) return
    if (type === 'text-delta') {
      delta = choice.half + delta
      choice.half = /[\uD800-\uDBFF]$/.test(delta) ? delta.slice(-1) : ''
      if (choice.half) delta = delta.slice(0, -1)
    }
    if (delta) emit({ type, choice: choice.index, delta })
  }

  function flushHalf(choice: Choice) {
    if (choice.half) emit({ type: 'text-delta', choice: choice.index, delta: choice.half })
    choice.half = ''
  }

  function readCall(piece: JsonObject, { index: choice, calls }: Choice) {
    const told = readObject(piece.function) ?? {}
    const name = readText(told.name)
    const call = findCall(calls, piece.index ?? undefined, readText(piece.id), name)
    if (!call) return
    const index = calls.indexOf(call)
    const isObject = readObject(told.arguments) !== undefined
    const text = isObject ? JSON.stringify(told.arguments) : (readText(told.arguments) ?? '')
    call.early += text
    if (!call.name && name) {
      call.name = name
      const callId = call.id ?? `call_${choice}_${index}`
      emit({ type: 'tool-call-start', choice, index, callId, name })
    }
    if (!call.name || !call.early) return
    emit({ type: 'tool-call-delta', choice, index, delta: call.early })
    call.early = ''
  }

  function readResult(result: JsonObject, { index: choice }: Choice) {
    const callId = readText(result.tool_call_id)
    const output = result.content
    if (!callId || typeof output !== 'string') return
    const outcome = result.outcome === 'failed' ? 'failed' : 'ok'
    emit({ type: 'tool-result', choice, callId, output, outcome })
  }

  return { push, read, end }
}

/** The call a piece goes on with, or a new one; undefined when it can belong to none. */
function findCall(
  calls: Call[],
  key: unknown,
  id: string | undefined,
  name: string | undefined,
): Call | undefined {
  if (key !== undefined && toIndex(key) === undefined) return undefined
  const found = calls.findLast((call) =>
    // Without an index the id tells; without both it is the last call, unless a name begins another.
    key === undefined && (id ?? name) !== undefined ? id && call.id === id : call.key === key,
  )
  // Some services number all calls 0; another id with another name is another call.
  const isOther = id !== undefined && name !== undefined && found?.id !== id
  if (found && !isOther) return found
  if (calls.length > maxIndex) return undefined
  const call = { key, id, name: undefined, early: '' }
  calls.push(call)
  return call
}

function toIndex(value: unknown): number | undefined {
  const index = readNumber(value)
  return Number.isInteger(index) && index! <= maxIndex ? index : undefined
}

/** The first that fits; services have invented many words for few reasons. */
const reasonRules: readonly (readonly [RegExp, FinishReason])[] = [
  [/^(?:stop|end|eos|complete)/i, 'stop'],
  [/length|max/i, 'length'],
  [/filter|safety/i, 'content-filter'],
  [/tool|function/i, 'tool-calls'],
  [/^error/i, 'error'],
]

function toFinishReason(word: string): FinishReason {
  return reasonRules.find(([pattern]) => pattern.test(word))?.[1] ?? 'other'
}
