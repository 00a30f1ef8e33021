import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Plugin, runnerImport } from 'vite'

type ReadGuide = typeof import('./readGuide.ts')

/** Lets `import guide from './page.md?guide'` give a `Guide`, so that its headings are found once, at build time. */
export function guidesPlugin(): Plugin {
  let reading: Promise<ReadGuide> | undefined
  return {
    name: 'parlance-guides',
    async load(id) {
      const [file = '', query] = id.split('?')
      if (query !== 'guide') return null
      this.addWatchFile(file)
      reading ??= runnerImport<ReadGuide>(join(import.meta.dirname, 'readGuide.ts')).then(
        ({ module }) => module,
      )
      const { readGuide } = await reading
      return `export default ${JSON.stringify(readGuide(await readFile(file, 'utf8')))}`
    },
  }
}
