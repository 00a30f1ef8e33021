import { ChatError, type Turn, type TurnMessage } from '@parlance/core'
import { type PageContext, readPageContext } from './pageContext.ts'
import type { Model } from './provider.ts'
import type { AllowedParameter, RelayLimits } from './relayOptions.ts'
import type { CallAnswer } from './tools/openRounds.ts'

const maxImages = 4
const imageUrlPattern = /^data:image\/(?:png|jpeg|webp|gif);base64,[A-Za-z0-9+/]+={0,2}$/
const conversationIdPattern = /^[A-Za-z0-9_-]{1,64}$/
const maxStops = 4

export interface TurnRules {
  readonly models: Readonly<Record<string, Model>>
  readonly allow: readonly AllowedParameter[]
  readonly limits: Pick<RelayLimits, 'messages' | 'messageChars' | 'maxTokens'>
  /** Whether a page may answer tool calls. Default false. */
  readonly clientTools?: boolean | undefined
  /** Names of the facts a page may tell. Default none. */
  readonly pageContext?: readonly string[] | undefined
}

/** What a browser asks for, rebuilt field by field. */
export interface TurnRequest {
  /** The owner's public name of the model. */
  readonly publicModel: string
  readonly model: Model
  /** Holds messages of `user` and `assistant` alone; `model` and `conversationId` are filled in later. */
  readonly turn: Turn & { readonly maxTokens: number; readonly choices: number }
  readonly conversationId: string | undefined
  /** What the page returned for tool calls made since the last question; empty for a new question. */
  readonly answers: readonly CallAnswer[]
  /** Facts of the page, as its browser told them. */
  readonly context: PageContext
}

/**
 * Reads the body of a completion request. Only listed fields are looked at; any other field has no effect. Throws
 * `ChatError` `invalid_request`, `model_not_allowed` or `too_large`.
 */
export function readTurn(body: unknown, rules: TurnRules): TurnRequest {
  const { models, allow, limits, clientTools = false, pageContext = [] } = rules
  if (!isRecord(body)) throw invalid('The body must be a JSON object.')
  const field = (name: string): unknown => (Object.hasOwn(body, name) ? body[name] : undefined)

  const [defaultModel] = Object.keys(models)
  const publicModel = field('model') ?? defaultModel
  if (typeof publicModel !== 'string' || !Object.hasOwn(models, publicModel)) {
    throw new ChatError('model_not_allowed', 'This model is not on offer here.', { status: 404 })
  }
  const model = models[publicModel]!

  const stream = field('stream') ?? false
  if (typeof stream !== 'boolean') throw invalid('`stream` must be true or false.')

  const conversationId = field('conversation_id') ?? undefined
  if (conversationId !== undefined && !isConversationId(conversationId)) {
    throw invalid('`conversation_id` must be 1 to 64 letters, digits, `_` or `-`.')
  }

  const ownersMaxTokens = model.maxTokens ?? limits.maxTokens
  const askedTokens = readNumber(field('max_completion_tokens') ?? field('max_tokens'), {
    name: 'max_tokens',
    least: 1,
    most: Number.MAX_SAFE_INTEGER,
    isWhole: true,
  })
  const allowed = (name: AllowedParameter, wireName: string): unknown =>
    allow.includes(name) ? field(wireName) : undefined
  const number = (name: AllowedParameter, wireName: string, least: number, most: number) =>
    readNumber(allowed(name, wireName), { name: wireName, least, most })

  const told = readMessages(field('messages'), model, limits, clientTools)

  return {
    publicModel,
    model,
    conversationId,
    answers: told.answers,
    context: readPageContext(field('context'), pageContext),
    turn: {
      messages: told.messages,
      stream,
      maxTokens: Math.min(askedTokens ?? ownersMaxTokens, ownersMaxTokens),
      choices:
        readNumber(field('n'), {
          name: 'n',
          least: 1,
          most: model.maxChoices ?? 1,
          isWhole: true,
        }) ?? 1,
      temperature: number('temperature', 'temperature', 0, 2),
      topP: number('topP', 'top_p', 0, 1),
      presencePenalty: number('presencePenalty', 'presence_penalty', -2, 2),
      frequencyPenalty: number('frequencyPenalty', 'frequency_penalty', -2, 2),
      stop: readStop(allowed('stop', 'stop')),
    },
  }
}

/** Whether a text has the shape of a conversation id: safe in a header, a log and a key. */
export function isConversationId(value: unknown): value is string {
  return typeof value === 'string' && conversationIdPattern.test(value)
}

