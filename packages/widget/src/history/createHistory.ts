import type { Message } from '@parlance/core'
import { type DBSchema, deleteDB, type IDBPDatabase, openDB } from 'idb'
import {
  type ConversationEntry,
  type ConversationRecord,
  readConversationEntry,
  readMessages,
  toPlainMessage,
} from './conversationRecord.ts'

/** Conversations kept on this device. No call ever rejects: where storage fails, memory serves. */
export interface History {
  readonly name: string
  /** `device`: survives a reload. `memory`: storage is refused, broken or not wanted. */
  readonly place: 'device' | 'memory'
  /** Newest first. */
  list(): Promise<readonly ConversationEntry[]>
  read(id: string): Promise<ConversationRecord | null>
  /** Keeps the entry and the messages that changed; `all` is asked where the device gave up and memory begins. */
  write(
    entry: ConversationEntry,
    changed: readonly Message[],
    all: () => Iterable<Message>,
  ): Promise<void>
  rename(id: string, title: string): Promise<void>
  remove(id: string): Promise<void>
  /** Forgets everything, on the device too. */
  clear(): Promise<void>
  /** A short text kept beside the conversations, such as a draft; empty when there is none. */
  readNote(key: string): Promise<string>
  writeNote(key: string, text: string): Promise<void>
  close(): void
}

export interface HistoryOptions {
  /** Keeps sites, relays and people on one device apart. */
  readonly name: string
  /** Default `device`. */
  readonly place?: 'device' | 'memory' | undefined
  /** Most conversations kept; the ones longest untouched go first. Default 50. */
  readonly maxConversations?: number | undefined
}

/** Where things are put: on the device, or in memory. A message is a row of its own, so that two tabs never overwrite each other's. */
interface Shelf {
  entries(): Promise<readonly unknown[]>
  entry(id: string): Promise<unknown>
  messages(id: string): Promise<readonly unknown[]>
  put(entry: ConversationEntry, messages: readonly Message[]): Promise<void>
  remove(id: string): Promise<void>
  note(key: string): Promise<unknown>
  putNote(key: string, text: string): Promise<void>
  close(): void
}

interface Schema extends DBSchema {
  entries: { key: string; value: unknown }
  messages: { key: [conversationId: string, messageId: string]; value: unknown }
  notes: { key: string; value: string }
}

/** Some browsers never answer a request for a database they are unsure of. */
const longestOpenMs = 3_000

const databaseName = (name: string): string => `parlance:${name}`
const messagesOf = (id: string): IDBKeyRange => IDBKeyRange.bound([id], [id, []])

function memoryShelf(): Shelf {
  const entries = new Map<string, ConversationEntry>()
  const messages = new Map<string, Map<string, Message>>()
  const notes = new Map<string, string>()
  return {
    entries: async () => [...entries.values()],
    entry: async (id) => entries.get(id),
    messages: async (id) => [...(messages.get(id)?.values() ?? [])],
    put: async (entry, changed) => {
      entries.set(entry.id, entry)
      const kept = messages.get(entry.id) ?? new Map<string, Message>()
      for (const message of changed) kept.set(message.id, message)
      messages.set(entry.id, kept)
    },
    remove: async (id) => {
      entries.delete(id)
      messages.delete(id)
      notes.delete(`draft:${id}`)
    },
    note: async (key) => notes.get(key),
    putNote: async (key, text) => void notes.set(key, text),
    close: () => undefined,
  }
}

function deviceShelf(database: IDBPDatabase<Schema>): Shelf {
  return {
    entries: () => database.getAll('entries'),
    entry: (id) => database.get('entries', id),
    messages: (id) => database.getAll('messages', messagesOf(id)),
    put: async (entry, changed) => {
      const transaction = database.transaction(['entries', 'messages'], 'readwrite')
      const requests = [
        transaction.objectStore('entries').put(entry, entry.id),
        ...changed.map((message) =>
          transaction.objectStore('messages').put(toPlainMessage(message), [entry.id, message.id]),
        ),
      ]
      // By itself it would commit after an answer, which a page that is being left does not hear any more.
      transaction.commit()
      await Promise.all([...requests, transaction.done])
    },
    remove: async (id) => {
      const transaction = database.transaction(['entries', 'messages', 'notes'], 'readwrite')
      await Promise.all([
        transaction.objectStore('entries').delete(id),
        transaction.objectStore('messages').delete(messagesOf(id)),
        transaction.objectStore('notes').delete(`draft:${id}`),
        transaction.done,
      ])
    },
    note: (key) => database.get('notes', key),
    putNote: async (key, text) => {
      const transaction = database.transaction('notes', 'readwrite')
      const request = transaction.store.put(text, key)
      transaction.commit()
      await Promise.all([request, transaction.done])
    },
    close: () => database.close(),
  }
}

