import type { Page } from './page.ts'

export interface ReadPagesOptions {
  /** Path or address the pages are served below. Default `/`. */
  readonly baseUrl?: string | undefined
  /** File's path in the folder, with `/` → address of its page. Default: below `baseUrl`, without the ending; `index` and `README` are the folder itself. */
  readonly toUrl?: ((path: string) => string) | undefined
}

const pagePattern = /\.(?:md|markdown|html?)$/i
const outside = new Set(['node_modules', 'dist'])

/**
 * Reads all Markdown and HTML files of a folder and those in it, by name; hidden ones are left out. Needs Node, Bun or
 * Deno. Rejects when the folder cannot be read.
 */
export async function readPages(
  folder: string | URL,
  options: ReadPagesOptions = {},
): Promise<Page[]> {
  // Loaded here, so that the rest of this entry runs where there are no files.
  const { readdir, readFile } = await import('node:fs/promises')
  const { fileURLToPath } = await import('node:url')
  const { baseUrl = '/', toUrl = (path) => toPageUrl(path, baseUrl) } = options
  const root = typeof folder === 'string' ? folder : fileURLToPath(folder)
  const pages: Page[] = []

  const readFolder = async (below: string) => {
    const entries = await readdir(`${root}/${below}`, { withFileTypes: true })
    entries.sort((a, b) => (a.name < b.name ? -1 : 1))
    for (const entry of entries) {
      const path = below ? `${below}/${entry.name}` : entry.name
      if (entry.name.startsWith('.')) continue
      if (entry.isDirectory()) {
        if (!outside.has(entry.name)) await readFolder(path)
      } else if (pagePattern.test(entry.name)) {
        const isHtml = /\.html?$/i.test(entry.name)
        pages.push({
          url: toUrl(path),
          text: await readFile(`${root}/${path}`, 'utf8'),
          format: isHtml ? 'html' : 'markdown',
        })
      }
    }
  }
  await readFolder('')
  return pages
}

function toPageUrl(path: string, baseUrl: string): string {
  const bare = path.replace(pagePattern, '').replace(/(^|\/)(?:index|README)$/i, '$1')
  return baseUrl.replace(/\/*$/, '/') + bare.split('/').map(encodeURIComponent).join('/')
}
