import type { ChatError } from './errors.ts'
import type { ChatEvent, Cost, Usage } from './events.ts'
import type { Message, MessagePart, MessageStatus, ToolCallPart } from './messages.ts'

/** `submitted`: waiting for the first byte. `streaming`: a reply grows. `error`: the last turn failed. */
export type ChatStatus = 'ready' | 'submitted' | 'streaming' | 'error'

/** `stalled`: the answer has paused. `retrying`: a failed request is tried again by itself. */
export type ChatNotice = 'stalled' | 'retrying'

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
  /** The reply goes on with another request, after its tools have run. */
  | { readonly type: 'round-started'; readonly replyId: string }
  | {
      readonly type: 'tool-changed'
      readonly replyId: string
      readonly callId: string
      readonly state: ToolCallPart['state']
      readonly output?: string | undefined
    }
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
}

/**
 * A conversation of these messages, parents before their children. A parent that is not among them is read as the
 * message before; a reply that was growing when it was kept is `truncated`.
 */
export function createConversation(
  id: string,
  kept: readonly Message[] = [],
  { headId, serverConversationId }: KeptPlace = {},
): Conversation {
  const messages = new Map<string, Message>()
  const branches = new Map<string | null, Branches>()
  let previousId: string | null = null
  for (const message of kept) {
    if (messages.has(message.id)) continue
    const { parentId } = message
    const known: string | null = parentId === null || messages.has(parentId) ? parentId : previousId
    const isGrowing = message.status === 'submitted' || message.status === 'streaming'
    const ended = isGrowing
      ? settle(message, message.role === 'user' ? 'complete' : 'truncated', message.error)
      : message
    messages.set(ended.id, known === parentId ? ended : { ...ended, parentId: known })
    const ids = branches.get(known)?.ids
    branches.set(known, { ids: [...(ids ?? []), message.id], shownId: message.id })
    previousId = message.id
  }
  for (let shown = messages.get(headId ?? previousId ?? ''); shown;) {
    const { ids } = branches.get(shown.parentId)!
    branches.set(shown.parentId, { ids, shownId: shown.id })
    shown = shown.parentId === null ? undefined : messages.get(shown.parentId)
  }
  const tree = { messages, branches, live: new Map<string, LiveReply>() }
  return {
    id,
    messageIds: toShownIds(tree, []),
    status: 'ready',
    notice: null,
    error: null,
    retryAtMs: null,
    serverConversationId: serverConversationId ?? null,
    tree,
  }
}

/** The message of this id, shown or not. */
export function messageOf({ tree }: Conversation, id: string): Message | undefined {
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
  const known = shownMessages.get(conversation.tree)
  if (known) return known
  const messages = conversation.messageIds.map((id) => messageOf(conversation, id)!)
  shownMessages.set(conversation.tree, messages)
  return messages
}

/** The message and the others that follow the same one: edited questions, further replies. */
export function siblingsOf(conversation: Conversation, id: string): Siblings {
  const message = messageOf(conversation, id)
  const ids = (message && conversation.tree.branches.get(message.parentId)?.ids) ?? []
  return { index: ids.indexOf(id), ids }
}

/** The message and all before it on its branch, oldest first. */
export function pathTo(conversation: Conversation, id: string): readonly Message[] {
  const path: Message[] = []
  for (
    let message = messageOf(conversation, id);
    message;
    message = message.parentId === null ? undefined : messageOf(conversation, message.parentId)
  ) {
    path.push(message)
  }
  return path.reverse()
}

