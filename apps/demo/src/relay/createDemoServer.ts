import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createRelay, openai, type Provider } from '@parlance/server'
import { createGrounding, docs, readPages } from '@parlance/server/docs'
import { toNodeHandler } from '@parlance/server/node'
import { createLedgerFeed, type LedgerFeed } from './createLedgerFeed.ts'
import type { DemoSettings } from './readEnvironment.ts'

export interface DemoServerOptions {
  readonly settings: DemoSettings
  /** The site's own addresses. */
  readonly origins: readonly string[]
  /** Folder of the guides, which are served below `/docs`. */
  readonly guides: string
  /** Told what a provider said about a failure. Never holds keys or texts of visitors. */
  readonly warn: (message: string) => void
}

/** What stands behind `/api`. */
export interface DemoServer {
  handle(request: IncomingMessage, response: ServerResponse, next: () => void): void
  close(): void
}

const system = `You are the support assistant on the website of Parlance, an open source chat library in TypeScript.
Answer briefly, in Markdown, in the language of the question.`

/** Makes the relay of the demo, and the live ledger beside it. */
export async function createDemoServer(options: DemoServerOptions): Promise<DemoServer> {
  const { settings, origins, guides, warn } = options
  const pages = await readPages(guides, { baseUrl: '/docs' })
  const feed = createLedgerFeed()
  const relay = createRelay({
    provider:
      settings.provider === 'docs' ? docs({ pages, siteName: 'Parlance' }) : toOpenai(settings),
    secret: settings.secret ?? randomBytes(32).toString('base64'),
    origins,
    system,
    grounding:
      settings.provider === 'openai' && settings.grounding === 'on'
        ? createGrounding(pages)
        : undefined,
    ledgerStore: feed.store,
    onFeedback: () => {},
    log: ({ level, event, code, detail }) => {
      if (level !== 'info') warn([event, code, detail].filter(Boolean).join(': '))
    },
  })
  const handleRelay = toNodeHandler(relay)
  return {
    handle(request, response, next) {
      if (request.url === '/api/ledger') streamLedger(feed, response)
      else handleRelay(request, response, next)
    },
    close: () => relay.close(),
  }
}

function toOpenai({ baseUrl, apiKey, model, price }: DemoSettings): Provider {
  return openai({
    baseUrl,
    apiKey,
    models: {
      default: {
        model,
        price: price && {
          inputMicrosPerMillion: price.input * 1e6,
          outputMicrosPerMillion: price.output * 1e6,
          currency: 'USD',
        },
      },
    },
  })
}

/** Sends all rows now and after each reply. On a site of your own, let only its owner read this. */
function streamLedger(feed: LedgerFeed, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  const send = () => response.write(`data: ${JSON.stringify(feed.rows())}\n\n`)
  send()
  response.on('close', feed.subscribe(send))
}
