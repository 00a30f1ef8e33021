// Makes one style sheet of a package's: each part has its own, and `src/styles.css` names them in order.
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'

const entry = 'src/styles.css'

const { resolve: findInPackages } = createRequire(resolve(entry))

const read = (path) =>
  readFileSync(path, 'utf8').replaceAll(/@import '([^']+)';/g, (_, part) =>
    read(part.startsWith('.') ? join(dirname(path), part) : findInPackages(part)),
  )

// Only what never has a meaning: comments, line breaks, and spaces beside punctuation. The rest is as it was written.
const small = read(entry)
  .replaceAll(/\/\*[^]*?\*\//g, '')
  .replaceAll(/\s+/g, ' ')
  .replaceAll(/ ?([{};]) ?/g, '$1')
  .replaceAll(/([:,]) /g, '$1')
  .replaceAll(';}', '}')
  .trim()

writeFileSync('dist/styles.css', `${small}\n`)
