/** Where channels and the day's spending are kept. Losing it strands what is deposited in open channels. */
export interface PaymentStore {
  get(key: string): Promise<string | undefined> | string | undefined
  set(key: string, value: string): Promise<void> | void
  delete(key: string): Promise<void> | void
}

/** Keeps everything in one JSON file, written anew and put in place at once on each change. Needs Node, Bun or Deno. */
export function createFilePaymentStore(path: string): PaymentStore {
  let values: Promise<Map<string, string>> | undefined
  let written: Promise<void> = Promise.resolve()

  async function read(): Promise<Map<string, string>> {
    const { readFile } = await import('node:fs/promises')
    try {
      return new Map(
        Object.entries(JSON.parse(await readFile(path, 'utf8')) as Record<string, string>),
      )
    } catch (cause) {
      // A file that is there and cannot be read must not be taken for an empty one: it would be written over.
      if ((cause as { code?: unknown }).code === 'ENOENT') return new Map()
      throw cause
    }
  }

  async function write(): Promise<void> {
    const { writeFile, rename } = await import('node:fs/promises')
    const text = JSON.stringify(Object.fromEntries(await load()))
    await writeFile(`${path}.new`, text, { mode: 0o600 })
    await rename(`${path}.new`, path)
  }

  const load = () => (values ??= read())
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
