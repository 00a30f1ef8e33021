import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'

// Every snippet of the guides and the READMEs is compiled against the packages, and those that make a provider are run.

const demo = join(import.meta.dirname, '../..')
const root = join(demo, '../..')
const typescript = dirname(createRequire(import.meta.url).resolve('typescript/package.json'))

interface Snippet {
  /** Where it stands, as the compiler names it: `docs.guides.widget.md.40`. */
  readonly name: string
  readonly code: string
}

const documents = [
  'README.md',
  ...readdirSync(join(root, 'docs/guides')).map((name) => `docs/guides/${name}`),
  ...readdirSync(join(root, 'packages')).map((name) => `packages/${name}/README.md`),
]

function readSnippets(document: string): Snippet[] {
  const text = readFileSync(join(root, document), 'utf8')
  return [...text.matchAll(/```(?:tsx?|js)\n([\s\S]*?)```/g)].map(({ index, 1: code = '' }) => {
    const line = text.slice(0, index).split('\n').length
    return { name: `${document.replaceAll('/', '.')}.${line}`, code }
  })
}

const snippets = documents.flatMap(readSnippets)

/** What a snippet takes from the ones before it, and from the reader's own site. */
const surroundings = `
type Core = typeof import('@parlance/core')
type React = typeof import('@parlance/react')
type Server = typeof import('@parlance/server')
type Testing = typeof import('@parlance/testing')
type Message = import('@parlance/core').Message
declare const createChat: Core['createChat']
declare const textOf: Core['textOf']
declare const ChatProvider: React['ChatProvider']
declare const useChatStream: React['useChatStream']
declare const useMessage: React['useMessage']
declare const feedbackOptions: typeof import('@parlance/react/query').feedbackOptions
declare const chatHistoryOptions: typeof import('@parlance/react/query').chatHistoryOptions
declare const useKeptConversation: typeof import('@parlance/react/query').useKeptConversation
declare const SupportChat: typeof import('@parlance/widget').SupportChat
declare const createRelay: Server['createRelay']
declare const openai: Server['openai']
declare const chipp: typeof import('@parlance/server/chipp').chipp
declare const docs: typeof import('@parlance/server/docs').docs
declare const recordings: Testing['recordings']
declare const Parlance: import('${root}/packages/widget/src/embed/embedApi.ts').ParlanceGlobal

declare const provider: import('@parlance/server').Provider
declare const relay: import('@parlance/server').Relay
declare const secret: string
declare const origins: string[]
declare const pages: import('@parlance/server/docs').Page[]
declare const id: string
declare const token: () => Promise<string>
declare const answerSoFar: string
declare const done: boolean
declare const message: Message
declare function search(question: string): Promise<{ title: string; url: string; text: string }[]>
declare function readSession(request: Request): Promise<{ id: string } | null>
declare function fetchChatToken(): Promise<string>
declare function openPage(input: unknown): void
declare function report(what: unknown): void
declare function track(...what: unknown[]): void
declare const app: any
declare const fastify: {
  addHook(name: string, run: (request: any, reply: any, done: () => void) => void): void
}
declare const hono: { all(path: string, run: (context: any) => Promise<Response>): void }
declare const user: any
declare const key: any
declare const jwtVerify: any
declare const orders: any
declare const render: any
declare const act: any
declare const expect: any
declare const memo: typeof import('react').memo
declare const loadFromMyServer: any
declare const useQuery: any
declare const useMutation: any
declare function Transcript(props: { chat?: unknown }): import('react').ReactElement
declare function Composer(): import('react').ReactElement

// Installed by the reader; the types of mppx are held against ours in apps/interop.
declare module 'mppx/client'
declare module 'viem/accounts'
declare module 'zod'
declare module 'redis'
declare module '@hono/node-server/conninfo'
`

/** What a snippet leaves to the reader. */
const left: readonly (readonly [pattern: RegExp, code: string])[] = [
  [/createRelay\(\{(\s*)…,/g, 'createRelay({$1provider, secret, origins,'],
  [/: …,/g, ': undefined,'],
  [/'(\.\.\/)+relay'/g, "'./relay.ts'"],
]

function toModule(snippet: string): string {
  const whole = left.reduce((code, [pattern, full]) => code.replaceAll(pattern, full), snippet)
  const option = /^(\w+): /.exec(whole)?.[1]
  if (option === undefined) return `${whole}\nexport {}\n`
  return option === 'models'
    ? `openai({ baseUrl: 'http://localhost/v1', ${whole} })\nexport {}\n`
    : `createRelay({ provider, secret, origins, ${whole} })\nexport {}\n`
}

let folder = ''
beforeAll(() => {
  // Beside the demo, because the packages are found from there.
  mkdirSync(join(demo, '.snippets'), { recursive: true })
  folder = mkdtempSync(join(demo, '.snippets/'))
  for (const { name, code } of snippets) writeFileSync(join(folder, `${name}.tsx`), toModule(code))
  writeFileSync(join(folder, 'surroundings.d.ts'), surroundings)
  writeFileSync(join(folder, 'relay.ts'), snippets[0]!.code)
  const compilerOptions = { types: ['node', 'vite/client'], noUnusedLocals: false }
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      extends: '../../../../tsconfig.base.json',
      compilerOptions,
      include: ['*.ts', '*.tsx', '../../../../packages/server/src/*.d.ts'],
    }),
  )
})
afterAll(() => rmSync(join(demo, '.snippets'), { recursive: true }))

it('has a snippet for each provider', () => {
  const all = snippets.map(({ code }) => code).join('')
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
      const guide = readSnippets('docs/guides/providers.md')
      return [name, guide.find(({ code }) => code.includes(from))?.code ?? ''] as const
    }),
  )('works: %s', async (name, code) => {
    for (const variable of code.matchAll(/process\.env\.(\w+)/g)) vi.stubEnv(variable[1]!, key)
    const file = join(folder, `${name}.run.ts`)
    writeFileSync(file, `${code}\nexport { provider }`)
    const { provider } = (await import(file)) as {
      provider: { name: string; models: object }
    }
    expect(provider.name).toBe(name)
    expect(Object.keys(provider.models)).not.toEqual([])
    vi.unstubAllEnvs()
  })
})
