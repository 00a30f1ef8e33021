import { ChatError } from '../errors.ts'
import type { ChatEvent, Cost, FinishReason, Usage } from '../events.ts'
import { readFault, toStreamError } from '../readErrorAnswer.ts'
import { type JsonObject, readList, readNumber, readObject, readText } from '../readField.ts'
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

/** What one reply must remember of one of its choices. */
interface Choice {
  isFinished: boolean
  /** First half of a character whose second half is in the next chunk; showing it would flash a replacement sign. */
  half: string
  readonly calls: Call[]
}

interface Call {
  /** The service's own index, where it gives one. */
  readonly key: unknown
  id: string | undefined
  name: string | undefined
  /** Arguments that came before the name. */
  early: string
}

const maxChoices = 128
const maxCalls = 128
const maxMalformedChars = 1000

/** Reads OpenAI Chat Completions chunks, with the differences of the many services that imitate them. */
export function createOpenaiDecoder(options: OpenaiDecoderOptions = {}): Decoder {
  const reply = createReplyReader('delta', options)
  let isForeign = false

  return {
    push(event) {
      const events: ChatEvent[] = []
      const data = event.data.trim()
      if (reply.isEnded() || data === '') return events
      if (data === '[DONE]') {
        reply.finish(events)
        return events
      }
      const name = nameOf(event)
      const value = parse(data)
      // A service may wrap its one object in a list.
      const chunk = readObject(Array.isArray(value) ? value[0] : value)
      if (name === 'error') {
        reply.fail(chunk ?? { error: data }, events)
      } else if (chunk && (!name || Array.isArray(chunk.choices) || readFault(chunk))) {
        reply.read(chunk, events)
      } else {
        isForeign = true
        events.push(
          name
            ? { type: 'named-event', name, data: value === undefined ? event.data : value }
            : { type: 'malformed', data: data.slice(0, maxMalformedChars) },
        )
      }
      return events
    },
    end() {
      const events: ChatEvent[] = []
      if (reply.isEnded()) return events
      if (reply.isFinished()) reply.finish(events)
      else reply.breakOff(isForeign && !reply.isBegun() ? 'protocol' : 'truncated', events)
      return events
    },
  }
}

/** Chat events of a whole JSON answer to the same request, terminal event included. */
export function readOpenaiAnswer(body: unknown, options: OpenaiDecoderOptions = {}): ChatEvent[] {
  const events: ChatEvent[] = []
  const reply = createReplyReader('message', options)
  const answer = readObject(Array.isArray(body) ? body[0] : body)
  if (answer) reply.read(answer, events)
  if (reply.isEnded()) return events
  if (reply.isBegun()) reply.finish(events)
  else reply.breakOff('protocol', events)
  return events
}

function nameOf({ event }: SseEvent): string | undefined {
  return event === 'message' ? undefined : event
}

function parse(data: string): unknown {
  try {
    return JSON.parse(data)
  } catch {
    // Besides what is no JSON, nesting deeper than the engine's stack.
    return undefined
  }
}

