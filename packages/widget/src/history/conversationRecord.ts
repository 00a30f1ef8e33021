import {
  ChatError,
  isChatErrorCode,
  type Message,
  type MessagePart,
  type MessageStatus,
} from '@parlance/core'

/** What is known of a kept conversation without its messages. */
export interface ConversationEntry {
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

const statuses: readonly unknown[] = [
  'complete',
  'submitted',
  'streaming',
  'stopped',
  'truncated',
  'failed',
] satisfies MessageStatus[]

const toolStates: readonly unknown[] = ['calling', 'running', 'done', 'failed']

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isText = (value: unknown): value is string => typeof value === 'string'
const isNumber = (value: unknown): value is number => Number.isFinite(value)

function isPart(value: unknown): value is MessagePart {
  if (!isObject(value)) return false
  switch (value['type']) {
    case 'text':
    case 'reasoning':
    case 'refusal':
      return isText(value['text'])
    case 'image':
      return isText(value['url']) && isText(value['mediaType'])
    case 'tool-call':
      return (
        isText(value['callId']) &&
        isText(value['name']) &&
        isText(value['argumentsText']) &&
        toolStates.includes(value['state'])
      )
    case 'citations':
      return (
        Array.isArray(value['citations']) &&
        value['citations'].every((citation) => isObject(citation) && isNumber(citation['number']))
      )
    default:
      return false
  }
}

/** Copies only what a message is known to hold, so that a record of a newer or broken version cannot bring more. */
function readMessage(value: unknown): Message | null {
  if (!isObject(value)) return null
  const { id, parentId, role, parts, status, createdAtMs, error } = value
  if (!isText(id) || !(parentId === null || isText(parentId))) return null
  if (role !== 'user' && role !== 'assistant') return null
  if (!Array.isArray(parts) || !parts.every(isPart)) return null
  if (!statuses.includes(status) || !isNumber(createdAtMs)) return null
  const optional: Record<string, unknown> = {}
  for (const name of ['replyId', 'model', 'provider', 'finishReason']) {
    if (isText(value[name])) optional[name] = value[name]
  }
  if (isNumber(value['latencyMs'])) optional['latencyMs'] = value['latencyMs']
  for (const name of ['usage', 'cost', 'receipt']) {
    if (isObject(value[name])) optional[name] = value[name]
  }
  if (isObject(error) && isText(error['code']) && isChatErrorCode(error['code'])) {
    optional['error'] = new ChatError(error['code'], undefined, {
      retryable: error['retryable'] === true,
    })
  }
  return { id, parentId, role, parts, status: status as MessageStatus, createdAtMs, ...optional }
}

/** A message as plain data: an error object does not survive structured cloning with its code. */
export function toPlainMessage(message: Message): unknown {
  if (!message.error) return message
  const { code, retryable } = message.error
  return { ...message, error: { code, retryable } }
}

/** Messages from plain data of unknown origin; what cannot be read is left out. */
export function readMessages(values: unknown): Message[] {
  return Array.isArray(values) ? values.flatMap((value) => readMessage(value) ?? []) : []
}

/** An entry from whatever storage gave; null when it is none of ours. */
export function readConversationEntry(value: unknown): ConversationEntry | null {
  if (!isObject(value) || !isText(value['id'])) return null
  const { id, title, createdAtMs, updatedAtMs, headId, serverConversationId } = value
  return {
    id,
    title: isText(title) ? title : '',
    createdAtMs: isNumber(createdAtMs) ? createdAtMs : 0,
    updatedAtMs: isNumber(updatedAtMs) ? updatedAtMs : 0,
    headId: isText(headId) ? headId : null,
    serverConversationId: isText(serverConversationId) ? serverConversationId : null,
  }
}
