import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'

const folder = resolve(import.meta.dirname, '../../shared/fixtures')

/**
 * Folder of the recorded streams, error answers and hostile texts that live beside this repository, or undefined
 * where they are not there. Tests then skip, and say why.
 */
export function fixturesDir(): string | undefined {
  if (existsSync(join(folder, 'README.md'))) return folder
  console.warn('skipped: the recorded fixtures are not beside this repository (../shared/fixtures)')
  return undefined
}
