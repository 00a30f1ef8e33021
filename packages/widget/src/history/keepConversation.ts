import { type Chat, type Message, messageOf } from '@parlance/core'
import {
  type ConversationEntry,
  type ConversationRecord,
  readConversationEntry,
  readMessages,
  toPlainMessage,
} from './conversationRecord.ts'
import type { History } from './createHistory.ts'
import { createTabs, type Tabs } from './createTabs.ts'
import { leaveDraft, readLeftDraft } from './leftDraft.ts'
import { mergeMessages, toOrdered } from './mergeMessages.ts'

/** Keeps a chat's conversations, and what can be done with the kept ones. */
export interface Keeper {
  /** Resolves once what the visitor left is back; never rejects. */
  readonly restored: Promise<void>
  /** Id of the conversation in front of the visitor; empty before its first message. */
  readonly currentId: string
  /** What is being written and was not sent. */
  readonly draft: string
  setDraft(draft: string): void
  /** Calls back when another text belongs in the composer. Returns the way to stop. */
  onDraft(listener: (draft: string) => void): () => void
  /** Puts a text in the composer. */
  offerDraft(draft: string): void
  /** Kept conversations, newest first. */
  list(): Promise<readonly ConversationEntry[]>
  /** Calls back when the list may have changed, in this tab or another. Returns the way to stop. */
  onListChange(listener: () => void): () => void
  /** Opens a kept conversation. Stops a running reply. */
  resume(id: string): Promise<void>
  rename(id: string, title: string): Promise<void>
  remove(id: string): Promise<void>
  /** Forgets all conversations, on the device too. */
  forget(): Promise<void>
  /** To be awaited before a turn is sent: a conversation streams in one tab at a time. */
  beginTurn(): Promise<void>
  /** Ends the reply to this conversation that grows in another tab. */
  stopElsewhere(): void
  /** Writes what is not yet written and lets go of everything. */
  dispose(): void
}

export interface KeepOptions {
  /** Makes the link to other tabs. Default: `BroadcastChannel` and Web Locks. */
  readonly createTabs?: typeof createTabs | undefined
}

const checkpointMs = 1_000
const draftMs = 300
/** What another tab said last may come after the news that it has ended. */
const graceMs = 2_000
const titleLength = 80
const currentKey = 'current'

const isGrowing = ({ status }: Message): boolean => status === 'submitted' || status === 'streaming'

/**
 * Keeps what a chat says: at once when a turn begins or ends, once a second while a reply grows, and when the page is
 * left. Brings it back, and keeps the tabs of a site in step. A tab writes only messages that were made in it, so no
 * order of events between tabs loses or doubles one.
 */
