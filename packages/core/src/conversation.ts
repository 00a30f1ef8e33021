import type { ChatError } from './errors.ts'
import type { ChatEvent, Citation, Cost, Usage } from './events.ts'
import type { Message, MessagePart, MessageStatus } from './messages.ts'

/** `submitted`: waiting for the first byte. `streaming`: a reply grows. `error`: the last turn failed. */
export type ChatStatus = 'ready' | 'submitted' | 'streaming' | 'error'

/**
 * `stalled`: the answer has paused. `retrying`: a failed request is tried again by itself, at `retryAtMs`. `waiting`: so
 * it is, because the server has asked to come back then.
 */
export type ChatNotice = 'stalled' | 'retrying' | 'waiting'

/** Messages of one conversation as a tree, with the one path through it that is shown. Immutable. */
export interface Conversation {
  /** Empty until the first turn, unless one was given. */
  readonly id: string
  /** Ids of the shown messages, oldest first. Same identity while none comes or goes. */
  readonly messageIds: readonly string[]
  readonly status: ChatStatus
  readonly notice: ChatNotice | null
  /** Why the last turn failed; null once another begins. */
  readonly error: ChatError | null
  /** When the failed turn may be sent again, in milliseconds since 1970; null when at once. */
  readonly retryAtMs: number | null
  /** The relay's id of this conversation, sent back with each turn. */
  readonly serverConversationId: string | null
  /** Read it by `messageOf`, `messagesOf` and `siblingsOf`. */
  readonly tree: MessageTree
}

/** All messages, shown or not. Its identity changes with any of them. */
export interface MessageTree {
  /** Every message by id. Of a reply that grows it holds the beginning alone: see `live`. */
  readonly messages: ReadonlyMap<string, Message>
  /** By parent: its children in their order, and which one is shown. */
  readonly branches: ReadonlyMap<string | null, Branches>
  /** Replies that grow, kept apart so that a batch of events costs the same after 5 messages and after 5,000. */
  readonly live: ReadonlyMap<string, LiveReply>
}

export interface Branches {
  readonly ids: readonly string[]
  readonly shownId: string
}

/** A growing reply, and what its next events refer to. */
export interface LiveReply {
  readonly message: Message
  /** Places in `parts` of the tool calls of this round, by their index on the wire. */
  readonly calls: readonly number[]
  /** What the rounds of tool calls before this one used. */
  readonly earlier: { readonly usage?: Usage | undefined; readonly cost?: Cost | undefined }
}

export interface Siblings {
  /** Position of the message among its siblings, from 0; -1 for an unknown message. */
  readonly index: number
  /** Same identity while none comes. */
  readonly ids: readonly string[]
}

/** All that can happen to a conversation. Ids and times come from outside, so that the reducer stays pure. */
export type ConversationAction =
  /** A question joins and is shown; `submitted` while it waits for an earlier turn. */
  | { readonly type: 'question-asked'; readonly question: Message; readonly conversationId: string }
  /** The reply to the message `parentId` is asked for; an existing reply begins anew. */
  | {
      readonly type: 'reply-started'
      readonly replyId: string
      readonly parentId: string
      readonly nowMs: number
    }
  /** Events of the running reply but for its terminal one. Choices after the first become its siblings. */
  | {
      readonly type: 'events-read'
      readonly replyId: string
      readonly events: readonly ChatEvent[]
    }
  /** The page's own tools run now; what they return is read as `tool-result` events, and then comes another round. */
  | { readonly type: 'round-ended'; readonly replyId: string }
  | {
      readonly type: 'notice-changed'
      readonly notice: ChatNotice | null
      readonly retryAtMs: number | null
    }
  | {
      readonly type: 'reply-settled'
      readonly status: Exclude<MessageStatus, 'submitted' | 'streaming'>
      readonly error?: ChatError | null | undefined
      readonly nowMs: number
    }
  /** Questions that waited will not be sent. */
  | { readonly type: 'questions-dropped'; readonly ids: readonly string[] }
  | { readonly type: 'sibling-selected'; readonly messageId: string; readonly index: number }
  | {
      readonly type: 'messages-set'
      readonly conversationId: string
      readonly messages: readonly Message[]
      readonly place?: KeptPlace | undefined
    }

/** Where a kept conversation was left. */
export interface KeptPlace {
  /** A message of the shown path, such as its last. Default: the newest message. */
  readonly headId?: string | null | undefined
  /** The relay's id of the conversation. */
  readonly serverConversationId?: string | null | undefined
  /** Whether a reply that was growing still does, somewhere else. Default false: it is `truncated`. */
  readonly growsElsewhere?: boolean | undefined
}

/** A tree that is not given away yet. */
interface Draft {
  readonly messages: Map<string, Message>
  readonly branches: Map<string | null, Branches>
  readonly live: Map<string, LiveReply>
}

