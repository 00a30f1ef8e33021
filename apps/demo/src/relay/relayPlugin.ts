import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { createServer, loadEnv, type Plugin, type PreviewServer, type ViteDevServer } from 'vite'
import type { DemoServer } from './createDemoServer.ts'
import { type DemoSettings, readEnvironment } from './readEnvironment.ts'

type DemoModule = typeof import('./createDemoServer.ts')

const root = join(import.meta.dirname, '../..')
const entry = join(root, 'src/relay/createDemoServer.ts')
const guides = join(root, '../../docs/guides')

/** Serves the relay in the process of Vite, in development and in preview alike. */
export function relayPlugin(): Plugin {
  let settings: DemoSettings
  return {
    name: 'parlance-relay',
    configResolved({ mode, envDir }) {
      settings = read(loadEnv(mode, envDir || root, 'PARLANCE_'))
    },
    configureServer(server) {
      greet(server, settings)
      // Loaded for each request, and made anew only when its source or a guide was edited.
      const demo = mount(server, settings, () => server.ssrLoadModule(entry) as Promise<DemoModule>)
      server.watcher.add(guides)
      server.watcher.on('change', (path) => {
        if (path.startsWith(guides)) demo.forget()
      })
    },
    async configurePreviewServer(server) {
      greet(server, settings)
      // Vite's `runnerImport` is over after one import, and the relay's packages import more when they need it.
      const loader = await createServer({
        root,
        configFile: false,
        appType: 'custom',
        optimizeDeps: { noDiscovery: true },
        server: { middlewareMode: true, ws: false, watch: null },
      })
      server.httpServer.on('close', () => void loader.close())
      mount(server, settings, () => loader.ssrLoadModule(entry) as Promise<DemoModule>)
    },
  }
}

function mount(
  server: ViteDevServer | PreviewServer,
  settings: DemoSettings,
  load: () => Promise<DemoModule>,
): { forget(): void } {
  const { logger } = server.config
  let made: { readonly from: DemoModule; readonly demo: Promise<DemoServer> } | undefined

  async function demoServer(): Promise<DemoServer> {
    const from = await load()
    if (made?.from !== from) {
      forget()
      const demo = from.createDemoServer({
        settings,
        origins: originsOf(server),
        guides,
        warn: (message) => logger.warn(message, { timestamp: true }),
      })
      made = { from, demo }
    }
    return made.demo
  }

  function forget(): void {
    void made?.demo.then((demo) => demo.close())
    made = undefined
  }

  server.middlewares.use((request: IncomingMessage, response: ServerResponse, next) => {
    if (!request.url?.startsWith('/api/')) return next()
    demoServer().then((demo) => demo.handle(request, response, next), next)
  })
  return { forget }
}

/** Every address the page can be opened at; `localhost` and its number are two origins. */
function originsOf({ resolvedUrls }: ViteDevServer | PreviewServer): string[] {
  const urls = [...(resolvedUrls?.local ?? []), ...(resolvedUrls?.network ?? [])]
  const origins = urls.map((url) => new URL(url).origin)
  return [...new Set(origins.flatMap((one) => [one, one.replace('//localhost', '//127.0.0.1')]))]
}

function greet(server: ViteDevServer | PreviewServer, settings: DemoSettings): void {
  const { printUrls } = server
  server.printUrls = () => {
    printUrls.call(server)
    const { host } = new URL(settings.baseUrl)
    const sentence =
      settings.provider === 'docs'
        ? 'Open it and ask the chat something. It answers from its own docs; no key is needed.'
        : `Open it and ask the chat something. ${settings.model} at ${host} answers.`
    server.config.logger.info(`\n  ${sentence}\n`)
  }
}

function read(environment: Record<string, string>): DemoSettings {
  try {
    return readEnvironment(environment)
  } catch (error) {
    // A stack would bury the one sentence that helps.
    if (error instanceof Error) error.stack = error.message
    throw error
  }
}