/** The conversation after one thing happened; the same one when nothing changed. Pure. */
export function reduceConversation(
  conversation: Conversation,
  action: ConversationAction,
): Conversation {
  const { tree } = conversation
  switch (action.type) {
    case 'question-asked':
      return withTree(
        { ...conversation, id: conversation.id || action.conversationId },
        addMessage(tree, action.question, true),
      )
    case 'reply-started':
      return startReply(conversation, action)
    case 'events-read':
      return readEvents(conversation, action.replyId, action.events)
    case 'round-started':
      return withLive(conversation, action.replyId, ({ message }) => ({
        message,
        calls: [],
        earlier: message,
      }))
    case 'tool-changed':
      return withLive(conversation, action.replyId, (live) => ({
        ...live,
        message: {
          ...live.message,
          parts: changeCall([...live.message.parts], action.callId, action.state, action.output),
        },
      }))
    case 'notice-changed':
      return { ...conversation, notice: action.notice, retryAtMs: action.retryAtMs }
    case 'reply-settled': {
      const { status, error, nowMs } = action
      const messages = new Map(tree.messages)
      for (const [id, { message }] of tree.live) messages.set(id, settle(message, status, error))
      return {
        ...conversation,
        status: error ? 'error' : 'ready',
        notice: null,
        error: error ?? null,
        retryAtMs: error?.retryAfterMs === undefined ? null : nowMs + error.retryAfterMs,
        tree: { ...tree, messages, live: new Map() },
      }
    }
    case 'questions-dropped': {
      const messages = new Map(tree.messages)
      for (const id of action.ids) {
        const question = messages.get(id)
        if (question) messages.set(id, { ...question, status: 'stopped' })
      }
      return { ...conversation, tree: { ...tree, messages } }
    }
    case 'sibling-selected': {
      const message = messageOf(conversation, action.messageId)
      const branches = message && tree.branches.get(message.parentId)
      const shownId = branches?.ids[action.index]
      if (shownId === undefined || shownId === branches?.shownId) return conversation
      return withTree(conversation, showMessage(tree, message!.parentId, shownId))
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

/** For a tree whose branches changed. */
function withTree(conversation: Conversation, tree: MessageTree): Conversation {
  return { ...conversation, tree, messageIds: toShownIds(tree, conversation.messageIds) }
}

function withLive(
  conversation: Conversation,
  id: string,
  change: (live: LiveReply) => LiveReply,
): Conversation {
  const live = conversation.tree.live.get(id)
  if (!live) return conversation
  const tree = { ...conversation.tree, live: new Map(conversation.tree.live).set(id, change(live)) }
  return { ...conversation, tree }
}

function addMessage(tree: MessageTree, message: Message, isShown: boolean): MessageTree {
  const { id, parentId } = message
  const known = tree.branches.get(parentId)
  const ids = known?.ids.includes(id) ? known.ids : [...(known?.ids ?? []), id]
  const shownId = isShown || !known ? id : known.shownId
  return {
    ...tree,
    messages: new Map(tree.messages).set(id, message),
    branches: new Map(tree.branches).set(parentId, { ids, shownId }),
  }
}

function showMessage(tree: MessageTree, parentId: string | null, shownId: string): MessageTree {
  const { ids } = tree.branches.get(parentId)!
  return { ...tree, branches: new Map(tree.branches).set(parentId, { ids, shownId }) }
}

function startReply(
  conversation: Conversation,
  { replyId, parentId, nowMs }: Extract<ConversationAction, { type: 'reply-started' }>,
): Conversation {
  const message: Message = {
    id: replyId,
    parentId,
    role: 'assistant',
    parts: [],
    status: 'submitted',
    createdAtMs: nowMs,
  }
  const tree = addMessage(conversation.tree, message, true)
  const messages = new Map(tree.messages)
  const branches = new Map(tree.branches)
  const question = messages.get(parentId)
  if (question?.status === 'submitted') messages.set(parentId, { ...question, status: 'complete' })
  // Questions asked meanwhile stood below this one; now they follow its reply.
  const { ids } = branches.get(parentId)!
  const isQuestion = (id: string) => messages.get(id)?.role === 'user'
  const later = ids.filter(isQuestion)
  if (later.length > 0) {
    branches.set(parentId, { ids: ids.filter((id) => !isQuestion(id)), shownId: replyId })
    const known = branches.get(replyId)?.ids ?? []
    branches.set(replyId, { ids: [...known, ...later], shownId: later.at(-1)! })
    for (const id of later) messages.set(id, { ...messages.get(id)!, parentId: replyId })
  }
  const live = new Map([[replyId, { message, calls: [], earlier: {} }]])
  return {
    ...withTree(conversation, { messages, branches, live }),
    status: 'submitted',
    notice: null,
    error: null,
    retryAtMs: null,
  }
}

type Mutable<Value> = { -readonly [Key in keyof Value]: Value[Key] }

/** A reply while one batch is read into it: its own copy, which may be written to until it is given away. */
interface Draft extends LiveReply {
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
  const first = live.get(replyId)
  if (!first || events.length === 0) return conversation
  let { serverConversationId, tree } = conversation
  const drafts = new Map<string, Draft>()

  function draftOf(choice: number): Draft {
    const id = choice === 0 ? replyId : `${replyId}.${choice}`
    let draft = drafts.get(id)
    if (!draft) {
      const known = live.get(id)
      const parts = known ? [...known.message.parts] : []
      draft = {
        message: { ...(known?.message ?? toSibling()), id, parts, status: 'streaming' },
        parts,
        calls: known ? [...known.calls] : [],
        earlier: known?.earlier ?? {},
        pieces: [],
        kind: 'text',
      }
      drafts.set(id, draft)
    }
    return draft
  }

  /** What a further choice has in common with the first. Usage and price, of all choices together, stay with that. */
  function toSibling() {
    const { parentId, role, createdAtMs, replyId, model, provider } = message
    return { parentId, role, createdAtMs, replyId, model, provider }
  }

  function append(choice: number, kind: Draft['kind'], delta: string) {
    const draft = draftOf(choice)
    if (draft.kind !== kind) joinPieces(draft)
    draft.kind = kind
    draft.pieces.push(delta)
  }

  const { message, earlier } = draftOf(0)
  for (const event of events) {
    switch (event.type) {
      case 'text-delta':
        append(event.choice, 'text', event.delta)
        break
      case 'reasoning-delta':
        append(event.choice, 'reasoning', event.delta)
        break
      case 'refusal-delta':
        append(event.choice, 'refusal', event.delta)
        break
      case 'reply-start':
        message.replyId = event.replyId ?? message.replyId
        message.model = event.model ?? message.model
        message.provider = event.provider ?? message.provider
        serverConversationId = event.conversationId ?? serverConversationId
        break
      case 'tool-call-start': {
        const { callId, name } = event
        const draft = draftOf(event.choice)
        joinPieces(draft)
        draft.calls[event.index] = draft.parts.length
        draft.parts.push({ type: 'tool-call', callId, name, argumentsText: '', state: 'calling' })
        break
      }
      case 'tool-call-delta': {
        const { parts, calls } = draftOf(event.choice)
        const at = calls[event.index] ?? -1
        const part = parts[at]
        if (part?.type !== 'tool-call') break
        parts[at] = { ...part, argumentsText: part.argumentsText + event.delta }
        break
      }
      case 'tool-result': {
        const state = event.outcome === 'ok' ? 'done' : 'failed'
        changeCall(draftOf(event.choice).parts, event.callId, state, event.output)
        break
      }
      case 'citation':
        cite(draftOf(event.choice), event.citation)
        break
      case 'choice-end':
        draftOf(event.choice).message.finishReason = event.reason
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

  for (const [id, draft] of drafts) {
    joinPieces(draft)
    if (!live.has(id)) tree = addMessage(tree, draft.message, false)
  }
  const next: Conversation = {
    ...conversation,
    status: 'streaming',
    notice: null,
    retryAtMs: null,
    serverConversationId,
    tree: { ...tree, live: new Map([...live, ...drafts]) },
  }
  return tree === conversation.tree ? next : withTree(next, next.tree)
}

function joinPieces(draft: Draft) {
  const { parts, pieces, kind: type } = draft
  if (pieces.length === 0) return
  draft.pieces = []
  const text = pieces.join('')
  // Sources told in mid-text do not break the text in two: a list or a code block may be open in it.
  const at = parts.length - (parts.at(-1)?.type === 'citations' ? 2 : 1)
  const part = parts[at]
  if (part?.type === type) parts[at] = { type, text: part.text + text }
  else parts.push({ type, text })
}

function cite(draft: Draft, citation: Extract<ChatEvent, { type: 'citation' }>['citation']) {
  joinPieces(draft)
  const { parts } = draft
  const at = parts.findIndex(({ type }) => type === 'citations')
  const part = parts[at]
  if (part?.type !== 'citations') {
    parts.push({ type: 'citations', citations: [citation] })
    return
  }
  // Equal numbers are one source, told again with more.
  const others = part.citations.filter(({ number }) => number !== citation.number)
  const citations = [...others, citation].sort((one, other) => one.number - other.number)
  parts[at] = { type: 'citations', citations }
}

/** The last call of this id: some services number their calls anew in each round. */
function changeCall(
  parts: MessagePart[],
  callId: string,
  state: ToolCallPart['state'],
  output?: string,
): MessagePart[] {
  const at = parts.findLastIndex((part) => part.type === 'tool-call' && part.callId === callId)
  const call = parts[at]
  if (call?.type === 'tool-call') parts[at] = { ...call, state, output: output ?? call.output }
  return parts
}

function settle(
  message: Message,
  status: MessageStatus,
  error: ChatError | null | undefined,
): Message {
  const isOpen = (part: MessagePart) =>
    part.type === 'tool-call' && (part.state === 'calling' || part.state === 'running')
  const parts = message.parts.some(isOpen)
    ? message.parts.map((part) =>
        isOpen(part) ? { ...(part as ToolCallPart), state: 'failed' as const } : part,
      )
    : message.parts
  return { ...message, status, parts, error: error ?? undefined }
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
  return { micros: earlier.micros + cost.micros, currency: cost.currency, source }
}