async function openDevice(name: string): Promise<Shelf> {
  const opening = openDB<Schema>(databaseName(name), 1, {
    upgrade(created) {
      created.createObjectStore('entries')
      created.createObjectStore('messages')
      created.createObjectStore('notes')
    },
    // Another tab deletes it or wants a newer version: let go, or that waits for ever.
    blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
  })
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, longestOpenMs, null)
  })
  const database = await Promise.race([opening, late]).finally(() => clearTimeout(timer))
  if (database) return deviceShelf(database)
  void opening.then((tooLate) => tooLate.close()).catch(() => undefined)
  throw new Error(`No answer from the database within ${longestOpenMs} ms.`)
}

/** Opens the store at first use, so that a chat nobody opens leaves nothing behind. */
export function createHistory(options: HistoryOptions): History {
  const { name, maxConversations = 50 } = options
  let place = options.place ?? 'device'
  let shelf: Promise<Shelf> | undefined

  function giveUpDevice(cause: unknown): Shelf {
    if (place === 'device') {
      console.warn(
        'Parlance: this browser refuses storage, so conversations last until the page is left.',
        cause,
      )
    }
    place = 'memory'
    const memory = memoryShelf()
    shelf = Promise.resolve(memory)
    return memory
  }

  function theShelf(): Promise<Shelf> {
    shelf ??=
      place === 'memory' ? Promise.resolve(memoryShelf()) : openDevice(name).catch(giveUpDevice)
    return shelf
  }

  /** Runs on the device, and once more in memory when the device fails. */
  async function withShelf<T>(
    run: (current: Shelf) => Promise<T>,
    again: (memory: Shelf) => Promise<T> = run,
  ): Promise<T> {
    const asked = theShelf()
    const current = await asked
    try {
      return await run(current)
    } catch (error) {
      // Another call may have given up in the meantime.
      return again(shelf === asked || !shelf ? giveUpDevice(error) : await shelf)
    }
  }

  async function entries(current: Shelf): Promise<ConversationEntry[]> {
    const all = await current.entries()
    return all
      .flatMap((value) => readConversationEntry(value) ?? [])
      .sort((one, other) => other.updatedAtMs - one.updatedAtMs)
  }

  const written = new Set<string>()

  async function put(
    current: Shelf,
    entry: ConversationEntry,
    changed: readonly Message[],
  ): Promise<void> {
    for (;;) {
      try {
        await current.put(entry, changed)
        break
      } catch (error) {
        // A full disk: the oldest conversation makes room for the one in front of the visitor.
        const oldest = (await entries(current)).findLast(({ id }) => id !== entry.id)
        if ((error as DOMException).name !== 'QuotaExceededError' || !oldest) throw error
        await current.remove(oldest.id)
      }
    }
    if (written.has(entry.id)) return
    written.add(entry.id)
    const others = (await entries(current)).filter(({ id }) => id !== entry.id)
    for (const { id } of others.slice(Math.max(0, maxConversations - 1))) await current.remove(id)
  }

  return {
    name,
    get place() {
      return place
    },
    list: () => withShelf(entries),
    read: (id) =>
      withShelf(async (current) => {
        const entry = readConversationEntry(await current.entry(id))
        return entry && { ...entry, messages: readMessages(await current.messages(id)) }
      }),
    write: (entry, changed, all) =>
      withShelf(
        (current) => put(current, entry, changed),
        (memory) => put(memory, entry, [...all()]),
      ),
    rename: (id, title) =>
      withShelf(async (current) => {
        const entry = readConversationEntry(await current.entry(id))
        if (entry) await current.put({ ...entry, title }, [])
      }),
    remove: (id) => withShelf((current) => current.remove(id)),
    clear: async () => {
      const current = await shelf
      shelf = undefined
      written.clear()
      current?.close()
      // Also where memory serves: an earlier visit may have left something on the device.
      await deleteDB(databaseName(name)).catch(() => undefined)
    },
    readNote: (key) =>
      withShelf(async (current) => {
        const text = await current.note(key)
        return typeof text === 'string' ? text : ''
      }),
    writeNote: (key, text) => withShelf((current) => current.putNote(key, text)),
    close: () => {
      void shelf?.then((current) => current.close())
      shelf = undefined
    },
  }
}
