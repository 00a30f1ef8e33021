import {
  ChatError,
  isChatErrorCode,
  type Message,
  type MessagePart,
  type MessageStatus,
  type ToolCallPart,
} from '@parlance/core'

/** What is known of a kept conversation without its messages. */
export interface ConversationEntry {
  /** The id of its first message; empty before that. */
  readonly id: string
  /** The visitor's own name for it, or the beginning of the first question. */
  readonly title: string
  readonly createdAtMs: number
  readonly updatedAtMs: number
  /** Last message of the path that was shown; null when empty. */
  readonly headId: string | null
  /** The relay's id of the conversation. */
  readonly serverConversationId: string | null
}

/** A conversation as it is kept on the device. */
export interface ConversationRecord extends ConversationEntry {
  /** All messages, the unshown siblings too, in any order. A reply that grows is kept as it was last seen. */
  readonly messages: readonly Message[]
}

/** The entry of a conversation before its first message. */
export const emptyEntry: ConversationEntry = {
  id: '',
  title: '',
  createdAtMs: 0,
  updatedAtMs: 0,
  headId: null,
  serverConversationId: null,
}

/** How far a message has come. A whole reply beats the guess of another tab that it was cut off. */
export const progress: readonly unknown[] = [
  'submitted',
  'streaming',
  'truncated',
  'stopped',
  'failed',
  'complete',
] satisfies MessageStatus[]

type Fields = Readonly<Record<string, unknown>>
type Check = (value: unknown) => boolean
/** What must be true of each field. */
type Shape = Readonly<Record<string, Check>>

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isText = (value: unknown): value is string => typeof value === 'string'
const isNumber: Check = (value) => Number.isFinite(value)
const isOneOf =
  <Word>(...words: readonly Word[]): Check =>
  (value) =>
    words.includes(value as Word)
const isListOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check)

/** The fields that are as they should be. */
const fitting = (value: Fields, shape: Shape): readonly string[] =>
  Object.keys(shape).filter((name) => shape[name]!(value[name]))
const pick = (value: Fields, shape: Shape): Fields =>
  Object.fromEntries(fitting(value, shape).map((name) => [name, value[name]]))
const fits = (value: unknown, shape: Shape): value is Fields =>
  isObject(value) && fitting(value, shape).length === Object.keys(shape).length

type PartType = MessagePart['type']
const partShapes: readonly Shape[] = [
  { type: isOneOf<PartType>('text', 'reasoning', 'refusal'), text: isText },
  { type: isOneOf<PartType>('image'), url: isText, mediaType: isText },
  {
    type: isOneOf<PartType>('tool-call'),
    callId: isText,
    name: isText,
    argumentsText: isText,
    state: isOneOf<ToolCallPart['state']>('calling', 'running', 'done', 'failed'),
  },
  {
    type: isOneOf<PartType>('citations'),
    citations: isListOf((citation) => fits(citation, { number: isNumber })),
  },
]
const isPart: Check = (value) => partShapes.some((shape) => fits(value, shape))

const messageShape: Shape = {
  id: isText,
  parentId: (value) => value === null || isText(value),
  role: isOneOf<Message['role']>('user', 'assistant'),
  parts: isListOf(isPart),
  status: isOneOf(...progress),
  createdAtMs: isNumber,
}
const optionalShape: Shape = {
  replyId: isText,
  model: isText,
  provider: isText,
  finishReason: isText,
  latencyMs: isNumber,
  usage: isObject,
  cost: isObject,
  receipt: isObject,
}
const entryShape: Shape = {
  id: isText,
  title: isText,
  createdAtMs: isNumber,
  updatedAtMs: isNumber,
  headId: isText,
  serverConversationId: isText,
}

/** Copies only what a message is known to hold, so that a record of a newer or broken version cannot bring more. */
function readMessage(value: unknown): Message | null {
  if (!fits(value, messageShape)) return null
  const message = pick(value, { ...messageShape, ...optionalShape }) as unknown as Message
  const { code, retryable } = Object(value['error']) as Fields
  return isText(code) && isChatErrorCode(code)
    ? { ...message, error: new ChatError(code, undefined, { retryable: retryable === true }) }
    : message
}

/** A message as plain data: an error object does not survive structured cloning with its code. */
export function toPlainMessage(message: Message): unknown {
  if (!message.error) return message
  const { code, retryable } = message.error
  return { ...message, error: { code, retryable } }
}

/** Messages from plain data of unknown origin; what cannot be read is left out. */
export function readMessages(values: unknown): readonly Message[] {
  return Array.isArray(values) ? values.flatMap((value) => readMessage(value) ?? []) : []
}

/** An entry from whatever storage gave; null when it is none of ours. */
export function readConversationEntry(value: unknown): ConversationEntry | null {
  return isObject(value) && isText(value['id'])
    ? { ...emptyEntry, ...pick(value, entryShape) }
    : null
}