export function keepConversation(chat: Chat, history: History, options: KeepOptions = {}): Keeper {
  const ended = new AbortController()
  const draftListeners = new Set<(draft: string) => void>()
  const listListeners = new Set<() => void>()
  /** Versions that came from here or went there: what is not among them was made in this tab. */
  const seen = new WeakSet<Message>()
  let entry = emptyEntry()
  let known: ReadonlyMap<string, Message> = new Map()
  let previousId = ''
  let lastSnapshot = chat.getSnapshot()
  let isShowing = false
  let mustShow = false
  let draft = ''
  let checkpointTimer: ReturnType<typeof setTimeout> | undefined
  let draftTimer: ReturnType<typeof setTimeout> | undefined
  let turn: { readonly controller: AbortController; readonly begun: Promise<void> } | undefined
  let release: (() => void) | undefined
  let watchedId = ''
  let graceTimer: ReturnType<typeof setTimeout> | undefined
  /** Whether the tab that streamed a growing reply is gone. */
  let isAbandoned = false

  // A visitor whose storage is not used shall not be heard of by other tabs either.
  const tabs: Tabs | undefined =
    history.place === 'device'
      ? (options.createTabs ?? createTabs)(`parlance:${history.name}`, onTabMessage)
      : undefined

  const isBusy = (): boolean => {
    const { status } = chat.getSnapshot()
    return status === 'submitted' || status === 'streaming'
  }

  // What this tab writes.

  function onChange(): void {
    if (isShowing) return
    const snapshot = chat.getSnapshot()
    const before = lastSnapshot
    lastSnapshot = snapshot
    if (snapshot.tree === before.tree && snapshot.status === before.status) return
    const isTurning = snapshot.status !== before.status || snapshot.messageIds !== before.messageIds
    if (isTurning) checkpoint()
    else checkpointTimer ??= setTimeout(checkpoint, checkpointMs)
    if (isBusy()) return
    endTurn()
    // Not at once: a turn that waited for this one begins within this task.
    if (mustShow) queueMicrotask(() => mustShow && !isBusy() && show())
  }

  function checkpoint(): void {
    clearTimeout(checkpointTimer)
    checkpointTimer = undefined
    const snapshot = chat.getSnapshot()
    const { messages } = snapshot.tree
    if (messages.size === 0) {
      if (known.size > 0) beginAnother()
      return
    }
    const changed: Message[] = []
    for (const id of messages.keys()) {
      const message = messageOf(snapshot, id)!
      if (seen.has(message)) continue
      seen.add(message)
      changed.push(message)
    }
    const headId = snapshot.messageIds.at(-1) ?? null
    const { serverConversationId } = snapshot
    const isSame = headId === entry.headId && serverConversationId === entry.serverConversationId
    if (changed.length === 0 && isSame) return
    known = mergeMessages(known, changed)
    const isNew = entry.id === ''
    entry = {
      ...entry,
      ...(isNew && { id: newEntryId(snapshot.id), title: toTitle(known), createdAtMs: Date.now() }),
      updatedAtMs: Date.now(),
      headId,
      serverConversationId,
    }
    if (isNew) {
      void history.writeNote(currentKey, entry.id)
      void history.writeNote(draftKey(''), '')
    }
    const all = known
    void history.write(entry, changed, () => all.values()).then(tellList)
    tabs?.post({ type: 'changed', entry, messages: changed.map(toPlainMessage) })
  }

  function newEntryId(chatId: string): string {
    return chatId !== '' && chatId !== previousId ? chatId : `${chatId}.${Date.now().toString(36)}`
  }

  /** The conversation was cleared: what was said stays kept, and the next message begins another. */
  function beginAnother(): void {
    previousId = entry.id
    entry = emptyEntry()
    known = new Map()
    void history.writeNote(currentKey, '')
    void history.writeNote(draftKey(''), draft)
  }

  // What this tab shows.

  /** Puts what is known in front of the visitor, on the branch they are on. */
  function show(): void {
    mustShow = false
    const messages = toOrdered(known)
    isShowing = true
    chat.setMessages(messages, {
      headId: newestAfter(entry.headId, messages),
      serverConversationId: entry.serverConversationId,
      growsElsewhere: !isAbandoned,
    })
    isShowing = false
    const snapshot = chat.getSnapshot()
    for (const message of snapshot.tree.messages.values()) seen.add(message)
    lastSnapshot = snapshot
    entry = { ...entry, headId: snapshot.messageIds.at(-1) ?? null }
  }

  interface Opening {
    readonly record: ConversationRecord
    /** Whether it streams in another tab. */
    readonly isElsewhere: boolean
    readonly storedDraft: string
  }

  async function read(id: string): Promise<Opening | null> {
    const record = id === '' ? null : await history.read(id)
    if (!record || record.messages.length === 0) return null
    const isElsewhere = (await tabs?.isLeased(id)) ?? false
    return { record, isElsewhere, storedDraft: await history.readNote(draftKey(id)) }
  }

  function open({ record, isElsewhere }: Opening): void {
    const { messages, ...rest } = record
    entry = rest
    known = mergeMessages(new Map(), messages)
    isAbandoned = !isElsewhere
    show()
    if (isElsewhere) void watch(record.id)
  }

  async function restore(): Promise<void> {
    const left = tabs && readLeftDraft(history.name)
    const opening = await read(await history.readNote(currentKey))
    const storedDraft =
      left?.conversationId === (opening?.record.id ?? '')
        ? left.draft
        : (opening?.storedDraft ?? (await history.readNote(draftKey(''))))
    // Whoever has begun to ask or to write is not disturbed.
    const isFree = chat.getSnapshot().tree.messages.size === 0
    if (ended.signal.aborted || !isFree) return
    if (opening) open(opening)
    if (storedDraft !== '' && draft === '') offerDraft(storedDraft)
  }

  // What other tabs do.

  function onTabMessage(data: unknown): void {
    if (ended.signal.aborted || typeof data !== 'object' || data === null) return
    const message = data as Record<string, unknown>
    if (message['type'] === 'stop') {
      if (message['id'] === entry.id && entry.id !== '') chat.stop()
      return
    }
    tellList()
    if (message['type'] === 'removed') {
      if (message['id'] === entry.id && entry.id !== '') leave()
      return
    }
    const theirs = readConversationEntry(message['entry'])
    if (message['type'] !== 'changed' || theirs?.id !== entry.id || entry.id === '') return
    const before = known
    known = mergeMessages(known, readMessages(message['messages']))
    const { serverConversationId, title } = theirs
    entry = {
      ...entry,
      title,
      serverConversationId: serverConversationId ?? entry.serverConversationId,
    }
    if (known === before) return
    isAbandoned = false
    if (isBusy()) mustShow = true
    else show()
    if ([...known.values()].some(isGrowing)) void watch(entry.id)
  }

  /** Waits for the tab that streams. If it was closed or crashed, its reply is cut off: shown so, and kept as it was. */
  async function watch(id: string): Promise<void> {
    if (!tabs || watchedId === id) return
    watchedId = id
    const giveBack = await tabs.lease(id, ended.signal)
    giveBack?.()
    const before = known
    await new Promise((resolve) => {
      graceTimer = setTimeout(resolve, graceMs)
    })
    watchedId = ''
    if (ended.signal.aborted || entry.id !== id || ![...known.values()].some(isGrowing)) return
    if (known !== before || isBusy()) return watch(id)
    isAbandoned = true
    show()
  }

  function beginTurn(): Promise<void> {
    if (!tabs || entry.id === '' || !isBusy()) return Promise.resolve()
    if (!turn) {
      const controller = new AbortController()
      const begun = tabs.lease(entry.id, controller.signal).then((giveBack) => {
        if (controller.signal.aborted) giveBack?.()
        else release = giveBack ?? undefined
      })
      turn = { controller, begun }
    }
    return turn.begun
  }

  function endTurn(): void {
    turn?.controller.abort()
    turn = undefined
    release?.()
    release = undefined
  }

  // Drafts and the list.

  function writeDraft(): void {
    clearTimeout(draftTimer)
    if (draftTimer === undefined) return
    draftTimer = undefined
    if (tabs) leaveDraft(history.name, undefined)
    void history.writeNote(draftKey(entry.id), draft)
  }

  function offerDraft(text: string): void {
    draft = text
    for (const listener of draftListeners) listener(text)
  }

  function tellList(): void {
    for (const listener of listListeners) listener()
  }

  /** Empties the chat without a word to the history. */
  function leave(): void {
    entry = emptyEntry()
    known = new Map()
    isShowing = true
    chat.clear()
    isShowing = false
    endTurn()
    lastSnapshot = chat.getSnapshot()
    void history.writeNote(currentKey, '')
    if (tabs) leaveDraft(history.name, undefined)
  }

  function flush(): void {
    checkpoint()
    writeDraft()
  }

  function leavePage(): void {
    const isUnwritten = draftTimer !== undefined
    flush()
    if (!tabs || !(isUnwritten || draft !== '')) return
    leaveDraft(history.name, { conversationId: entry.id, draft })
  }

  const unsubscribe = chat.subscribe(onChange)
  const { document: page } = globalThis
  globalThis.addEventListener?.('pagehide', leavePage, { signal: ended.signal })
  // A phone ends a page in the background without another word.
  page?.addEventListener('visibilitychange', () => page.hidden && leavePage(), {
    signal: ended.signal,
  })
  const restored = restore()
  checkpoint()

  return {
    restored,
    get currentId() {
      return entry.id
    },
    get draft() {
      return draft
    },
    setDraft: (text) => {
      if (text === draft) return
      draft = text
      draftTimer ??= setTimeout(writeDraft, draftMs)
    },
    onDraft: (listener) => {
      draftListeners.add(listener)
      return () => void draftListeners.delete(listener)
    },
    offerDraft,
    list: () => history.list(),
    onListChange: (listener) => {
      listListeners.add(listener)
      return () => void listListeners.delete(listener)
    },
    resume: async (id) => {
      const opening = id === entry.id ? null : await read(id)
      if (!opening || ended.signal.aborted) return
      flush()
      // Stops a running reply and keeps it under its own conversation.
      chat.clear()
      open(opening)
      offerDraft(opening.storedDraft)
      void history.writeNote(currentKey, id)
    },
    rename: async (id, title) => {
      if (id === entry.id) entry = { ...entry, title }
      await history.rename(id, title)
      tabs?.post({ type: 'changed', entry: { ...entry, id, title }, messages: [] })
      tellList()
    },
    remove: async (id) => {
      if (id === entry.id) leave()
      await history.remove(id)
      tabs?.post({ type: 'removed', id })
      tellList()
    },
    forget: async () => {
      leave()
      await history.clear()
      tellList()
    },
    beginTurn,
    stopElsewhere: () => tabs?.post({ type: 'stop', id: entry.id }),
    dispose: () => {
      flush()
      ended.abort()
      endTurn()
      unsubscribe()
      clearTimeout(checkpointTimer)
      clearTimeout(graceTimer)
      draftListeners.clear()
      listListeners.clear()
      tabs?.close()
    },
  }
}

function emptyEntry(): ConversationEntry {
  return {
    id: '',
    title: '',
    createdAtMs: 0,
    updatedAtMs: 0,
    headId: null,
    serverConversationId: null,
  }
}

function draftKey(id: string): string {
  return `draft:${id}`
}

function toTitle(messages: ReadonlyMap<string, Message>): string {
  const [question] = toOrdered(messages)
  const text = question?.parts.find((part) => part.type === 'text')?.text ?? ''
  return text.replace(/\s+/g, ' ').trim().slice(0, titleLength)
}

/** The newest message that goes on from the one shown last. */
function newestAfter(headId: string | null, ordered: readonly Message[]): string | null {
  let newest = headId
  for (const { id, parentId } of ordered) if (parentId === newest) newest = id
  return newest
}
