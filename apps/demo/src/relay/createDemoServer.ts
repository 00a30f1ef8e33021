import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createRelay, type RelayOptions } from '@parlance/server'
import { createGrounding, docs, readPages } from '@parlance/server/docs'
import { providerFromEnv } from '@parlance/server/env'
import { toNodeHandler } from '@parlance/server/node'
import { startStubFor } from '@parlance/testing/stubs'
import { createLedgerFeed, type LedgerFeed } from './createLedgerFeed.ts'
import { createStandIns } from './createStandIns.ts'

export interface DemoServerOptions {
  /** Variables that begin with `PARLANCE_`. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The site's own addresses. */
  readonly origins: readonly string[]
  /** Folder of the guides, which are served below `/docs`. */
  readonly guides: string
  /** Told what a provider said about a failure. Never holds keys or texts of visitors. */
  readonly warn: (message: string) => void
}

/** What stands behind `/api`. */
export interface DemoServer {
  /** One sentence for whoever started it. */
  readonly greeting: string
  handle(request: IncomingMessage, response: ServerResponse, next: () => void): void
  close(): void
}

const system = `You are the support assistant on the website of Parlance, an open source chat library in TypeScript.
Answer briefly, in Markdown, in the language of the question.`

/**
 * Makes the relay of the demo, and the live ledger beside it. Rejects with a sentence that helps when the environment
 * makes no sense.
 *
 * @public The plugin of Vite loads it by its path.
 */
export async function createDemoServer(options: DemoServerOptions): Promise<DemoServer> {
  const { origins, guides, warn } = options
  const isStub = options.environment['PARLANCE_STUB'] === '1'
  const { stub, environment } = isStub
    ? await startStubFor(options.environment)
    : { stub: undefined, environment: options.environment }
  const pages = await readPages(guides, { baseUrl: '/docs' })
  const provider = await providerFromEnv(environment, {
    docs: () => docs({ pages, siteName: 'Parlance' }),
  })
  const isGrounded = provider.kind === 'http' && environment['PARLANCE_GROUNDING'] !== 'off'
  const feed = createLedgerFeed()
  const log: RelayOptions['log'] = ({ level, event, replyId, code, detail }) => {
    if (level !== 'info') warn([event, replyId, code, detail].filter(Boolean).join(': '))
  }
  const relay = createRelay({
    provider,
    secret: environment['PARLANCE_SECRET'] || randomBytes(32).toString('base64'),
    origins,
    system,
    pageContext: ['page'],
    resume: {},
    grounding: isGrounded ? createGrounding(pages) : undefined,
    ledgerStore: feed.store,
    // What was thought of it, not what was said.
    onFeedback: ({ rating }) => warn(`feedback: a reader gave a thumb ${rating}`),
    log,
  })
  const standIns = createStandIns({ origins, ledgerStore: feed.store, log })
  const handleRelay = toNodeHandler(relay)
  const [model] = Object.keys(provider.models)
  const who = isStub
    ? `A stand-in for ${provider.name} on this machine`
    : `${model} (${provider.name})`
  return {
    greeting:
      provider.kind === 'local'
        ? 'Open it and ask the chat something. It answers from its own docs; no key is needed.'
        : `Open it and ask the chat something. ${who} answers.`,
    handle(request, response, next) {
      if (request.url === '/api/ledger') streamLedger(feed, response)
      else if (request.url?.startsWith('/api/stand-ins/')) standIns.handle(request, response, next)
      else handleRelay(request, response, next)
    },
    close() {
      relay.close()
      standIns.close()
      void stub?.close()
    },
  }
}

/** Sends all rows now and after each reply. On a site of your own, let only its owner read this. */
function streamLedger(feed: LedgerFeed, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  const send = () => response.write(`data: ${JSON.stringify(feed.rows())}\n\n`)
  send()
  response.on('close', feed.subscribe(send))
}
