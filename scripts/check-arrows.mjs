// Packages point one way. Refuses an import that is not on the list, and browser or Node names in core.
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import process from 'node:process'

const root = resolve(import.meta.dirname, '..')

/** Which of our packages each package may import; tests and stories may also import `testing`. */
const arrows = {
  core: [],
  react: ['core'],
  markdown: [],
  widget: ['core', 'react', 'markdown'],
  server: ['core', 'markdown'],
  testing: ['core'],
}

const files = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|tsx|mts)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))

const importPattern = /(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g
const problems = []

for (const [name, allowed] of Object.entries(arrows)) {
  for (const file of files(join(root, 'packages', name, 'src'))) {
    const where = relative(root, file)
    const isDevelopment = /\.(test|stories|bench)\.|\/fixtures\//.test(file.replaceAll('\\', '/'))
    for (const [, target] of readFileSync(file, 'utf8').matchAll(importPattern)) {
      const own = /^@parlance\/([a-z]+)/.exec(target)?.[1]
      if (own && own !== name) {
        const fine = allowed.includes(own) || (isDevelopment && own === 'testing')
        if (!fine)
          problems.push(
            `${where} imports ${target}: ${name} may import ${allowed.join(', ') || 'none of our packages'}.`,
          )
      }
      if (own === name && !isDevelopment)
        problems.push(`${where} imports its own package ${target}: import the file.`)
      if (
        target.startsWith('.') &&
        !resolve(file, '..', target).startsWith(join(root, 'packages', name)) &&
        !isDevelopment
      ) {
        problems.push(`${where} reaches out of its package with ${target}.`)
      }
      const isNode = target.startsWith('node:')
      if (isNode && !isDevelopment && ['core', 'react', 'markdown', 'widget'].includes(name)) {
        problems.push(`${where} imports ${target}: ${name} runs in browsers.`)
      }
      if (name === 'core' && /^react(-dom)?($|\/)/.test(target))
        problems.push(`${where} imports ${target}: core knows no React.`)
    }
  }
}

if (problems.length > 0) {
  console.error(problems.join('\n'))
  process.exit(1)
}
console.log('Arrows hold: core ← react ← widget, markdown ← widget, core ← server.')
