// Runs every test: Vitest (node, jsdom, Chromium, stories), the proofs against other people's software in apps/interop,
// then Playwright. The last line is the count.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import process from 'node:process'
import { ensureChromium } from './chromium.mjs'

const require = createRequire(import.meta.url)

const root = resolve(import.meta.dirname, '..')
const interop = join(root, 'apps/interop')

function run(packageName, args, cwd = root) {
  const manifestPath = require.resolve(`${packageName}/package.json`)
  const { bin, name } = JSON.parse(readFileSync(manifestPath, 'utf8'))
  const file = typeof bin === 'string' ? bin : (bin[name] ?? Object.values(bin)[0])
  const command = [join(dirname(manifestPath), file), ...args]
  return spawnSync(process.execPath, command, { stdio: 'inherit', cwd }).status ?? 1
}

const readReport = (file) => JSON.parse(readFileSync(file, 'utf8'))

function vitest(name, cwd) {
  const file = join(root, '.results', `${name}.json`)
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  const exitCode = run('vitest', ['run', ...reporters], cwd)
  const report = readReport(file)
  // A file that does not load has no tests to fail, and would otherwise pass unseen.
  const broken = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  )
  return {
    exitCode,
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests + report.numTodoTests,
  }
}

const workspace = () => vitest('vitest', root)

/** Its wallets and gateways weigh more than all else, so they have a lockfile of their own and are fetched only here. */
function foreign() {
  const install = ['install', '--frozen-lockfile', '--silent']
  const options = { stdio: 'inherit', cwd: interop, shell: process.platform === 'win32' }
  const { status } = spawnSync('pnpm', install, options)
  if (status !== 0) return { exitCode: 1, passed: 0, failed: 1, skipped: 0 }
  return vitest('interop', interop)
}

function playwright() {
  const exitCode = run('@playwright/test', ['test'])
  const { stats } = readReport(join(root, '.results/playwright.json'))
  return {
    exitCode,
    passed: stats.expected + stats.flaky,
    failed: stats.unexpected,
    skipped: stats.skipped,
  }
}

ensureChromium()
rmSync('.results', { recursive: true, force: true })
mkdirSync('.results')

const total = { passed: 0, failed: 0, skipped: 0 }
for (const runner of [workspace, foreign, playwright]) {
  const { exitCode, passed, failed, skipped } = runner()
  total.passed += passed
  total.skipped += skipped
  // An unhandled rejection or a crashed worker fails the run though no test did.
  total.failed += exitCode !== 0 && failed === 0 ? 1 : failed
}

const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : ''
console.log(`${total.passed} passed, ${total.failed} failed${skipped}`)
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0)
