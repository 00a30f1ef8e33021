import { type Chat, type Message, messageOf, textOf } from '@parlance/core'
import {
  type ConversationEntry,
  emptyEntry,
  readConversationEntry,
  readMessages,
  toPlainMessage,
} from './conversationRecord.ts'
import type { History } from './createHistory.ts'
import { createTabs, type Tabs } from './createTabs.ts'
import { leavePage, takeUpLeftPage } from './leftPage.ts'
import { mergeMessages, toOrdered } from './mergeMessages.ts'
import { isGrowing } from '../turn/isGrowing.ts'

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

const saveMs = 1_000
/** What another tab said last may come after the news that it has ended. */
const graceMs = 2_000
const titleLength = 80
const currentKey = 'current'

/**
 * Keeps what a chat says: at once when a turn begins or ends, once a second while a reply grows, and when the page is
 * left. Brings it back, and keeps the tabs of a site in step. A tab writes only messages that were made in it, so no
 * order of events between tabs loses or doubles one.
 */
export function keepConversation(chat: Chat, history: History, options: KeepOptions = {}): Keeper {
  const ended = new AbortController()
  const { signal } = ended
  const draftListeners = new Set<(draft: string) => void>()
  const listListeners = new Set<() => void>()
  /** Versions that came from here or went there: what is not among them was made in this tab. */
  const seen = new WeakSet<Message>()
  /** What went there and was not confirmed yet. */
  const unwritten = new Map<string, Message>()
  let writingCount = 0
  let entry = emptyEntry
  let known: ReadonlyMap<string, Message> = new Map()
  const atFirst = chat.getSnapshot()
  let lastSnapshot = atFirst
  let isShowing = false
  let mustShow = false
  let draft = ''
  let isDraftNew = false
  let saveTimer: ReturnType<typeof setTimeout> | undefined
  let turn: { readonly end: AbortController; readonly lease: Promise<() => void> } | undefined
  let watchedId = ''
  let graceTimer: ReturnType<typeof setTimeout> | undefined

  // A visitor whose storage is not used shall not be heard of by other tabs either.
  const tabs: Tabs | undefined =
    history.place === 'device'
      ? (options.createTabs ?? createTabs)(`parlance:${history.name}`, onTabMessage)
      : undefined

  const isBusy = (): boolean => isGrowing(chat.getSnapshot().status)
  const hasGrowing = (): boolean => [...known.values()].some(({ status }) => isGrowing(status))

  // What this tab writes.

  function onChange(): void {
    if (isShowing) return
    const snapshot = chat.getSnapshot()
    const before = lastSnapshot
    lastSnapshot = snapshot
    const isTurning = snapshot.status !== before.status || snapshot.messageIds !== before.messageIds
    if (isTurning) save()
    else saveTimer ??= setTimeout(save, saveMs)
    if (isBusy()) return
    endTurn()
    // Not at once: a turn that waited for this one begins within this task.
    if (mustShow) queueMicrotask(() => mustShow && !isBusy() && show(true))
  }

  /** Writes what is not yet written. */
  function save(): void {
    clearTimeout(saveTimer)
    saveTimer = undefined
    saveMessages()
    if (isDraftNew) writeNote(draftKey(entry.id), draft)
    isDraftNew = false
  }

  function saveMessages(): void {
    const snapshot = chat.getSnapshot()
    const { messages } = snapshot.tree
    if (messages.size === 0) {
      if (known.size === 0) return
      letGo()
      isDraftNew = true
      return
    }
    const changed = [...messages.keys()]
      .map((id) => messageOf(snapshot, id)!)
      .filter((message) => !seen.has(message))
    for (const message of changed) seen.add(message)
    const headId = snapshot.messageIds.at(-1) ?? null
    const { serverConversationId } = snapshot
    const isSame = headId === entry.headId && serverConversationId === entry.serverConversationId
    if (changed.length === 0 && isSame) return
    known = mergeMessages(known, changed)
    const updatedAtMs = Date.now()
    const [first] = changed
    if (first && entry.id === '') {
      entry = { ...entry, id: first.id, title: toTitle(first), createdAtMs: updatedAtMs }
      writeNote(currentKey, entry.id)
      writeNote(draftKey(''), '')
    }
    entry = { ...entry, updatedAtMs, headId, serverConversationId }
    void writeEntry(entry, changed)
  }

  async function writeEntry(next: ConversationEntry, messages: readonly Message[]): Promise<void> {
    for (const message of messages) unwritten.set(message.id, message)
    tabs?.post({ type: 'changed', entry: next, messages: messages.map(toPlainMessage) })
    await write(history.write(next, messages))
    tellList()
  }

  function writeNote(key: string, text: string): void {
    void write(history.writeNote(key, text))
  }

  /** Knows of what is being written until it is, for a page that is left in between. */
  async function write(writing: Promise<void>): Promise<void> {
    writingCount++
    await writing
    if (--writingCount > 0) return
    unwritten.clear()
    leavePage(history.name, undefined)
  }

  /** Lets go of the conversation: it stays kept, and the next message begins another. */
  function letGo(): void {
    entry = emptyEntry
    known = new Map()
    unwritten.clear()
    writeNote(currentKey, '')
  }

  // What this tab shows.

  /**
   * Puts what is known in front of the visitor, on the branch they are on. A reply that is not whole grows in another
   * tab, or was cut off.
   */
  function show(growsElsewhere: boolean): void {
    mustShow = false
    const messages = toOrdered(known)
    // The newest message that goes on from the one shown last.
    let { headId } = entry
    for (const { id, parentId } of messages) if (parentId === headId) headId = id
    isShowing = true
    chat.setMessages(messages, { ...entry, headId, growsElsewhere })
    isShowing = false
    lastSnapshot = chat.getSnapshot()
    for (const message of lastSnapshot.tree.messages.values()) seen.add(message)
    entry = { ...entry, headId: lastSnapshot.messageIds.at(-1) ?? null }
    if (growsElsewhere && hasGrowing()) void watch(entry.id)
  }

  /** Opens a kept conversation with its draft. Whoever has begun to ask or to write is not disturbed by a `restore`. */
  async function open(id: string, why: 'wanted' | 'restore'): Promise<void> {
    const record = await history.read(id)
    const isElsewhere = (await tabs?.isLeased(id)) ?? false
    const storedDraft = await history.readNote(draftKey(id))
    const isWanted = why === 'restore' ? chat.getSnapshot() === atFirst : record !== null
    if (signal.aborted || !isWanted) return
    if (record) {
      save()
      // Stops a running reply and keeps it under its own conversation.
      chat.clear()
      const { messages, ...rest } = record
      entry = rest
      known = mergeMessages(new Map(), messages)
      show(isElsewhere)
      writeNote(currentKey, id)
    }
    if (why === 'wanted' || draft === '') offerDraft(storedDraft)
  }

  async function restore(): Promise<void> {
    if (tabs) await takeUpLeftPage(history)
    if (atFirst.messageIds.length === 0) await open(await history.readNote(currentKey), 'restore')
  }

  // What other tabs do.

  function onTabMessage(data: unknown): void {
    const { type, entry: told, messages } = Object(data) as Record<string, unknown>
    if (type !== 'stop') tellList()
    const theirs = readConversationEntry(told)
    if (theirs?.id !== entry.id || entry.id === '') return
    if (type === 'stop') chat.stop()
    if (type === 'removed') leave()
    if (type !== 'changed') return
    const before = known
    known = mergeMessages(known, readMessages(messages))
    const serverConversationId = theirs.serverConversationId ?? entry.serverConversationId
    entry = { ...entry, title: theirs.title, serverConversationId }
    if (known === before) return
    if (isBusy()) mustShow = true
    else show(true)
  }

  /** Waits for the tab that streams. If it was closed or crashed, its reply is cut off: shown so, and kept as it was. */
  async function watch(id: string): Promise<void> {
    if (!tabs || watchedId === id) return
    watchedId = id
    const giveBack = await tabs.lease(id, signal)
    giveBack()
    const before = known
    await new Promise((resolve) => {
      graceTimer = setTimeout(resolve, graceMs)
    })
    watchedId = ''
    if (signal.aborted || entry.id !== id || !hasGrowing()) return
    if (known !== before || isBusy()) return watch(id)
    show(false)
  }

  async function beginTurn(): Promise<void> {
    if (!tabs || entry.id === '' || !isBusy()) return
    if (!turn) {
      const end = new AbortController()
      turn = { end, lease: tabs.lease(entry.id, end.signal) }
    }
    await turn.lease
  }

  function endTurn(): void {
    turn?.end.abort()
    void turn?.lease.then((giveBack) => giveBack())
    turn = undefined
  }

  // Drafts and the list.

  function offerDraft(text: string): void {
    draft = text
    for (const listener of draftListeners) listener(text)
  }

  function tellList(): void {
    for (const listener of listListeners) listener()
  }

  /** Empties the chat, for its conversation was removed. */
  function leave(): void {
    letGo()
    chat.clear()
    leavePage(history.name, undefined)
  }

  function onLeave(): void {
    save()
    if (writingCount > 0 && history.place === 'device') {
      leavePage(history.name, { entry, draft, messages: [...unwritten.values()] })
    }
  }

  const unsubscribe = chat.subscribe(onChange)
  // A phone ends a page in the background without another word.
  for (const type of ['pagehide', 'visibilitychange']) {
    globalThis.addEventListener?.(type, onLeave, { signal })
  }
  const restored = restore()
  save()

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
      isDraftNew = true
      saveTimer ??= setTimeout(save, saveMs)
    },
    onDraft: (listener) => {
      draftListeners.add(listener)
      return () => void draftListeners.delete(listener)
    },
    offerDraft,
    list: history.list,
    onListChange: (listener) => {
      listListeners.add(listener)
      return () => void listListeners.delete(listener)
    },
    resume: async (id) => {
      if (id !== entry.id) await open(id, 'wanted')
    },
    rename: async (id, title) => {
      const kept = (await history.list()).find((each) => each.id === id)
      if (id === entry.id) entry = { ...entry, title }
      if (kept) await writeEntry({ ...kept, title }, [])
    },
    remove: async (id) => {
      if (id === entry.id) leave()
      await history.remove(id)
      tabs?.post({ type: 'removed', entry: { id } })
      tellList()
    },
    forget: async () => {
      leave()
      await history.clear()
      tellList()
    },
    beginTurn,
    stopElsewhere: () => tabs?.post({ type: 'stop', entry }),
    dispose: () => {
      save()
      ended.abort()
      endTurn()
      unsubscribe()
      clearTimeout(graceTimer)
      tabs?.close()
    },
  }
}

function draftKey(id: string): string {
  return `draft:${id}`
}

function toTitle(question: Message): string {
  return textOf(question).replace(/\s+/g, ' ').trim().slice(0, titleLength)
}