/** Reads a choice's text from one field alone: Perplexity sends the whole text in `message` beside each `delta`. */
function createReplyReader(field: 'delta' | 'message', { readChunk }: OpenaiDecoderOptions) {
  const choices = new Map<number, Choice>()
  const citations = createCitationReader()
  let isBegun = false
  let isStarted = false
  let isEnded = false
  let conversationId: string | undefined
  let usage: Usage | undefined
  let cost: Cost | undefined
  let toldUsage = ''

  function readStart(chunk: JsonObject, events: ChatEvent[]) {
    const replyId = readText(chunk.id)
    const model = readText(chunk.model)
    const conversation = readText(chunk.conversation_id) ?? conversationId
    // Azure begins with a chunk about the prompt that names neither id nor model.
    const isFirst = !isStarted && (replyId ?? model ?? readList(chunk.choices)[0]) !== undefined
    if (!isFirst && conversation === conversationId) return
    isStarted = true
    conversationId = conversation
    const provider = readText(chunk.provider)
    events.push({ type: 'reply-start', replyId, model, provider, conversationId })
  }

  function readUsageOf(chunk: JsonObject, events: ChatEvent[]) {
    const newUsage = readUsage(chunk.usage) ?? readUsage(readObject(chunk.x_groq)?.usage)
    const newCost = readCost(chunk)
    if (!newUsage && !newCost) return
    usage = newUsage ?? usage ?? {}
    cost = newCost ?? cost
    const key = JSON.stringify([usage, cost])
    if (key === toldUsage) return
    toldUsage = key
    events.push({ type: 'usage', usage, cost })
  }

  function readChoice(value: unknown, events: ChatEvent[]) {
    const object = readObject(value)
    const index = toIndex(object?.index ?? 0, maxChoices)
    if (!object || index === undefined) return
    let choice = choices.get(index)
    if (!choice) choices.set(index, (choice = { isFinished: false, half: '', calls: [] }))
    const delta = readObject(object[field])
    if (delta) {
      readDelta(delta, index, choice, events)
      events.push(...citations.readAnnotations(delta.annotations, index))
    }
    const word = readText(object.finish_reason)
    if (!word || choice.isFinished) return
    choice.isFinished = true
    flushHalf(index, choice, events)
    const providerReason = readText(object.provider_reason) ?? word
    events.push({ type: 'choice-end', choice: index, reason: toFinishReason(word), providerReason })
  }

  function end(event: ChatEvent, events: ChatEvent[]) {
    for (const [index, choice] of choices) flushHalf(index, choice, events)
    isEnded = true
    events.push(event)
  }

  return {
    read(chunk: JsonObject, events: ChatEvent[]) {
      if (readChunk) events.push(...readChunk(chunk))
      if (Array.isArray(chunk.choices)) {
        isBegun = true
        readStart(chunk, events)
        events.push(...citations.readLists(chunk))
        for (const choice of chunk.choices) readChoice(choice, events)
      }
      readUsageOf(chunk, events)
      const latencyMs = readNumber(chunk.latency_ms)
      if (latencyMs !== undefined) events.push({ type: 'latency', latencyMs })
      const fault = readFault(chunk)
      if (fault) end({ type: 'reply-error', error: toStreamError(fault) }, events)
    },
    fail(body: JsonObject, events: ChatEvent[]) {
      const fault = readFault(body) ?? readFault({ error: body })
      if (fault) end({ type: 'reply-error', error: toStreamError(fault) }, events)
    },
    breakOff(code: 'protocol' | 'truncated', events: ChatEvent[]) {
      const error = new ChatError(code, undefined, { retryable: code === 'truncated' })
      end({ type: 'reply-error', error }, events)
    },
    finish: (events: ChatEvent[]) => end({ type: 'reply-end' }, events),
    /** An object of this format was seen. */
    isBegun: () => isBegun,
    /** Every choice told why it ended: without `[DONE]` that is the end, too. */
    isFinished: () => choices.size > 0 && [...choices.values()].every((one) => one.isFinished),
    isEnded: () => isEnded,
  }
}

function readDelta(delta: JsonObject, index: number, choice: Choice, events: ChatEvent[]) {
  pushReasoning(
    readText(delta.reasoning_content) ??
      readText(delta.reasoning) ??
      readText(delta.reasoning_text),
    index,
    events,
  )
  if (Array.isArray(delta.content)) {
    for (const part of delta.content) readPart(part, index, choice, events)
  } else {
    pushText(readText(delta.content), index, choice, events)
  }
  const refusal = readText(delta.refusal)
  if (refusal) events.push({ type: 'refusal-delta', choice: index, delta: refusal })
  for (const piece of readList(delta.tool_calls)) readCall(readObject(piece), index, choice, events)
  for (const result of readList(delta.tool_results)) readResult(readObject(result), index, events)
}

