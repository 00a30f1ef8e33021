import type { FileHandle } from 'node:fs/promises'
import type { PaymentStore } from './paymentStore.ts'

/** Stores of this process by path: two of one file would write over each other. */
const stores = new Map<string, PaymentStore>()

/**
 * Keeps everything in one JSON file, on the disk before a payment is sent: each change is written anew, flushed and put
 * in place at once, so that a crash leaves the old file or the new one. `<path>.lock` names the process that uses it;
 * another one is refused, because two would sign for the same channels. Needs Node, Bun or Deno.
 */
export function createFilePaymentStore(path: string): PaymentStore {
  const known = stores.get(path)
  if (known) return known
  const store = openFile(path)
  stores.set(path, store)
  return store
}

function openFile(path: string): PaymentStore {
  let opened: Promise<Map<string, string>> | undefined
  let written: Promise<void> = Promise.resolve()

  async function read(): Promise<Map<string, string>> {
    const { readFile } = await import('node:fs/promises')
    await lock(path)
    try {
      return new Map(
        Object.entries(JSON.parse(await readFile(path, 'utf8')) as Record<string, string>),
      )
    } catch (cause) {
      // A file that is there and cannot be read must not be taken for an empty one: it would be written over.
      if (codeOf(cause) === 'ENOENT') return new Map()
      throw cause
    }
  }

  async function write(): Promise<void> {
    const { open, rename } = await import('node:fs/promises')
    const file = await open(`${path}.new`, 'w', 0o600)
    await writeAndClose(file, JSON.stringify(Object.fromEntries(await load())))
    await rename(`${path}.new`, path)
  }

  /** A failed beginning is tried again by the next call, as when the other process has ended meanwhile. */
  function load(): Promise<Map<string, string>> {
    if (opened) return opened
    const opening = read()
    opened = opening
    opening.catch(() => (opened = undefined))
    return opening
  }
  const save = () => (written = written.catch(() => {}).then(write))

  return {
    get: async (key) => (await load()).get(key),
    async set(key, value) {
      ;(await load()).set(key, value)
      await save()
    },
    async delete(key) {
      ;(await load()).delete(key)
      await save()
    },
  }
}

async function writeAndClose(file: FileHandle, text: string): Promise<void> {
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

const settleMs = 100

/** Takes the file for this process. The lock of one that has ended is taken over. */
async function lock(path: string): Promise<void> {
  const { readFile, rm, writeFile } = await import('node:fs/promises')
  const { hostname } = await import('node:os')
  const lockPath = `${path}.lock`
  const own = `${process.pid} ${hostname()}`
  let isTakenOver = false
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      await writeFile(lockPath, own, { flag: 'wx', mode: 0o600 })
      if (!isTakenOver) return
      // Two that found the same dead lock may each have removed it; the last one to write has it.
      await new Promise((resolve) => setTimeout(resolve, settleMs))
      if ((await readFile(lockPath, 'utf8')) === own) return
      break
    } catch (cause) {
      if (codeOf(cause) !== 'EEXIST') throw cause
    }
    const holder = await readFile(lockPath, 'utf8')
    if (holder === own) return
    const [holderPid, holderHost] = holder.split(' ')
    if (holderHost !== hostname() || isAlive(Number(holderPid))) {
      throw new Error(
        `The payment store ${path} is used by process ${holder}. Give each process a file of its own; if that one has ended, delete ${lockPath}.`,
      )
    }
    await rm(lockPath, { force: true })
    isTakenOver = true
  }
  throw new Error(`The payment store ${path} was taken by another process at the same moment.`)
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (cause) {
    // One of another user is there, and may not be sent a signal.
    return codeOf(cause) === 'EPERM'
  }
}

function codeOf(cause: unknown): unknown {
  return (cause as { code?: unknown } | null)?.code
}
