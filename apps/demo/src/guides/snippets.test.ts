import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'

// The snippets of the guide to providers are compiled against the packages, and those that make a provider are run.

const demo = join(import.meta.dirname, '../..')
const guide = readFileSync(join(demo, '../../docs/guides/providers.md'), 'utf8')
const snippets = [...guide.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = '']) => code)
const typescript = dirname(createRequire(import.meta.url).resolve('typescript/package.json'))

/** What a snippet takes from the ones before it, and from the reader's own site. */
const surroundings: readonly (readonly [name: string, code: string])[] = [
  ['createRelay', "import { createRelay } from '@parlance/server'"],
  ['docs', "import { docs } from '@parlance/server/docs'"],
  ['openai', "import { openai } from '@parlance/server'"],
  ['provider', "declare const provider: import('@parlance/server').Provider"],
  ['relay', "declare const relay: import('@parlance/server').Relay"],
  ['pages', "declare const pages: import('@parlance/server/docs').Page[]"],
  [
    'search',
    'declare function search(q: string): Promise<{ title: string; url: string; text: string }[]>',
  ],
]

function toModule(snippet: string): string {
  const isOption = /^\w+: \{/.exec(snippet)?.[0]
  const body = !isOption
    ? snippet
    : isOption === 'models: {'
      ? `openai({ baseUrl: 'http://localhost/v1', ${snippet} })`
      : `createRelay({ provider, secret: '', origins: [], ${snippet} })`
  const isDeclared = (name: string) =>
    new RegExp(`(?:const|function) ${name}\\b|import \\{[^}]*\\b${name}\\b`).test(body)
  const missing = surroundings.filter(
    ([name]) => new RegExp(`(?<![.\\w'])${name}\\b`).test(body) && !isDeclared(name),
  )
  return [...missing.map(([, code]) => code), body, 'export {}'].join('\n')
}

let folder = ''
beforeAll(() => {
  // Beside the demo, because the packages are found from there.
  mkdirSync(join(demo, '.snippets'), { recursive: true })
  folder = mkdtempSync(join(demo, '.snippets/'))
  snippets.forEach((snippet, at) => writeFileSync(join(folder, `${at}.ts`), toModule(snippet)))
  // Installed by whoever pays; its own types are held against ours in apps/interop.
  const foreign = "declare module 'mppx/client'\ndeclare module 'viem/accounts'\n"
  writeFileSync(join(folder, 'foreign.d.ts'), foreign)
  const compilerOptions = { types: ['node'], noUnusedLocals: false }
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      extends: '../../../../tsconfig.base.json',
      compilerOptions,
      include: ['*.ts', '../../../../packages/server/src/*.d.ts'],
    }),
  )
})
afterAll(() => rmSync(join(demo, '.snippets'), { recursive: true }))

it('has a snippet for each provider', () => {
  const all = snippets.join('')
  for (const name of ['chipipay', 'chipp', 'routed', 'aiapi', 'aimo', 'docs', 'payments']) {
    expect(all).toContain(`'@parlance/server/${name}'`)
  }
})

it('has snippets that all compile', async () => {
  const tsc = join(typescript, 'bin/tsc')
  const { stdout } = await promisify(execFile)(process.execPath, [tsc, '-p', folder]).catch(
    (failure: { stdout: string }) => failure,
  )
  expect(stdout).toBe('')
})

describe('a snippet that makes a provider', () => {
  const key = `0x${'11'.repeat(32)}`
  it.each(
    ['chipipay', 'chipp', 'routed', 'aiapi', 'aimo', 'openai'].map((name) => {
      const from = name === 'openai' ? "'@parlance/server'" : `'@parlance/server/${name}'`
      return [name, snippets.findIndex((snippet) => snippet.includes(from))] as const
    }),
  )('works: %s', async (name, at) => {
    for (const variable of snippets[at]!.matchAll(/process\.env\.(\w+)/g)) {
      vi.stubEnv(variable[1]!, key)
    }
    writeFileSync(join(folder, `${at}.run.ts`), `${snippets[at]}\nexport { provider }`)
    const { provider } = (await import(join(folder, `${at}.run.ts`))) as {
      provider: { name: string; models: object }
    }
    expect(provider.name).toBe(name)
    expect(Object.keys(provider.models)).not.toEqual([])
    vi.unstubAllEnvs()
  })
})
