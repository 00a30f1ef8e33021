import { createHmac } from 'node:crypto'
import { jwtVerify, SignJWT } from 'jose'
import { expect, test } from 'vitest'
import { createClientTokens } from './clientToken.ts'
import {
  answerWell,
  pageOrigin,
  question,
  secret,
  startRelay,
  startUpstream,
} from './fixtures/startRelay.ts'

const nowSeconds = 1_800_000_000
const otherSecret = 'another secret of the tests, long enough too'

const base64url = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')

const goodHeader = { alg: 'HS256', typ: 'parlance-client+jwt' }
const goodClaims = {
  iss: 'parlance',
  aud: 'parlance-relay',
  sub: 'visitor_1',
  jti: 'token_1',
  origin: pageOrigin,
  iat: nowSeconds,
  exp: nowSeconds + 600,
}

/** A token by hand, so that the library that checks it does not make it. */
function forge({
  header = {},
  claims = {},
  key = secret,
  hash = 'sha256',
}: {
  header?: object
  claims?: object
  key?: string
  hash?: string
} = {}): string {
  const signed = `${base64url({ ...goodHeader, ...header })}.${base64url({ ...goodClaims, ...claims })}`
  return `${signed}.${createHmac(hash, key).update(signed).digest('base64url')}`
}

const good = forge()
const [goodHead = '', goodBody = '', goodSignature = ''] = good.split('.')
const unsigned = `${base64url({ ...goodHeader, alg: 'none' })}.${goodBody}.`

const forged: Readonly<Record<string, string>> = {
  'no text': 'x',
  'one part': goodHead,
  'two parts': `${goodHead}.${goodBody}`,
  'four parts': `${good}.${goodSignature}`,
  'only dots': '..',
  'no signature': `${goodHead}.${goodBody}.`,
  'signature of another body': `${goodHead}.${base64url({ ...goodClaims, sub: 'visitor_2' })}.${goodSignature}`,
  'first signature character changed': `${goodHead}.${goodBody}.${goodSignature.startsWith('A') ? 'B' : 'A'}${goodSignature.slice(1)}`,
  'signature cut': good.slice(0, -4),
  'signature lengthened': `${good}AAAA`,
  'body cut': `${goodHead}.${goodBody.slice(0, -4)}.${goodSignature}`,
  'head cut': `${goodHead.slice(0, -4)}.${goodBody}.${goodSignature}`,
  'alg none': unsigned,
  'alg None': forge({ header: { alg: 'None' } }),
  'alg NONE with a signature': forge({ header: { alg: 'NONE' } }),
  'alg HS384': forge({ header: { alg: 'HS384' }, hash: 'sha384' }),
  'alg HS512': forge({ header: { alg: 'HS512' }, hash: 'sha512' }),
  'alg HS256 signed as HS512': forge({ hash: 'sha512' }),
  'alg RS256': forge({ header: { alg: 'RS256' } }),
  'alg absent': forge({ header: { alg: undefined } }),
  'another key': forge({ key: otherSecret }),
  'an empty key': forge({ key: '' }),
  'the key with a line break': forge({ key: `${secret}\n` }),
  'the issuer for a key': forge({ key: 'parlance' }),
  'a key in the header': forge({
    header: { jwk: { kty: 'oct', k: base64url(otherSecret) } },
    key: otherSecret,
  }),
  'a key by address': forge({ header: { jku: 'https://evil.example/keys' }, key: otherSecret }),
  'a critical extension': forge({ header: { crit: ['x'], x: 1 } }),
  'another type': forge({ header: { typ: 'JWT' } }),
  'no type': forge({ header: { typ: undefined } }),
  'another issuer': forge({ claims: { iss: 'parlance2' } }),
  'no issuer': forge({ claims: { iss: undefined } }),
  'another audience': forge({ claims: { aud: 'other' } }),
  'no audience': forge({ claims: { aud: undefined } }),
  'another origin': forge({ claims: { origin: 'https://evil.example' } }),
  'no origin': forge({ claims: { origin: undefined } }),
  'no visitor': forge({ claims: { sub: undefined } }),
  'an empty visitor': forge({ claims: { sub: '' } }),
  expired: forge({ claims: { iat: nowSeconds - 700, exp: nowSeconds - 100 } }),
  'no end': forge({ claims: { exp: undefined } }),
  'an end that is a text': forge({ claims: { exp: 'never' } }),
  'a life longer than allowed': forge({
    claims: { iat: nowSeconds - 7200, exp: nowSeconds + 7200 },
  }),
  'from the future': forge({ claims: { iat: nowSeconds + 3600, exp: nowSeconds + 4200 } }),
  'not valid before later': forge({ claims: { nbf: nowSeconds + 3600 } }),
  'no id': forge({ claims: { jti: undefined } }),
  'too long': forge({ claims: { padding: 'x'.repeat(3000) } }),
}

