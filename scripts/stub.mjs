// Starts the stub of a provider from its source: `node scripts/stub.mjs aimo --port 9000`.
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const root = join(import.meta.dirname, '..')
const require = createRequire(join(root, 'apps/demo/package.json'))
const { runnerImport } = await import(pathToFileURL(require.resolve('vite')).href)
await runnerImport(join(root, 'packages/testing/src/stubs/cli.ts'), {
  configFile: false,
  logLevel: 'error',
})
