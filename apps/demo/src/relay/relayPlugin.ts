import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { createServer, loadEnv, type Plugin, type PreviewServer, type ViteDevServer } from 'vite'
import type { DemoServer } from './createDemoServer.ts'

type DemoModule = typeof import('./createDemoServer.ts')

const root = join(import.meta.dirname, '../..')
const entry = join(root, 'src/relay/createDemoServer.ts')
const guides = join(root, '../../docs/guides')

/** Serves the relay in the process of Vite, in development and in preview alike. */
export function relayPlugin(): Plugin {
  return {
    name: 'parlance-relay',
    configureServer(server) {
      // Loaded for each request, and made anew only when its source or a guide was edited.
      const demo = mount(server, () => server.ssrLoadModule(entry) as Promise<DemoModule>)
      server.watcher.add(guides)
      server.watcher.on('change', (path) => {
        if (path.startsWith(guides)) demo.forget()
      })
    },
    async configurePreviewServer(server) {
      // Vite's `runnerImport` is over after one import, and the relay's packages import more when they need it.
      const loader = await createServer({
        root,
        configFile: false,
        appType: 'custom',
        optimizeDeps: { noDiscovery: true },
        server: { middlewareMode: true, ws: false, watch: null },
      })
      server.httpServer.on('close', () => void loader.close())
      mount(server, () => loader.ssrLoadModule(entry) as Promise<DemoModule>)
    },
  }
}

function mount(
  server: ViteDevServer | PreviewServer,
  load: () => Promise<DemoModule>,
): { forget(): void } {
  const { logger, mode, envDir } = server.config
  let made: { readonly from: DemoModule; readonly demo: Promise<DemoServer> } | undefined

  async function demoServer(): Promise<DemoServer> {
    const from = await load()
    if (made?.from !== from) {
      forget()
      const demo = from.createDemoServer({
        environment: loadEnv(mode, envDir || root, 'PARLANCE_'),
        origins: originsOf(server),
        guides,
        warn: (message) => logger.warn(message, { timestamp: true }),
      })
      made = { from, demo }
    }
    return made.demo
  }

  function forget(): void {
    made?.demo.then(
      (demo) => demo.close(),
      () => {},
    )
    made = undefined
  }

  server.middlewares.use((request: IncomingMessage, response: ServerResponse, next) => {
    if (!request.url?.startsWith('/api/')) return next()
    demoServer().then((demo) => demo.handle(request, response, next), next)
  })

  const { printUrls } = server
  server.printUrls = () => {
    printUrls.call(server)
    // Made now and not at the first question, so that a mistake in the environment is told at once.
    demoServer().then(
      ({ greeting }) => logger.info(`\n  ${greeting}\n`),
      (error: Error) => {
        logger.error(`\n  ${error.message}\n`)
        process.exit(1)
      },
    )
  }
  return { forget }
}

/** Every address the page can be opened at; `localhost` and its number are two origins. */
function originsOf({ resolvedUrls }: ViteDevServer | PreviewServer): string[] {
  const urls = [...(resolvedUrls?.local ?? []), ...(resolvedUrls?.network ?? [])]
  const origins = urls.map((url) => new URL(url).origin)
  return [...new Set(origins.flatMap((one) => [one, one.replace('//localhost', '//127.0.0.1')]))]
}
