import { expect, test } from 'vitest'
import {
  answerWell,
  pageOrigin,
  question,
  startRelay,
  startUpstream,
} from './fixtures/startRelay.ts'

/** All that is not exactly `https://shop.example` or `http://localhost:5173`. */
const strangers = [
  'null',
  '*',
  'https://evil.example',
  'http://shop.example',
  'https://shop.example:443',
  'https://shop.example:8443',
  'https://shop.example/',
  'https://shop.example/path',
  'https://shop.example.',
  'https://shop.example.evil.example',
  'https://shop.exampleevil',
  'https://shop.exampl',
  'https://evilshop.example',
  'https://evil-shop.example',
  'https://evil.shop.example',
  'https://shop.example@evil.example',
  'https://evil.example/https://shop.example',
  'https://evil.example?https://shop.example',
  'https://evil.example#https://shop.example',
  'https://SHOP.example',
  'HTTPS://shop.example',
  'https://shop.example, https://evil.example',
  'https://shop.example https://evil.example',
  'https://xn--shp-7na.example',
  'file://',
  'chrome-extension://abcdefghijklmnop',
  'http://localhost',
  'http://localhost:5174',
  'http://127.0.0.1:5173',
]

const start = () => startRelay({ origins: [pageOrigin, 'http://localhost:5173'] })

test('refuses every origin that is not listed exactly, and reflects none', async () => {
  const { url, ask, mint } = await start()
  const token = await mint()
  for (const origin of strangers) {
    const session = await fetch(`${url}/session`, { method: 'POST', headers: { origin } })
    const completion = await ask(question, { token, headers: { origin } })
    const preflight = await fetch(`${url}/session`, { method: 'OPTIONS', headers: { origin } })
    for (const response of [session, completion, preflight]) {
      expect(response.headers.get('access-control-allow-origin')).toBeNull()
      expect(response.headers.get('vary')).toBe('Origin')
    }
    expect([origin, session.status, completion.status]).toEqual([origin, 403, 403])
  }
  expect(strangers.length).toBeGreaterThanOrEqual(25)
})

test('tells its owner of each origin that is missing once, and of twenty at most', async () => {
  const { url, ask, logs } = await start()
  const preflight = (origin: string) =>
    fetch(`${url}/session`, { method: 'OPTIONS', headers: { origin } })
  await preflight('http://localhost:3000')
  await preflight('http://localhost:3000')
  await ask(question, { headers: { origin: 'https://www.shop.example' } })
  await preflight(pageOrigin)
  const told = () => logs.filter(({ event }) => event === 'origin-unknown')
  expect(told().map(({ detail }) => detail)).toEqual([
    'http://localhost:3000 is not in `origins`: the chat cannot work on its pages.',
    'https://www.shop.example is not in `origins`: the chat cannot work on its pages.',
  ])
  for (let port = 1; port < 30; port++) await preflight(`http://localhost:${port}`)
  expect(told()).toHaveLength(20)
})

test('refuses a client without an origin', async () => {
  const { url } = await start()
  const response = await fetch(`${url}/session`, { method: 'POST' })
  expect(response.status).toBe(403)
  expect(await response.json()).toMatchObject({ error: { code: 'origin_not_allowed' } })
})

test('serves a client without an origin where the owner says so, with a token of its own', async () => {
  const upstream = await startUpstream(answerWell)
  const { url, mint } = await startRelay({ upstream, allowMissingOrigin: true })
  const response = await fetch(`${url}/session`, { method: 'POST' })
  const { token } = (await response.json()) as { token: string }
  const askWith = (authorization: string) =>
    fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify(question),
    })
  expect((await askWith(`Bearer ${token}`)).status).toBe(200)
  // One taken from a browser is of no use there.
  expect((await askWith(`Bearer ${await mint()}`)).status).toBe(401)
})

test('answers the preflight of a listed origin, with the headers it asks for', async () => {
  const { url } = await start()
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'OPTIONS',
    headers: {
      origin: pageOrigin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type,x-stainless-os',
    },
  })
  expect(response.status).toBe(204)
  expect(response.headers.get('access-control-allow-origin')).toBe(pageOrigin)
  expect(response.headers.get('access-control-allow-headers')).toBe(
    'authorization,content-type,x-stainless-os',
  )
  expect(response.headers.get('access-control-allow-credentials')).toBeNull()
})

test('lists the models to a page’s own GET, which carries no origin', async () => {
  const { url, mint } = await start()
  const headers = { authorization: `Bearer ${await mint()}` }
  const response = await fetch(`${url}/v1/models`, { headers })
  expect(await response.json()).toMatchObject({ object: 'list', data: [{ id: 'fast' }] })
  expect((await fetch(`${url}/v1/models`)).status).toBe(401)
  const fromElsewhere = { ...headers, origin: 'https://evil.example' }
  expect((await fetch(`${url}/v1/models`, { headers: fromElsewhere })).status).toBe(403)
})

test('tells anybody that it is well', async () => {
  const { url } = await start()
  const response = await fetch(`${url}/health`)
  expect([response.status, await response.json()]).toEqual([200, { status: 'ok' }])
})

test('says which method an address answers', async () => {
  const { url } = await start()
  const response = await fetch(`${url}/session`, { headers: { origin: pageOrigin } })
  expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST, OPTIONS'])
  expect((await fetch(`${url}/nowhere`)).status).toBe(404)
})
