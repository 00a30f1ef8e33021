import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import {
  pageOrigin,
  question,
  smallStream,
  startRelay,
  startUpstream,
} from './fixtures/startRelay.ts'

const hasNginx = spawnSync('nginx', ['-v']).status === 0
if (!hasNginx) console.warn('No nginx on this machine: the test behind it is skipped.')

async function findFreePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** nginx as it is installed: it collects what it passes on. `more` are further lines for the relay's place. */
async function startNginx(target: string, more = ''): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'parlance-nginx-'))
  const port = await findFreePort()
  const path = join(folder, 'nginx.conf')
  writeFileSync(
    path,
    `daemon off; master_process off; pid ${folder}/pid; error_log stderr crit;
    events {}
    http {
      access_log off;
      gzip on; gzip_types *;
      client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy;
      fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
      server {
        listen 127.0.0.1:${port};
        location / { proxy_pass ${target}; proxy_http_version 1.1; ${more} }
      }
    }`,
  )
  const server = spawn('nginx', ['-c', path, '-p', folder], { stdio: 'ignore' })
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()))
  onTestFinished(async () => {
    server.kill('SIGKILL')
    await ended
    rmSync(folder, { recursive: true })
  })
  const url = `http://127.0.0.1:${port}`
  await vi.waitFor(() => fetch(url), { timeout: 10_000, interval: 20 })
  return url
}

/** Asks through nginx while the provider holds the rest of its answer back. Gives what is read until it lets go. */
async function readFirst(more?: string): Promise<{ before: string; after: string }> {
  let goOn = () => {}
  const upstream = await startUpstream((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(smallStream.slice(0, 2).join(''))
    goOn = () => response.end(smallStream.slice(2).join(''))
  })
  const { url, mint } = await startRelay({ upstream })
  const { origin, pathname } = new URL(url)
  const nginx = await startNginx(origin, more)
  const asked = fetch(`${nginx}${pathname}/v1/chat/completions`, {
    method: 'POST',
    headers: {
      origin: pageOrigin,
      'content-type': 'application/json',
      'accept-encoding': 'gzip',
      authorization: `Bearer ${await mint()}`,
    },
    body: JSON.stringify(question),
  })
  let text = ''
  const whole = asked.then(async ({ body }) => {
    for await (const piece of body!.pipeThrough(new TextDecoderStream())) text += piece
  })
  await expect.poll(() => upstream.requests).toHaveLength(1)
  await new Promise((resolve) => setTimeout(resolve, 400))
  const before = text
  goOn()
  await whole
  return { before, after: text }
}

test.runIf(hasNginx)(
  'an nginx that nobody told anything passes each piece on as it comes',
  async () => {
    const { before, after } = await readFirst()
    expect(before).toContain('Yes, ')
    expect(after).toContain('[DONE]')
  },
)

test.runIf(hasNginx)('one that is told not to listen to us collects', async () => {
  const { before, after } = await readFirst('proxy_ignore_headers X-Accel-Buffering;')
  expect(before).toBe('')
  expect(after).toContain('[DONE]')
})
