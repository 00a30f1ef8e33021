// Packs every package as it would be published and checks the tarball, not the folder: only the tarball has
// the built exports and the final versions of its dependencies. Run it by `pnpm run check:packages`.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')
const folder = mkdtempSync(join(tmpdir(), 'parlance-pack-'))
const pnpm = (args, cwd = root) => execFileSync('pnpm', args, { stdio: 'inherit', cwd })

try {
  for (const name of readdirSync(join(root, 'packages'))) {
    const at = join(root, 'packages', name)
    const { exports } = JSON.parse(readFileSync(join(at, 'package.json'), 'utf8'))
    const tarball = join(folder, `${name}.tgz`)
    pnpm(['pack', '--out', tarball], at)
    pnpm(['exec', 'publint', tarball, '--strict'])
    // Only entries with types are attw's matter: not a style sheet, not a ready-made script.
    const untyped = Object.keys(exports).filter((entry) => /\.(css|js)$/.test(entry))
    const excluded = untyped.length > 0 ? ['--exclude-entrypoints', ...untyped] : []
    pnpm(['exec', 'attw', tarball, '--profile', 'esm-only', ...excluded])
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
