// Bundles what somebody imports from a package as Vite does for their app, for size-limit.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { build } from 'vite'

const root = resolve(import.meta.dirname, '..')

/**
 * Bundles some exports of a module, such as `{ useChatStream }` or `*`. What `without` names, by package or as it is
 * imported, is left out. Returns a pattern for the files.
 */
export async function bundle(name, module, exports, without = []) {
  const place = `node_modules/.sizes/${name}`
  const entry = join(root, place, 'entry.js')
  rmSync(join(root, place), { recursive: true, force: true })
  mkdirSync(join(root, place), { recursive: true })
  writeFileSync(entry, `export ${exports} from ${JSON.stringify(join(root, module))}\n`)
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    build: {
      outDir: join(place, 'bundle'),
      // As a library: how its parts are fetched later is the app's code.
      lib: { entry, formats: ['es'], fileName: 'bundle' },
      rolldownOptions: {
        output: { minify: true },
        external: (id) =>
          without.some(
            (left) => id === left || (!left.startsWith('.') && id.startsWith(`${left}/`)),
          ),
      },
    },
  })
  return `${place}/bundle/*.js`
}