/** One part of a content list: Mistral thinks in `thinking` parts beside its `text` parts. */
function readPart(value: unknown, index: number, choice: Choice, events: ChatEvent[]) {
  const part = readObject(value)
  if (part?.type === 'text') return pushText(readText(part.text), index, choice, events)
  for (const thought of readList(part?.thinking)) {
    pushReasoning(readText(readObject(thought)?.text), index, events)
  }
  pushReasoning(readText(part?.thinking), index, events)
}

function pushReasoning(delta: string | undefined, choice: number, events: ChatEvent[]) {
  if (delta) events.push({ type: 'reasoning-delta', choice, delta })
}

function pushText(text: string | undefined, index: number, choice: Choice, events: ChatEvent[]) {
  if (!text) return
  const joined = choice.half + text
  choice.half = /[\uD800-\uDBFF]$/.test(joined) ? joined.slice(-1) : ''
  const delta = choice.half ? joined.slice(0, -1) : joined
  if (delta) events.push({ type: 'text-delta', choice: index, delta })
}

function flushHalf(index: number, choice: Choice, events: ChatEvent[]) {
  if (choice.half) events.push({ type: 'text-delta', choice: index, delta: choice.half })
  choice.half = ''
}

function readCall(
  piece: JsonObject | undefined,
  index: number,
  choice: Choice,
  events: ChatEvent[],
) {
  const told = readObject(piece?.function)
  if (!piece || !told) return
  const id = readText(piece.id)
  const name = readText(told.name)
  const call = findCall(choice.calls, piece.index ?? undefined, id, name)
  if (!call) return
  const position = choice.calls.indexOf(call)
  const text = readObject(told.arguments)
    ? JSON.stringify(told.arguments)
    : (readText(told.arguments) ?? '')
  call.id ??= id
  if (call.name === undefined && name === undefined) {
    call.early += text
    return
  }
  let delta = text
  if (call.name === undefined && name !== undefined) {
    call.name = name
    delta = call.early + text
    const callId = call.id ?? `call_${index}_${position}`
    events.push({ type: 'tool-call-start', choice: index, index: position, callId, name })
  }
  if (delta) events.push({ type: 'tool-call-delta', choice: index, index: position, delta })
}

/** The call a piece goes on with, or a new one; undefined when it can belong to none. */
function findCall(
  calls: Call[],
  key: unknown,
  id: string | undefined,
  name: string | undefined,
): Call | undefined {
  if (key !== undefined && toIndex(key, maxCalls) === undefined) return undefined
  const found =
    key !== undefined
      ? calls.findLast((call) => call.key === key)
      : id !== undefined
        ? calls.find((call) => call.id === id)
        : name === undefined
          ? calls.at(-1)
          : undefined
  // Some services number all calls 0; another id with another name is another call.
  const isOther = id !== undefined && name !== undefined && found?.name && found.id !== id
  if (found && !isOther) return found
  if (calls.length >= maxCalls) return undefined
  const call = { key, id, name: undefined, early: '' }
  calls.push(call)
  return call
}

function readResult(result: JsonObject | undefined, choice: number, events: ChatEvent[]) {
  const callId = readText(result?.tool_call_id)
  const output = result?.content
  if (!callId || typeof output !== 'string') return
  const outcome = result?.outcome === 'failed' ? 'failed' : 'ok'
  events.push({ type: 'tool-result', choice, callId, output, outcome })
}

/** A position from outside, if it is one: a hostile one would make lists of thousands of millions. */
function toIndex(value: unknown, limit: number): number | undefined {
  const index = readNumber(value)
  return Number.isInteger(index) && index !== undefined && index < limit ? index : undefined
}

function toFinishReason(word: string): FinishReason {
  switch (word.toLowerCase()) {
    case 'stop':
    case 'stop_sequence':
    case 'end_turn':
    case 'eos':
    case 'eos_token':
    case 'completed':
      return 'stop'
    case 'length':
    case 'max_tokens':
    case 'max_output_tokens':
    case 'model_length':
      return 'length'
    case 'content_filter':
    case 'safety':
      return 'content-filter'
    case 'tool_calls':
    case 'tool_use':
    case 'function_call':
      return 'tool-calls'
    case 'error':
      return 'error'
    default:
      return 'other'
  }
}