const now = () => nowSeconds * 1000
const create = (secrets = [secret], clock = now) =>
  createClientTokens({ secrets, lifetimeMs: 600_000, now: clock })

test('accepts a token made by the rules', async () => {
  expect(await create().verify(good, pageOrigin)).toBe('visitor_1')
})

test('refuses every forged token with the same answer', async () => {
  const relay = await startRelay({ now })
  const seen = new Set<string>()
  for (const token of Object.values(forged)) {
    const response = await relay.ask(question, { token })
    const body = (await response.text()).replace(/"reply_[^"]+"/, '"…"')
    seen.add(`${response.status} ${body}`)
  }
  expect(Object.keys(forged).length).toBeGreaterThanOrEqual(40)
  expect([...seen]).toEqual([expect.stringContaining('401 ')])
})

test.each(Object.entries(forged))('refuses a token with %s', async (_name, token) => {
  expect(await create().verify(token, pageOrigin)).toBeNull()
})

test('lives ten minutes, with a minute for clocks that differ', async () => {
  const { token, expiresInSeconds } = await create().mint('visitor_1', pageOrigin)
  const at = (seconds: number) =>
    create([secret], () => (nowSeconds + seconds) * 1000).verify(token, pageOrigin)
  expect(expiresInSeconds).toBe(600)
  expect(await at(599)).toBe('visitor_1')
  expect(await at(661)).toBeNull()
})

test('is good on its own origin alone', async () => {
  const { token } = await create().mint('visitor_1', pageOrigin)
  expect(await create().verify(token, 'https://other.example')).toBeNull()
  expect(await create().verify(token, '')).toBeNull()
})

test('accepts what an older secret signed and signs with the first', async () => {
  const { token: old } = await create([otherSecret]).mint('visitor_1', pageOrigin)
  const rotated = create([secret, otherSecret])
  const { token } = await rotated.mint('visitor_1', pageOrigin)
  expect(await rotated.verify(old, pageOrigin)).toBe('visitor_1')
  expect(await create([secret]).verify(token, pageOrigin)).toBe('visitor_1')
})

test('gives each token an id of its own', async () => {
  const tokens = create()
  const [first, second] = await Promise.all([
    tokens.mint('visitor_1', pageOrigin),
    tokens.mint('visitor_1', pageOrigin),
  ])
  expect(first.token).not.toBe(second.token)
})

const visitorOf = (token: string) =>
  (JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { sub: string })
    .sub

