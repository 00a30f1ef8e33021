// Packages point one way. Refuses an import that is not on the list, and Node or React where they do not belong.
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import process from 'node:process'
import { parseSync } from 'vite'

const root = resolve(import.meta.dirname, '..')

/** Which of our packages each package may import. Tests, stories and fixtures may import `testing` as well. */
const arrows = {
  core: [],
  react: ['core'],
  markdown: [],
  widget: ['core', 'react', 'markdown'],
  server: ['core', 'markdown'],
  testing: ['core'],
}
const runsInBrowsers = ['core', 'react', 'markdown', 'widget']

const sourceFiles = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))

function importsOf(file) {
  const text = readFileSync(file, 'utf8')
  const { staticImports, staticExports, dynamicImports } = parseSync(file, text).module
  const reExports = staticExports.flatMap(({ entries }) =>
    entries.map((entry) => entry.moduleRequest),
  )
  const named = [...staticImports.map((entry) => entry.moduleRequest), ...reExports]
  const dynamic = dynamicImports
    .map(({ moduleRequest: { start, end } }) => text.slice(start, end))
    .filter((argument) => /^['"]/.test(argument))
    .map((argument) => argument.slice(1, -1))
  return new Set([...named.flatMap((request) => request?.value ?? []), ...dynamic])
}

function problemWith(target, { name, file, isDevelopment }) {
  const own = /^@parlance\/([a-z]+)/.exec(target)?.[1]
  const allowed = [...arrows[name], ...(isDevelopment ? ['testing', name] : [])]
  if (own === name && !isDevelopment) return 'imports its own package: import the file'
  if (own && !allowed.includes(own))
    return `${name} may import ${allowed.join(', ') || 'none of our packages'}`
  if (isDevelopment) return undefined
  const inside = join(root, 'packages', name)
  if (target.startsWith('.') && !resolve(file, '..', target).startsWith(inside))
    return 'reaches out of its package'
  if (target.startsWith('node:') && runsInBrowsers.includes(name)) return `${name} runs in browsers`
  if (name === 'core' && /^react(-dom)?($|\/)/.test(target)) return 'core knows no React'
  return undefined
}

const problems = []
for (const name of Object.keys(arrows)) {
  for (const file of sourceFiles(join(root, 'packages', name, 'src'))) {
    const isDevelopment = /\.(test|stories|bench)\.|[\\/]fixtures[\\/]/.test(file)
    for (const target of importsOf(file)) {
      const problem = problemWith(target, { name, file, isDevelopment })
      if (problem) problems.push(`${relative(root, file)} imports ${target}: ${problem}.`)
    }
  }
}

if (problems.length > 0) {
  console.error(problems.join('\n'))
  process.exit(1)
}
console.log('Arrows hold: core ← react ← widget, markdown ← widget, core ← server.')