function readMessages(
  value: unknown,
  model: Model,
  limits: TurnRules['limits'],
  clientTools: boolean,
): { readonly messages: readonly TurnMessage[]; readonly answers: readonly CallAnswer[] } {
  if (!Array.isArray(value) || value.length === 0) throw invalid('`messages` must be a list.')
  const messages: TurnMessage[] = []
  let answers: CallAnswer[] = []
  // Every message is checked, also one too old to be passed on: whether a body is good does not hang on its length.
  for (const item of value as unknown[]) {
    const answer = clientTools ? readAnswer(item, limits) : undefined
    if (answer) {
      answers.push(answer)
      continue
    }
    const read = readMessage(item, model)
    // Answers to calls of earlier are the relay's own affair: it knows the ones that are still open.
    answers = []
    // The model's own long answer comes back with the next question: it is shortened, or the conversation would be over.
    const message =
      read.role === 'assistant'
        ? { ...read, content: read.content.slice(0, limits.messageChars) }
        : read
    if (message.content.length > limits.messageChars) {
      const sentence = `A message is longer than ${limits.messageChars} characters: shorten it.`
      throw new ChatError('too_large', sentence, { status: 413 })
    }
    // A reply that was stopped before its first word; providers refuse empty assistant messages.
    if (message.role === 'assistant' && message.content === '') continue
    const previous = messages.at(-1)
    if (clientTools && message.role === 'assistant' && previous?.role === 'assistant') {
      // Two rounds of one reply, whose calls are left out: some models take no two answers in a row.
      const content = `${previous.content}\n\n${message.content}`.slice(0, limits.messageChars)
      messages[messages.length - 1] = { ...previous, content }
    } else {
      messages.push(message)
    }
  }
  // What was said since the question, beside the calls that are answered, the relay knows itself.
  if (answers.length > 0)
    messages.length = messages.findLastIndex(({ role }) => role === 'user') + 1
  const last = messages.at(-1)
  // An answer begun by the browser would let it put words into the model's mouth.
  if (last?.role !== 'user') throw invalid('The last message must be of role `user`.')
  if (last.content.trim() === '' && !last.images) throw invalid('The last message is empty.')
  const newest = messages.slice(-limits.messages)
  // Some providers refuse a history that begins with an answer.
  return { messages: newest.slice(newest.findIndex(({ role }) => role === 'user')), answers }
}

const tooLong = '{"error":"The tool returned more than can be read."}'

/** What a page returned for a call; undefined for a message of another role. */
function readAnswer(value: unknown, limits: TurnRules['limits']): CallAnswer | undefined {
  if (!isRecord(value) || !Object.hasOwn(value, 'role') || value['role'] !== 'tool') {
    return undefined
  }
  const { tool_call_id: callId, content } = value
  if (typeof callId !== 'string' || callId.length > 100 || typeof content !== 'string') {
    throw invalid('A `tool` message must hold `tool_call_id` and `content` as text.')
  }
  // The model is told, and not the visitor, who could do nothing about it.
  return { callId, content: content.length > limits.messageChars ? tooLong : content }
}

function readMessage(value: unknown, model: Model): TurnMessage {
  const message = isRecord(value) ? value : {}
  const role = Object.hasOwn(message, 'role') ? message['role'] : undefined
  if (role !== 'user' && role !== 'assistant') {
    throw invalid('Each message must be of role `user` or `assistant`.')
  }
  const content = Object.hasOwn(message, 'content') ? message['content'] : undefined
  if (typeof content === 'string') return { role, content }
  if (content === null && role === 'assistant') return { role, content: '' }
  if (!Array.isArray(content)) throw invalid('The content of a message must be text.')

  let text = ''
  const images: { readonly url: string }[] = []
  for (const part of content as unknown[]) {
    if (!isRecord(part)) throw invalid('A part of a message must be an object.')
    if (part['type'] === 'text' && typeof part['text'] === 'string') {
      text += part['text']
    } else if (part['type'] === 'image_url' && role === 'user' && model.images) {
      images.push({ url: readImageUrl(part['image_url']) })
    } else {
      throw invalid('A message holds a part that is not taken here.')
    }
  }
  if (images.length > maxImages) throw invalid(`A message may hold ${maxImages} pictures at most.`)
  return images.length > 0 ? { role, content: text, images } : { role, content: text }
}

function readImageUrl(value: unknown): string {
  const url = isRecord(value) ? value['url'] : undefined
  if (typeof url === 'string' && imageUrlPattern.test(url)) return url
  throw invalid('A picture must be a data: URL of a PNG, JPEG, WebP or GIF in base64.')
}

function readStop(value: unknown): string | readonly string[] | undefined {
  if (value === undefined || value === null) return undefined
  const stops: readonly unknown[] = Array.isArray(value) ? value : [value]
  const isFine = stops.every(
    (stop) => typeof stop === 'string' && stop.length > 0 && stop.length <= 64,
  )
  if (isFine && stops.length > 0 && stops.length <= maxStops) return stops as string[]
  throw invalid(`\`stop\` must be 1 to ${maxStops} texts of at most 64 characters.`)
}

interface NumberRule {
  readonly name: string
  readonly least: number
  readonly most: number
  readonly isWhole?: boolean
}

function readNumber(value: unknown, { name, least, most, isWhole }: NumberRule) {
  if (value === undefined || value === null) return undefined
  const isFine =
    typeof value === 'number' &&
    value >= least &&
    value <= most &&
    (!isWhole || Number.isInteger(value))
  if (isFine) return value
  const range = most === Number.MAX_SAFE_INTEGER ? `at least ${least}` : `${least} to ${most}`
  throw invalid(`\`${name}\` must be a ${isWhole ? 'whole ' : ''}number, ${range}.`)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function invalid(message: string): ChatError {
  return new ChatError('invalid_request', message, { status: 400 })
}