/**
 * A conversation of these messages, parents before their children. A parent that is not among them is read as the
 * message before; a reply that was growing when it was kept is `truncated`, unless it grows elsewhere.
 */
export function createConversation(
  id: string,
  kept: readonly Message[] = [],
  { headId, serverConversationId, growsElsewhere }: KeptPlace = {},
): Conversation {
  const tree: Draft = { messages: new Map(), branches: new Map(), live: new Map() }
  let lastId: string | null = null
  for (const message of kept) {
    if (tree.messages.has(message.id)) continue
    const { status, role, error } = message
    const isCutOff = !growsElsewhere && (status === 'submitted' || status === 'streaming')
    const isKnown = message.parentId === null || tree.messages.has(message.parentId)
    const ended = isCutOff
      ? settle(message, role === 'user' ? 'complete' : 'truncated', error)
      : message
    place(tree, isKnown ? ended : { ...ended, parentId: lastId })
    lastId = message.id
  }
  for (const message of pathTo({ tree }, headId ?? lastId ?? '')) place(tree, message)
  return {
    id,
    messageIds: toShownIds(tree, []),
    status: 'ready',
    ...quiet,
    error: null,
    serverConversationId: serverConversationId ?? null,
    tree,
  }
}

const quiet = { notice: null, retryAtMs: null }

type HasTree = Pick<Conversation, 'tree'>

/** The message of this id, shown or not. */
export function messageOf({ tree }: HasTree, id: string): Message | undefined {
  return tree.live.get(id)?.message ?? tree.messages.get(id)
}

/** All messages, the ones not shown too, parents before their children: what to keep to open it again. */
export function allMessagesOf(conversation: Conversation): readonly Message[] {
  const { branches } = conversation.tree
  const ids = [...(branches.get(null)?.ids ?? [])]
  // The list grows while it is walked.
  for (const id of ids) ids.push(...(branches.get(id)?.ids ?? []))
  return ids.map((id) => messageOf(conversation, id)!)
}

const shownMessages = new WeakMap<MessageTree, readonly Message[]>()

/** The shown messages, oldest first. Same identity while none of them changes or comes. */
export function messagesOf(conversation: Conversation): readonly Message[] {
  const { tree, messageIds } = conversation
  const messages = shownMessages.get(tree) ?? messageIds.map((id) => messageOf(conversation, id)!)
  shownMessages.set(tree, messages)
  return messages
}

/** The message and the others that follow the same one: edited questions, further replies. */
export function siblingsOf(conversation: Conversation, id: string): Siblings {
  const message = messageOf(conversation, id)
  const ids = (message && conversation.tree.branches.get(message.parentId)?.ids) ?? []
  return { index: ids.indexOf(id), ids }
}

/** The message and all before it on its branch, oldest first. */
export function pathTo(conversation: HasTree, id: string | null): readonly Message[] {
  const path: Message[] = []
  while (id !== null) {
    const message = messageOf(conversation, id)
    if (message) path.push(message)
    id = message?.parentId ?? null
  }
  return path.reverse()
}

/** The conversation after one thing happened; the same one when nothing changed. Pure. */
export function reduceConversation(
  conversation: Conversation,
  action: ConversationAction,
): Conversation {
  switch (action.type) {
    case 'question-asked':
      return changeTree(conversation, (tree) => place(tree, action.question), {
        id: conversation.id || action.conversationId,
      })
    case 'reply-started':
      return changeTree(conversation, (tree) => startReply(tree, action), {
        status: 'submitted',
        ...quiet,
        error: null,
      })
    case 'events-read':
      return readEvents(conversation, action.replyId, action.events)
    case 'round-ended':
      return endRound(conversation, action.replyId)
    case 'notice-changed':
      return { ...conversation, notice: action.notice, retryAtMs: action.retryAtMs }
    case 'reply-settled':
      return settleReply(conversation, action)
    case 'questions-dropped':
      return changeTree(conversation, ({ messages }) => {
        for (const id of action.ids) {
          const question = messages.get(id)
          if (question) messages.set(id, { ...question, status: 'stopped' })
        }
      })
    case 'sibling-selected': {
      const { messages, branches } = conversation.tree
      const { ids } = siblingsOf(conversation, action.messageId)
      const chosen = messages.get(ids[action.index] ?? '')
      if (!chosen || branches.get(chosen.parentId)?.shownId === chosen.id) return conversation
      return changeTree(conversation, (tree) => place(tree, chosen))
    }
    case 'messages-set':
      return createConversation(action.conversationId, action.messages, action.place)
    default:
      return action satisfies never
  }
}

function toShownIds({ branches }: MessageTree, known: readonly string[]): readonly string[] {
  const ids: string[] = []
  let at = branches.get(null)
  for (; at; at = branches.get(at.shownId)) ids.push(at.shownId)
  return ids.length === known.length && ids.every((id, index) => id === known[index]) ? known : ids
}

