import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { fixturesDir } from '../../../scripts/fixtures.ts'
import {
  canaryKey,
  pageOrigin,
  question,
  secret,
  smallStream,
  startRelay,
  startUpstream,
  writeStream,
} from './fixtures/startRelay.ts'

interface ErrorCase {
  readonly id: string
  readonly status: number
  readonly headers: Record<string, string>
  readonly body: string
  readonly expect: { readonly message?: string | null; readonly relayMustNotContain?: string[] }
}

const fixtures = fixturesDir()
const cases = fixtures
  ? (JSON.parse(readFileSync(join(fixtures, 'errors.json'), 'utf8')) as { cases: ErrorCase[] })
      .cases
  : []

/** What the visitor asks, so that a provider that quotes it can be told. */
const asked = 'My order 4711 to Ola Nordmann, Karl Johans gate 1, has not come.'
const ask = (stream: boolean) => ({ stream, messages: [{ role: 'user', content: asked }] })
const echo = `Key ${canaryKey} (Bearer ${canaryKey}) asked: ${asked}`

/** The body with the key and the question quoted in it, as providers do. */
const withEcho = (body: string) =>
  body.includes('"message"')
    ? body.replace(/"message"\s*:\s*"/, `"message": "${echo} `)
    : `${body}${body.startsWith('{') ? '' : echo}`

describe.skipIf(cases.length === 0)('over all recorded error answers', () => {
  test.each([
    ['streamed', true],
    ['whole', false],
  ])('shows no key, no question and no provider’s words, %s', async (_name, stream) => {
    let current: ErrorCase | undefined
    let isEchoing = false
    const upstream = await startUpstream((response) => {
      const { status = 500, headers = {}, body = '' } = current ?? {}
      const safe = Object.entries(headers).filter(
        ([name]) =>
          !/^(?:content-length|transfer-encoding|content-encoding|connection)$/i.test(name),
      )
      response.writeHead(status, { ...Object.fromEntries(safe), 'x-echo': canaryKey })
      response.end(isEchoing ? withEcho(body) : body)
    })
    const running = await startRelay({ upstream })
    const token = await running.mint()
    let answerCount = 0
    for (current of cases) {
      for (isEchoing of [false, true]) {
        const response = await running.ask(ask(stream), { token })
        const seen = JSON.stringify([...response.headers]) + (await response.text())
        answerCount++
        expect([current.id, seen]).toEqual([current.id, expect.not.stringContaining(canaryKey)])
        const words = [...(current.expect.relayMustNotContain ?? [])]
        if ((current.expect.message?.length ?? 0) > 12) words.push(current.expect.message ?? '')
        const isTold = words.some((word) => seen.includes(word)) || seen.includes(asked)
        expect([current.id, isTold]).toEqual([current.id, false])
      }
    }
    const logged = JSON.stringify(running.logs)
    for (const word of [canaryKey, secret, token, asked, 'Nordmann', 'Karl Johans']) {
      expect(logged).not.toContain(word)
    }
    expect(answerCount).toBe(cases.length * 2)
  })
})

test('tells of every fault of the owner’s account the same', async () => {
  let status = 0
  const upstream = await startUpstream((response) => response.writeHead(status).end())
  const { ask: send, mint } = await startRelay({ upstream })
  const token = await mint()
  const seen = new Set<string>()
  for (status of [400, 401, 402, 403, 404, 405, 422]) {
    const response = await send(question, { token })
    const body = (await response.text()).replace(/reply_[\w-]+/, '')
    seen.add(`${response.status} ${body}`)
  }
  expect([...seen]).toEqual([expect.stringContaining('"code":"provider_error"')])
})

test('shows nothing secret on the whole way of a good answer', async () => {
  const upstream = await startUpstream((response) => writeStream(response, smallStream))
  const system = 'A system prompt of the owner alone.'
  const { url, ask: send, mint, logs } = await startRelay({ upstream, system })
  const token = await mint()
  const headers = { origin: pageOrigin, authorization: `Bearer ${token}` }
  const answers = [
    await send(ask(true), { token }),
    await fetch(`${url}/v1/models`, { headers }),
    await fetch(`${url}/health`),
    await fetch(`${url}/nowhere`, { headers }),
  ]
  let seen = ''
  for (const answer of answers) seen += JSON.stringify([...answer.headers]) + (await answer.text())
  const logged = JSON.stringify(logs)
  for (const word of [canaryKey, secret, system, upstream.baseUrl, 'gpt-test']) {
    expect(seen).not.toContain(word)
  }
  for (const word of [canaryKey, secret, system, token, asked]) expect(logged).not.toContain(word)
})
