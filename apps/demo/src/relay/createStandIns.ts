import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createRelay, type LedgerStore, type RelayOptions } from '@parlance/server'
import { providerFromEnv } from '@parlance/server/env'
import { toNodeHandler } from '@parlance/server/node'
import { startStubFor, stubNames } from '@parlance/testing/stubs'

/** A relay for each provider, every one answered by a stand-in on this machine. */
export interface StandIns {
  /** Answers what is asked below `/api/stand-ins/`. */
  handle(request: IncomingMessage, response: ServerResponse, next: () => void): void
  close(): void
}

export interface StandInsOptions {
  readonly origins: readonly string[]
  readonly ledgerStore: LedgerStore
  readonly log?: RelayOptions['log']
}

type Handler = ReturnType<typeof toNodeHandler>

/** Makes them one by one, each when it is asked for the first time: nobody pays for those that nobody looks at. */
export function createStandIns({ origins, ledgerStore, log }: StandInsOptions): StandIns {
  const handlers = new Map<string, Promise<Handler>>()
  const closers: (() => unknown)[] = []
  let isClosed = false

  async function start(name: string): Promise<Handler> {
    const { stub, environment } = await startStubFor({ PARLANCE_PROVIDER: name })
    const relay = createRelay({
      provider: await providerFromEnv(environment),
      secret: randomBytes(32).toString('base64'),
      origins,
      basePath: `/api/stand-ins/${name}`,
      ledgerStore,
      log,
    })
    closers.push(
      () => relay.close(),
      () => stub?.close(),
    )
    if (isClosed) closeAll()
    return toNodeHandler(relay)
  }

  function closeAll(): void {
    for (const close of closers.splice(0)) void close()
  }

  return {
    handle(request, response, next) {
      const [, name = ''] = /^\/api\/stand-ins\/(\w+)\//.exec(request.url ?? '') ?? []
      if (!stubNames.includes(name)) {
        next()
        return
      }
      const handler = handlers.get(name) ?? start(name)
      handlers.set(name, handler)
      handler.then((handle) => handle(request, response, next), next)
    },
    close() {
      isClosed = true
      closeAll()
    },
  }
}