/** Copies the whole tree: for what happens a few times a turn, never for what a token does. */
function changeTree(
  conversation: Conversation,
  change: (tree: Draft) => void,
  more?: Partial<Conversation>,
): Conversation {
  const { messages, branches, live } = conversation.tree
  const tree = {
    messages: new Map(messages),
    branches: new Map(branches),
    live: new Map(live),
  }
  change(tree)
  return { ...conversation, ...more, tree, messageIds: toShownIds(tree, conversation.messageIds) }
}

/** Puts a message below its parent, and shows it if told so or if it is the first there. */
function place({ messages, branches }: Draft, message: Message, isShown = true) {
  const { id, parentId } = message
  const known = branches.get(parentId)
  const ids = known?.ids ?? []
  messages.set(id, message)
  branches.set(parentId, {
    ids: ids.includes(id) ? ids : [...ids, id],
    shownId: isShown || !known ? id : known.shownId,
  })
}

function startReply(
  tree: Draft,
  { replyId, parentId, nowMs }: Extract<ConversationAction, { type: 'reply-started' }>,
) {
  const { messages, branches } = tree
  const message: Message = {
    id: replyId,
    parentId,
    role: 'assistant',
    parts: [],
    status: 'submitted',
    createdAtMs: nowMs,
  }
  place(tree, message)
  tree.live.set(replyId, { message, calls: [], earlier: {} })
  const question = messages.get(parentId)
  if (question?.status === 'submitted') messages.set(parentId, { ...question, status: 'complete' })
  // Questions asked meanwhile stood below this one; now they follow its reply.
  const { ids } = branches.get(parentId)!
  const later = ids.filter((id) => messages.get(id)?.role === 'user')
  if (later.length === 0) return
  branches.set(parentId, { ids: ids.filter((id) => !later.includes(id)), shownId: replyId })
  for (const id of later) place(tree, { ...messages.get(id)!, parentId: replyId })
}

function settleReply(
  conversation: Conversation,
  { status, error, nowMs }: Extract<ConversationAction, { type: 'reply-settled' }>,
): Conversation {
  const change = ({ messages, live }: Draft) => {
    for (const [id, { message }] of live) messages.set(id, settle(message, status, error))
    live.clear()
  }
  return changeTree(conversation, change, {
    status: error ? 'error' : 'ready',
    notice: null,
    error: error ?? null,
    retryAtMs: error?.retryAfterMs === undefined ? null : nowMs + error.retryAfterMs,
  })
}

function settle(
  message: Message,
  status: MessageStatus,
  error: ChatError | null | undefined,
): Message {
  // Nobody runs a tool any more.
  const parts = message.parts.map((part) =>
    part.type === 'tool-call' && part.state !== 'done'
      ? { ...part, state: 'failed' as const }
      : part,
  )
  return { ...message, status, parts, error: error ?? undefined }
}

function withLive(
  conversation: Conversation,
  changed: Iterable<[string, LiveReply]>,
): Conversation {
  const { tree } = conversation
  return { ...conversation, tree: { ...tree, live: new Map([...tree.live, ...changed]) } }
}

function endRound(conversation: Conversation, replyId: string): Conversation {
  const live = conversation.tree.live.get(replyId)
  if (!live) return conversation
  const parts = live.message.parts.map((part) =>
    part.type === 'tool-call' && part.state === 'calling'
      ? { ...part, state: 'running' as const }
      : part,
  )
  const message = { ...live.message, parts }
  return withLive(conversation, [[replyId, { message, calls: [], earlier: message }]])
}

type Mutable<Value> = { -readonly [Key in keyof Value]: Value[Key] }

/** A reply while one batch is read into it: its own copy, which may be written to until it is given away. */
interface GrowingReply extends LiveReply {
  readonly message: Mutable<Message>
  readonly parts: MessagePart[]
  readonly calls: number[]
  /** Text not yet in `parts`, all of one kind: joined once a batch, however many pieces came. */
  pieces: string[]
  kind: 'text' | 'reasoning' | 'refusal'
}

