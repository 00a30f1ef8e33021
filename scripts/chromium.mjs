// Finds a Chromium for the browser tests, or installs one where that is possible without a question.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, dirname, join } from 'node:path'
import process from 'node:process'
import { chromium } from 'playwright'

const isRoot = process.getuid?.() === 0

const systemPlaces = {
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ],
  win32: [
    String.raw`C:\Program Files\Google\Chrome\Application\chrome.exe`,
    String.raw`C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe`,
  ],
}

function onPath() {
  if (process.platform === 'win32') return []
  // `chromium-browser` is left out: on Ubuntu it is a stub that only asks for snap.
  const names = ['chromium', 'google-chrome-stable', 'google-chrome']
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean)
  return folders.flatMap((folder) => names.map((name) => join(folder, name)))
}

/** Path of an installed Chromium; undefined when there is none. */
export function findChromium() {
  const chosen = process.env.CHROMIUM_PATH
  if (chosen) {
    if (existsSync(chosen)) return chosen
    throw new Error(`CHROMIUM_PATH is ${chosen}, but nothing is there. Correct it or unset it.`)
  }
  const places = [chromium.executablePath(), ...onPath(), ...(systemPlaces[process.platform] ?? [])]
  return places.find((place) => existsSync(place))
}

/** Finds a Chromium or installs one: by apt as root on Debian, else by Playwright's own download. */
export function ensureChromium() {
  const found = findChromium()
  if (found) return found
  const isDebian =
    existsSync('/etc/os-release') && /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'))
  if (isRoot && isDebian) {
    console.log('No Chromium found: installing it with apt-get, once.')
    execFileSync('apt-get', ['update', '-qq'], { stdio: 'inherit' })
    const packages = ['chromium', 'fonts-noto-color-emoji']
    execFileSync('apt-get', ['install', '-qq', '-y', '--no-install-recommends', ...packages], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    })
  } else {
    console.log('No Chromium found: downloading one with Playwright, once.')
    const cli = join(
      dirname(createRequire(import.meta.url).resolve('playwright/package.json')),
      'cli.js',
    )
    const deps = isRoot && process.platform === 'linux' ? ['--with-deps'] : []
    spawnSync(process.execPath, [cli, 'install', ...deps, 'chromium'], { stdio: 'inherit' })
  }
  const installed = findChromium()
  if (installed) return installed
  throw new Error('No Chromium for the browser tests. Install one and set CHROMIUM_PATH to it.')
}

/** Launch options for Vitest and Playwright alike. Chromium refuses its sandbox to root. */
export function launchOptions() {
  const executablePath = findChromium()
  return { ...(executablePath && { executablePath }), args: isRoot ? ['--no-sandbox'] : [] }
}
