import type { Message } from '@parlance/core'
import { promisifyRequest } from 'idb-keyval'
import {
  type ConversationEntry,
  type ConversationRecord,
  readConversationEntry,
  readMessages,
  toPlainMessage,
} from './conversationRecord.ts'
import { toDatabaseName } from './hasKept.ts'

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

/** Key of a row: what it is, then ids. A message is a row of its own, so that two tabs never overwrite each other's. */
type Key = readonly ['entry' | 'message' | 'note', ...ids: string[]]

/** Where rows are put: on the device, or in memory. */
interface Shelf {
  read(key: Key): Promise<unknown>
  /** All rows whose keys begin like this. */
  readAll(...start: Key): Promise<readonly unknown[]>
  /** Puts rows, and takes away those whose keys begin like one of `gone`: all of it or nothing. */
  change(rows: readonly (readonly [Key, unknown])[], gone?: readonly Key[]): Promise<void>
  close(): void
}

/** Some browsers never answer a request for a database they are unsure of. */
const longestOpenMs = 3_000

const storeName = 'kept'

function memoryShelf(): Shelf {
  const kept = new Map<string, unknown>()
  const keysFrom = (start: Key): readonly string[] => {
    const text = JSON.stringify(start).slice(0, -1)
    return [...kept.keys()].filter((key) => key.startsWith(text))
  }
  return {
    read: async (key) => kept.get(JSON.stringify(key)),
    readAll: async (...start) => keysFrom(start).map((key) => kept.get(key)),
    change: async (rows, gone = []) => {
      for (const [key, value] of rows) kept.set(JSON.stringify(key), value)
      for (const key of gone.flatMap(keysFrom)) kept.delete(key)
    },
    close: () => undefined,
  }
}

async function openDatabase(name: string): Promise<IDBDatabase> {
  const request = indexedDB.open(toDatabaseName(name), 1)
  request.onupgradeneeded = () => request.result.createObjectStore(storeName)
  const database = await promisifyRequest(request)
  // Another tab deletes it or wants a newer version: let go, or that waits for ever.
  database.onversionchange = () => database.close()
  return database
}

async function openDevice(name: string): Promise<Shelf> {
  const opening = openDatabase(name)
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, longestOpenMs, null)
  })
  const database = await Promise.race([opening, late]).finally(() => clearTimeout(timer))
  if (database) return deviceShelf(database)
  void opening.then((tooLate) => tooLate.close()).catch(() => undefined)
  throw new Error(`No answer from the database within ${longestOpenMs} ms.`)
}

function deviceShelf(database: IDBDatabase): Shelf {
  const open = (mode: IDBTransactionMode): IDBObjectStore =>
    database.transaction(storeName, mode).objectStore(storeName)
  const from = (start: Key): IDBKeyRange => IDBKeyRange.bound([...start], [...start, []])
  return {
    read: async (key) => promisifyRequest<unknown>(open('readonly').get([...key])),
    readAll: async (...start) => promisifyRequest<unknown[]>(open('readonly').getAll(from(start))),
    change: async (rows, gone = []) => {
      const store = open('readwrite')
      for (const [key, value] of rows) store.put(value, [...key])
      for (const start of gone) store.delete(from(start))
      // By itself it would commit after an answer, which a page that is being left does not hear any more.
      store.transaction.commit()
      await promisifyRequest(store.transaction)
    },
    close: () => database.close(),
  }
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
    const all = await current.readAll('entry')
    return all
      .flatMap((value) => readConversationEntry(value) ?? [])
      .sort((one, other) => other.updatedAtMs - one.updatedAtMs)
  }

  function remove(current: Shelf, id: string): Promise<void> {
    return current.change(
      [],
      [
        ['entry', id],
        ['message', id],
        ['note', `draft:${id}`],
      ],
    )
  }

  const written = new Set<string>()

  async function put(
    current: Shelf,
    entry: ConversationEntry,
    changed: readonly Message[],
  ): Promise<void> {
    for (;;) {
      try {
        await current.change([
          [['entry', entry.id], entry],
          ...changed.map((each) => [['message', entry.id, each.id], toPlainMessage(each)] as const),
        ])
        break
      } catch (error) {
        // A full disk: the oldest conversation makes room for the one in front of the visitor.
        const oldest = (await entries(current)).findLast(({ id }) => id !== entry.id)
        if ((error as DOMException).name !== 'QuotaExceededError' || !oldest) throw error
        await remove(current, oldest.id)
      }
    }
    if (written.has(entry.id)) return
    written.add(entry.id)
    const others = (await entries(current)).filter(({ id }) => id !== entry.id)
    for (const { id } of others.slice(Math.max(0, maxConversations - 1))) await remove(current, id)
  }

  return {
    name,
    get place() {
      return place
    },
    list: () => withShelf(entries),
    read: (id) =>
      withShelf(async (current) => {
        const entry = readConversationEntry(await current.read(['entry', id]))
        return entry && { ...entry, messages: readMessages(await current.readAll('message', id)) }
      }),
    write: (entry, changed, all) =>
      withShelf(
        (current) => put(current, entry, changed),
        (memory) => put(memory, entry, [...all()]),
      ),
    rename: (id, title) =>
      withShelf(async (current) => {
        const entry = readConversationEntry(await current.read(['entry', id]))
        if (entry) await current.change([[['entry', id], { ...entry, title }]])
      }),
    remove: (id) => withShelf((current) => remove(current, id)),
    clear: async () => {
      const current = await shelf
      shelf = undefined
      written.clear()
      current?.close()
      // Also where memory serves: an earlier visit may have left something on the device.
      try {
        await promisifyRequest(indexedDB.deleteDatabase(toDatabaseName(name)))
      } catch {
        // A browser that refuses storage holds none.
      }
    },
    readNote: (key) =>
      withShelf(async (current) => {
        const text = await current.read(['note', key])
        return typeof text === 'string' ? text : ''
      }),
    writeNote: (key, text) => withShelf((current) => current.change([[['note', key], text]])),
    close: () => {
      void shelf?.then((current) => current.close())
      shelf = undefined
    },
  }
}