async function refresh(url: string, token: unknown, origin = pageOrigin) {
  const response = await fetch(`${url}/session`, {
    method: 'POST',
    headers: { origin, 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  })
  return (await response.json()) as { token: string; expires_in: number }
}

test('keeps the visitor when an old token is refreshed, also a day after its end', async () => {
  let offsetMs = 0
  const { url, mint } = await startRelay({ now: () => now() + offsetMs })
  const token = await mint()
  offsetMs = 20 * 60 * 60 * 1000
  const fresh = await refresh(url, token)
  expect(fresh.expires_in).toBe(600)
  expect(visitorOf(fresh.token)).toBe(visitorOf(token))
})

test('makes a new visitor of a token that is forged, too old or from another origin', async () => {
  let offsetMs = 0
  const second = 'https://second.example'
  const { url, mint } = await startRelay({
    now: () => now() + offsetMs,
    origins: [pageOrigin, second],
  })
  const token = await mint()
  expect(visitorOf((await refresh(url, token, second)).token)).not.toBe(visitorOf(token))
  expect(visitorOf((await refresh(url, forge({ key: otherSecret }))).token)).not.toBe('visitor_1')
  expect(visitorOf((await refresh(url, 42)).token)).toMatch(/^visitor_/)
  offsetMs = 25 * 60 * 60 * 1000
  expect(visitorOf((await refresh(url, token)).token)).not.toBe(visitorOf(token))
})

test('knows the visitor by the host when the host tells, without telling the host’s id on', async () => {
  const { url } = await startRelay({
    identify: async (request) => {
      const cookie = request.headers.get('cookie')
      return cookie ? { id: cookie } : null
    },
  })
  const mintAs = (cookie?: string) =>
    fetch(`${url}/session`, {
      method: 'POST',
      headers: { origin: pageOrigin, ...(cookie && { cookie }) },
    })
  const first = ((await (await mintAs('user=ada@example.org')).json()) as { token: string }).token
  const again = ((await (await mintAs('user=ada@example.org')).json()) as { token: string }).token
  const other = ((await (await mintAs('user=bob@example.org')).json()) as { token: string }).token
  expect(visitorOf(first)).toBe(visitorOf(again))
  expect(visitorOf(first)).not.toBe(visitorOf(other))
  expect(visitorOf(first)).not.toContain('ada')
  expect((await mintAs()).status).toBe(401)
})

const ownersKey = new TextEncoder().encode('the key of the shop’s own server, not the relay’s')

/** As an owner checks the token that a page handed to the chat. */
async function readOwnersToken(request: Request) {
  const token = /^Bearer (.+)$/.exec(request.headers.get('authorization') ?? '')?.[1]
  if (!token) return 'anonymous'
  try {
    const { payload } = await jwtVerify(token, ownersKey, { audience: 'chat' })
    return { id: payload.sub ?? '' }
  } catch {
    return null
  }
}

const signAs = (user: string, key = ownersKey) =>
  new SignJWT()
    .setProtectedHeader({ alg: 'HS256' })
    .setAudience('chat')
    .setSubject(user)
    .setExpirationTime('5m')
    .sign(key)

async function mintWith(url: string, ownersToken?: string, previous?: string) {
  const response = await fetch(`${url}/session`, {
    method: 'POST',
    headers: {
      origin: pageOrigin,
      'content-type': 'application/json',
      ...(ownersToken && { authorization: `Bearer ${ownersToken}` }),
    },
    body: JSON.stringify({ token: previous }),
  })
  return response.ok ? ((await response.json()) as { token: string }).token : response.status
}

test('binds every message to whom the owner signed for, and refuses who was not', async () => {
  const upstream = await startUpstream(answerWell)
  const { url, ask, relay } = await startRelay({ upstream, identify: readOwnersToken })
  const ada = (await mintWith(url, await signAs('ada'))) as string
  const adaOnHerPhone = (await mintWith(url, await signAs('ada'))) as string
  const bob = (await mintWith(url, await signAs('bob'))) as string
  for (const token of [ada, ada, adaOnHerPhone, bob]) await (await ask(question, { token })).text()
  const booked = await relay.ledger.entries()
  const [first, last] = [visitorOf(ada), visitorOf(bob)]
  expect(booked.map(({ visitorId }) => visitorId)).toEqual([first, first, first, last])
  expect(first).not.toBe(last)
  expect(first).not.toMatch(/^visitor_/)
  expect(await mintWith(url, await signAs('ada', new Uint8Array(32)))).toBe(401)
  expect(await mintWith(url, `${await signAs('ada')}x`)).toBe(401)
})

test('whoever has signed out is nobody again, even with the token from before', async () => {
  const { url } = await startRelay({ identify: readOwnersToken })
  const ada = (await mintWith(url, await signAs('ada'))) as string
  const out = (await mintWith(url, undefined, ada)) as string
  expect(visitorOf(out)).toMatch(/^visitor_/)
  const refreshed = (await mintWith(url, undefined, out)) as string
  expect(visitorOf(refreshed)).toBe(visitorOf(out))
})

test('tells the owner once that nobody checks who visitors are', async () => {
  const { url, logs } = await startRelay({})
  for (let index = 0; index < 3; index++) await mintWith(url, await signAs('ada'))
  expect(logs.filter(({ event }) => event === 'identity-unread')).toHaveLength(1)
})
