import { createReadStream, existsSync } from 'node:fs'
import { basename, extname, join } from 'node:path'
import { build, type Plugin } from 'vite'

const config = join(import.meta.dirname, '../../../../packages/widget/vite.embed.config.ts')

/** Builds the script tag into a folder: `loader.js`, `launcher.js`, `panel.js` and their chunks. */
async function buildEmbed(outDir: string): Promise<void> {
  for (const mode of ['loader', 'launcher', 'panel']) {
    await build({ configFile: config, mode, logLevel: 'error', build: { outDir } })
  }
}

/** Serves the script tag at `/parlance/`: beside the built demo, and in development once a page asks for it. */
export function embedPlugin(): Plugin {
  let outDir = ''
  let isBuild = false
  return {
    name: 'parlance-embed',
    configResolved({ root, build: { outDir: siteDir }, command, cacheDir }) {
      isBuild = command === 'build'
      outDir = isBuild ? join(root, siteDir, 'parlance') : join(cacheDir, 'parlance')
    },
    async closeBundle() {
      if (isBuild) await buildEmbed(outDir)
    },
    configureServer(server) {
      let built: Promise<void> | undefined
      server.watcher.on('change', () => {
        built = undefined
      })
      server.middlewares.use('/parlance', (request, response, next) => {
        built ??= buildEmbed(outDir)
        built.then(() => {
          const file = join(outDir, basename(new URL(request.url ?? '', 'http://host').pathname))
          if (extname(file) !== '.js' || !existsSync(file)) {
            next()
            return
          }
          response.setHeader('content-type', 'text/javascript')
          createReadStream(file).pipe(response)
        }, next)
      })
    },
  }
}
