// Parts the panel of the script tag into its script and its style sheet, for size-limit: they are one file, so that
// opening the chat is one request, and two limits. What a server would send with Brotli is told beside, as information.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'

const embed = 'packages/widget/dist/embed'
const place = 'packages/widget/node_modules/.sizes'

const panel = readFileSync(join(embed, 'panel.js'), 'utf8')
const sheets = [...panel.matchAll(/`(@layer parlance\{[^`]*)`/g)].map(([, css]) => css)
if (sheets.length !== 1) throw new Error(`panel.js holds ${sheets.length} style sheets, not one.`)

mkdirSync(place, { recursive: true })
writeFileSync(join(place, 'panel-styles.css'), sheets[0])
writeFileSync(join(place, 'panel-script.js'), panel.replace(sheets[0], ''))

const kib = (bytes) => `${(bytes / 1024).toFixed(2)} KiB`
const files = [
  ...readdirSync(embed).map((name) => join(embed, name)),
  ...readdirSync(place).map((name) => join(place, name)),
].filter((file) => /\.(?:js|css)$/.test(file))
console.table(
  Object.fromEntries(
    files.map((file) => {
      const text = readFileSync(file)
      return [
        file.slice(file.lastIndexOf('/') + 1).replace(/-[\w-]{8}(?=\.js$)/, ''),
        { gzip: kib(gzipSync(text).length), brotli: kib(brotliCompressSync(text).length) },
      ]
    }),
  ),
)
