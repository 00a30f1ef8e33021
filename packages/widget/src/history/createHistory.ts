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
  /** Keeps the entry and the messages that changed. */
  write(entry: ConversationEntry, changed: readonly Message[]): Promise<void>
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
  /** Default `device`; on a server always `memory`. */
  readonly place?: 'device' | 'memory' | undefined
  /** Most conversations kept, at least 1; the ones longest untouched go first. Default 50. */
  readonly maxConversations?: number | undefined
}

/** Key of a row: what it is, then ids. A message is a row of its own, so that two tabs never overwrite each other's. */
type Key = ['entry' | 'message' | 'note', ...ids: string[]]
type Row = readonly [key: Key, value: unknown]

/** Some browsers never answer a request for a database they are unsure of. */
const longestOpenMs = 3_000

const storeName = 'kept'

function openDatabase(name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(toDatabaseName(name), 1)
    request.onupgradeneeded = () => request.result.createObjectStore(storeName)
    const late = AbortSignal.timeout(longestOpenMs)
    late.onabort = () => reject(late.reason as DOMException)
    promisifyRequest(request).then((database) => {
      // Another tab deletes it or wants a newer version: let go, or that waits for ever.
      database.onversionchange = () => database.close()
      resolve(database)
    }, reject)
  })
}

/** Opens the database at first use, so that a chat nobody opens leaves nothing behind. */
export function createHistory(options: HistoryOptions): History {
  const { name, maxConversations = 50 } = options
  // A server has no device; what it makes beside its pages must not fail there.
  let place = typeof document === 'undefined' ? 'memory' : (options.place ?? 'device')
  let database: Promise<IDBDatabase> | undefined
  /** What this tab has read and written: all there is where the device fails. */
  const memory = new Map<string, unknown>()

  function remember(rows: readonly Row[]): void {
    for (const [key, value] of rows) memory.set(JSON.stringify(key), value)
  }

  function rememberedFrom(start: Key): readonly string[] {
    const text = JSON.stringify(start).slice(0, -1)
    return [...memory.keys()].filter((key) => key.startsWith(text))
  }

  /** Does something on the device; null where there is none. A full one is tried again while room can be made. */
  async function onDevice<T>(
    mode: IDBTransactionMode,
    run: (store: IDBObjectStore) => Promise<T>,
    makeRoom?: () => Promise<boolean>,
  ): Promise<T | null> {
    if (place === 'memory') return null
    try {
      database ??= openDatabase(name)
      return await run((await database).transaction(storeName, mode).objectStore(storeName))
    } catch (error) {
      const isFull = (error as DOMException).name === 'QuotaExceededError'
      if (isFull && (await makeRoom?.())) return onDevice(mode, run, makeRoom)
      if (place === 'device') {
        console.warn(
          'Parlance: this browser refuses storage, so conversations last until the page is left.',
          error,
        )
      }
      place = 'memory'
      return null
    }
  }

  /** All values whose keys begin like this. */
  async function read(...start: Key): Promise<readonly unknown[]> {
    const values = await onDevice('readonly', (store) =>
      promisifyRequest<unknown[]>(store.getAll(rangeFrom(start))),
    )
    return values ?? rememberedFrom(start).map((key) => memory.get(key))
  }

  /** Puts rows, and takes away those whose keys begin like one of `gone`: all of it or nothing. */
  async function change(
    rows: readonly Row[],
    gone: readonly Key[] = [],
    makeRoom?: () => Promise<boolean>,
  ): Promise<void> {
    remember(rows)
    for (const key of gone.flatMap(rememberedFrom)) memory.delete(key)
    await onDevice(
      'readwrite',
      async (store) => {
        for (const [key, value] of rows) store.put(value, key)
        for (const start of gone) store.delete(rangeFrom(start))
        // By itself it would commit after an answer, which a page that is being left does not hear any more.
        store.transaction.commit()
        await promisifyRequest(store.transaction)
      },
      makeRoom,
    )
  }

  async function list(): Promise<ConversationEntry[]> {
    const values = await read('entry')
    return values
      .flatMap((value) => readConversationEntry(value) ?? [])
      .sort((one, other) => other.updatedAtMs - one.updatedAtMs)
  }

  const remove = (id: string): Promise<void> =>
    change(
      [],
      [
        ['entry', id],
        ['message', id],
        ['note', `draft:${id}`],
      ],
    )

  /** Removes the conversations beside this one, newest first, from this place of the list on; whether there were any. */
  async function removeOthers(id: string, from: number): Promise<boolean> {
    const others = (await list()).filter((entry) => entry.id !== id).slice(from)
    for (const other of others) await remove(other.id)
    return others.length > 0
  }

  function close(): void {
    void database?.then(
      (opened) => opened.close(),
      () => undefined,
    )
    database = undefined
  }

  return {
    name,
    get place() {
      return place
    },
    list,
    read: async (id) => {
      const entry = (await list()).find((each) => each.id === id)
      if (!entry) return null
      const messages = readMessages(await read('message', id))
      remember(toRows(entry, messages))
      return { ...entry, messages }
    },
    write: async (entry, changed) => {
      // Room for the one in front of the visitor is made by the oldest.
      await change(toRows(entry, changed), [], () => removeOthers(entry.id, -1))
      await removeOthers(entry.id, maxConversations - 1)
    },
    remove,
    clear: async () => {
      memory.clear()
      close()
      // Also where memory serves: an earlier visit may have left something on the device.
      try {
        await promisifyRequest(indexedDB.deleteDatabase(toDatabaseName(name)))
      } catch {
        // A browser that refuses storage holds none.
      }
    },
    readNote: async (key) => {
      const [text] = await read('note', key)
      return typeof text === 'string' ? text : ''
    },
    writeNote: (key, text) => change([[['note', key], text]]),
    close,
  }
}

function rangeFrom(start: Key): IDBKeyRange {
  return IDBKeyRange.bound(start, [...start, []])
}

function toRows(entry: ConversationEntry, messages: readonly Message[]): readonly Row[] {
  return [
    [['entry', entry.id], entry],
    ...messages.map((each): Row => [['message', entry.id, each.id], toPlainMessage(each)]),
  ]
}
