// Compares random documents in pieces, as a whole and with two other parsers. Remembers how far it came:
//   node packages/markdown/scripts/fuzz.mjs [how many in this run, default 100000]
// Prints every difference, and at the end the counts of all runs so far.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { runnerImport } from 'vite'

const root = resolve(import.meta.dirname, '../../..')
const folder = join(root, '.results')
const file = join(folder, 'markdown-fuzz.json')
const source = join(import.meta.dirname, '../src/fixtures/compareParsers.ts')
const { module } = await runnerImport(source, { configFile: false, logLevel: 'error' })

const readState = () => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return { next: 1, same: 0, different: 0, undecided: 0 }
  }
}

const state = readState()
const end = state.next + Number(process.argv[2] ?? 100_000)
mkdirSync(folder, { recursive: true })
while (state.next < end) {
  const seed = state.next++
  const { result, report } = module.compareSeed(seed)
  state[result]++
  if (result !== 'same') console.log(`${result} ${report}`)
  if (seed % 10_000 === 0) writeFileSync(file, JSON.stringify(state))
}
writeFileSync(file, JSON.stringify(state))
console.log(state)
process.exitCode = state.different > 0 ? 1 : 0
