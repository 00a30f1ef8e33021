import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { createFilePaymentStore } from './createFilePaymentStore.ts'
import { startProcess } from '../fixtures/startProcess.ts'

const counter = join(import.meta.dirname, 'fixtures/storeProcess.ts')

async function file() {
  const path = await mkdtemp(join(tmpdir(), 'payments-'))
  onTestFinished(() => rm(path, { recursive: true }))
  return join(path, 'channels.json')
}

it('keeps what it was given, in a file that only its owner may read', async () => {
  const path = await file()
  const store = createFilePaymentStore(path)
  await Promise.all(Array.from({ length: 20 }, async (_, at) => store.set(`k${at}`, `v${at}`)))
  await store.delete('k0')
  // A second one of the same process is the same.
  const same = createFilePaymentStore(path)
  expect(await same.get('k0')).toBeUndefined()
  expect(await same.get('k19')).toBe('v19')
  expect(Object.keys(JSON.parse(await readFile(path, 'utf8')) as object)).toHaveLength(19)
  expect((await stat(path)).mode & 0o777).toBe(0o600)
})

it('is found again by the next process after the one before was killed', async () => {
  const path = await file()
  for (const found of [0, 1, 2]) {
    const { read, kill } = startProcess(counter, [path])
    expect(await read()).toEqual({ found })
    await kill()
  }
})

it('refuses a second process while the first one lives', async () => {
  const path = await file()
  const first = startProcess(counter, [path])
  expect(await first.read()).toEqual({ found: 0 })
  const second = startProcess(counter, [path])
  expect(await second.read()).toEqual({ error: expect.stringContaining('is used by process') })
  const store = createFilePaymentStore(path)
  await expect(store.set('count', '99')).rejects.toThrow('a file of its own')
  expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({ count: '1' })
  await first.kill()
  expect(await store.get('count')).toBe('1')
})

it('is had by one alone of several that find a dead lock at the same moment', async () => {
  const path = await file()
  const dead = startProcess(counter, [path])
  await dead.read()
  await dead.kill()
  const starting = Array.from({ length: 4 }, () => startProcess(counter, [path]))
  const told = await Promise.all(starting.map(({ read }) => read()))
  expect(told.filter((one) => (one as { found?: number }).found === 1)).toHaveLength(1)
  expect(told.filter((one) => (one as { error?: string }).error)).toHaveLength(3)
  expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({ count: '2' })
})

it('does not take a lock of another machine, whose processes it cannot see', async () => {
  const path = await file()
  await writeFile(`${path}.lock`, `1 other-than-${hostname()}`)
  await expect(createFilePaymentStore(path).get('a')).rejects.toThrow('delete')
})

it('never writes over a file that it cannot read', async () => {
  const path = await file()
  await writeFile(path, '{"slot:0:chan": "cut o')
  const store = createFilePaymentStore(path)
  await expect(store.set('a', 'b')).rejects.toThrow(SyntaxError)
  expect(await readFile(path, 'utf8')).toContain('cut o')
  expect(await readdir(join(path, '..'))).toEqual(['channels.json', 'channels.json.lock'])
})
