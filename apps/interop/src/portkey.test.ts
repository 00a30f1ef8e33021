import { spawn } from 'node:child_process'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { LLMock } from '@copilotkit/aimock'
import { expect, it, onTestFinished } from 'vitest'
import { startRelay } from '../../../packages/server/src/fixtures/startRelay.ts'
import { openai } from '../../../packages/server/src/openai.ts'
import { talk } from '../../../packages/server/src/providers/fixtures/providerSuite.ts'

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Portkey's gateway, as it is published, in a process of its own. */
async function startGateway(): Promise<string> {
  const port = await freePort()
  const script = join(
    import.meta.dirname,
    '../node_modules/@portkey-ai/gateway/build/start-server.js',
  )
  const child = spawn(process.execPath, [script, '--headless', `--port=${port}`], {
    stdio: 'ignore',
  })
  onTestFinished(() => void child.kill())
  const url = `http://127.0.0.1:${port}`
  for (let tries = 0; tries < 100; tries++) {
    const isUp = await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    )
    if (isUp) return url
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('The gateway did not start.')
}

/** Relay → gateway → aimock. */
async function start() {
  const mock = new LLMock({ port: 0, chunkSize: 5 })
  await mock.start()
  onTestFinished(() => mock.stop())
  const provider = openai({
    baseUrl: `${await startGateway()}/v1`,
    apiKey: 'sk-aimock',
    models: { fast: 'gpt-4o' },
    headers: { 'x-portkey-provider': 'openai', 'x-portkey-custom-host': `${mock.url}/v1` },
  })
  return { mock, relay: await startRelay({ provider }) }
}

it('relays through a gateway of others: streamed, whole, refused and cut', async () => {
  const { mock, relay } = await start()
  mock.onMessage('Norway', { content: 'Yes: four days to Oslo, æøå included.' })
  for (const stream of [true, false]) {
    const told = await talk(relay, 'Norway', { stream })
    expect(told.text).toBe('Yes: four days to Oslo, æøå included.')
    expect(told.ends).toEqual(['reply-end'])
  }
  mock.nextRequestError(429, { message: 'Rate limit for org-123', code: 'rate_limit_exceeded' })
  const refused = await talk(relay, 'Norway')
  expect(refused).toMatchObject({ status: 429, errorCode: 'rate_limited' })
  expect(refused.raw).not.toContain('org-123')

  // The gateway hides that its provider broke off: its body ends well, without a finish reason.
  mock.clearFixtures()
  mock.onMessage(
    /./,
    { content: 'One two three four five six.' },
    { latency: 10, truncateAfterChunks: 3 },
  )
  const cut = await talk(relay, 'Norway')
  expect(cut.errorCode).toBe('truncated')
  expect('One two three four five six.'.startsWith(cut.text)).toBe(true)
})