function readEvents(
  conversation: Conversation,
  replyId: string,
  events: readonly ChatEvent[],
): Conversation {
  const { live } = conversation.tree
  if (!live.has(replyId) || events.length === 0) return conversation
  let { serverConversationId } = conversation
  const replies = new Map<string, GrowingReply>()

  function replyOf(choice: number): GrowingReply {
    const id = choice ? `${replyId}.${choice}` : replyId
    let reply = replies.get(id)
    if (!reply) {
      const { message, calls = [], earlier = {} } = live.get(id) ?? {}
      const parts = [...(message?.parts ?? [])]
      reply = {
        message: { ...(message ?? toSibling(replyOf(0).message)), id, parts, status: 'streaming' },
        parts,
        calls: [...calls],
        earlier,
        pieces: [],
        kind: 'text',
      }
      replies.set(id, reply)
    }
    return reply
  }

  for (const event of events) {
    const reply = replyOf('choice' in event ? event.choice : 0)
    const { message, parts, calls, earlier } = reply
    switch (event.type) {
      case 'text-delta':
      case 'reasoning-delta':
      case 'refusal-delta': {
        const kind = event.type.slice(0, -6) as GrowingReply['kind']
        if (reply.kind !== kind) joinPieces(reply)
        reply.kind = kind
        reply.pieces.push(event.delta)
        break
      }
      case 'reply-start':
        message.replyId = event.replyId ?? message.replyId
        message.model = event.model ?? message.model
        message.provider = event.provider ?? message.provider
        serverConversationId = event.conversationId ?? serverConversationId
        break
      case 'tool-call-start': {
        const { type: _, choice: __, index, ...call } = event
        joinPieces(reply)
        calls[index] =
          parts.push({ type: 'tool-call', ...call, argumentsText: '', state: 'calling' }) - 1
        break
      }
      case 'tool-call-delta': {
        const at = calls[event.index] ?? -1
        const part = parts[at]
        if (part?.type !== 'tool-call') break
        parts[at] = { ...part, argumentsText: part.argumentsText + event.delta }
        break
      }
      case 'tool-result': {
        const { callId, output, outcome } = event
        // The last call of this id: some services number their calls anew in each round.
        const at = parts.findLastIndex(
          (part) => part.type === 'tool-call' && part.callId === callId,
        )
        const part = parts[at]
        if (part?.type !== 'tool-call') break
        parts[at] = { ...part, state: outcome === 'ok' ? 'done' : 'failed', output }
        break
      }
      case 'citation':
        joinPieces(reply)
        cite(parts, event.citation)
        break
      case 'choice-end':
        message.finishReason = event.reason
        break
      case 'usage':
        message.usage = addUsage(earlier.usage, event.usage)
        message.cost = addCost(earlier.cost, event.cost)
        break
      case 'latency':
        message.latencyMs = event.latencyMs
        break
      case 'named-event':
        if (event.name === 'payment-receipt') message.receipt = event.data
        break
      case 'malformed':
        message.malformedEvents = (message.malformedEvents ?? 0) + 1
        break
      case 'session':
      case 'reply-end':
      case 'reply-error':
        break
      default:
        event satisfies never
    }
  }

  for (const reply of replies.values()) joinPieces(reply)
  const next = withLive(
    { ...conversation, status: 'streaming', ...quiet, serverConversationId },
    replies,
  )
  const isNew = (id: string) => !live.has(id)
  if (![...replies.keys()].some(isNew)) return next
  return changeTree(next, (tree) => {
    for (const [id, { message }] of replies) if (isNew(id)) place(tree, message, false)
  })
}

/** What a further choice has in common with the first. Usage and price, of all choices together, stay with that. */
function toSibling({ parentId, role, createdAtMs, replyId, model, provider }: Message) {
  return { parentId, role, createdAtMs, replyId, model, provider }
}

function joinPieces(reply: GrowingReply) {
  const { parts, pieces, kind: type } = reply
  if (pieces.length === 0) return
  reply.pieces = []
  const text = pieces.join('')
  // Sources told in mid-text do not break the text in two: a list or a code block may be open in it.
  const at = parts.length - (parts.at(-1)?.type === 'citations' ? 2 : 1)
  const part = parts[at]
  if (part?.type === type) parts[at] = { type, text: part.text + text }
  else parts.push({ type, text })
}

function cite(parts: MessagePart[], citation: Citation) {
  const found = parts.findIndex(({ type }) => type === 'citations')
  const at = found < 0 ? parts.length : found
  const part = parts[at]
  const known = part?.type === 'citations' ? part.citations : []
  // Equal numbers are one source, told again with more.
  const citations = [...known.filter(({ number }) => number !== citation.number), citation]
  citations.sort((one, other) => one.number - other.number)
  parts[at] = { type: 'citations', citations }
}

function addUsage(earlier: Usage = {}, usage: Usage): Usage {
  const sum: Mutable<Usage> = { ...earlier }
  for (const name of Object.keys(usage) as (keyof Usage)[]) {
    const count = usage[name]
    if (count !== undefined) sum[name] = (sum[name] ?? 0) + count
  }
  return sum
}

function addCost(earlier: Cost | undefined, cost: Cost | undefined): Cost | undefined {
  if (!earlier || !cost || earlier.currency !== cost.currency) return cost ?? earlier
  const source = earlier.source === 'estimated' ? 'estimated' : cost.source
  return { ...cost, micros: earlier.micros + cost.micros, source }
}
