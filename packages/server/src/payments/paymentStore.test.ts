import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { createFilePaymentStore } from './paymentStore.ts'

async function folder() {
  const path = await mkdtemp(join(tmpdir(), 'payments-'))
  onTestFinished(() => rm(path, { recursive: true }))
  return path
}

it('keeps what it was given for the next process', async () => {
  const path = join(await folder(), 'channels.json')
  const store = createFilePaymentStore(path)
  await Promise.all(Array.from({ length: 20 }, async (_, at) => store.set(`k${at}`, `v${at}`)))
  await store.delete('k0')
  const next = createFilePaymentStore(path)
  expect(await next.get('k0')).toBeUndefined()
  expect(await next.get('k19')).toBe('v19')
  expect(Object.keys(JSON.parse(await readFile(path, 'utf8')) as object)).toHaveLength(19)
})

it('never writes over a file that it cannot read', async () => {
  const path = join(await folder(), 'channels.json')
  await writeFile(path, '{"slot:0:chan": "cut o')
  const store = createFilePaymentStore(path)
  await expect(store.set('a', 'b')).rejects.toThrow(SyntaxError)
  expect(await readFile(path, 'utf8')).toContain('cut o')
  expect(await readdir(join(path, '..'))).toEqual(['channels.json'])
})
