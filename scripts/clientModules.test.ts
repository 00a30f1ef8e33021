import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { expect, test } from 'vitest'

// A page of Next.js is a server component until a module says 'use client', and what React gives to browsers alone is
// not there for it: a module that is reached without passing such a line must not ask for it.

const root = join(import.meta.dirname, '..')
const imports = /^(?:import|export)(?! type\b)[^'"]*? from '([^']+)'/gms
/** What React also gives to a server component. */
const everywhere = ['createElement', 'Fragment', 'memo', 'Suspense', 'lazy']

/** The modules that a server component runs when it imports this one, each with what it takes from React. */
function reachedFrom(file: string, reached = new Map<string, string[]>()): Map<string, string[]> {
  const code = readFileSync(file, 'utf8')
  if (reached.has(file) || code.startsWith("'use client'")) return reached
  const fromReact: string[] = []
  reached.set(file, fromReact)
  for (const [statement, from = ''] of code.matchAll(imports)) {
    if (from.startsWith('.')) reachedFrom(join(dirname(file), from), reached)
    if (!from.startsWith('react')) continue
    const names = statement.match(/(?<=[{,]\s*)(?!type\b)\w+/g) ?? [statement]
    fromReact.push(...names.filter((name) => !everywhere.includes(name)))
  }
  return reached
}

const entries = readdirSync(join(root, 'packages')).flatMap((name) => {
  const { exports } = JSON.parse(
    readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'),
  ) as { exports: Record<string, string> }
  return Object.values(exports)
    .filter((file) => /\.tsx?$/.test(file))
    .map((file) => join('packages', name, file))
})

test.each(entries)('a server component may import %s', (entry) => {
  const asking = [...reachedFrom(join(root, entry))]
    .filter(([, names]) => names.length > 0)
    .map(([file, names]) => `${relative(root, file)}: ${names.join(', ')}`)
  expect(asking).toEqual([])
})
