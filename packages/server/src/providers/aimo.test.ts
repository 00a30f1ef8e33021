import { base58 } from '@scure/base'
import { createAimoStub, type SignIn } from '@parlance/testing/stubs'
import nacl from 'tweetnacl'
import { describe, expect, it } from 'vitest'
import { aimo, type AimoOptions } from './aimo.ts'
import { describeProvider, lastBody, serveStub } from './fixtures/providerSuite.ts'
import { createEvmSigner, createSolanaSigner } from './siwx.ts'

const secretKey = Uint8Array.from({ length: 32 }, (_, at) => 200 - at)
const signer = createSolanaSigner(secretKey)
const price = {
  inputMicrosPerMillion: 2_500_000,
  outputMicrosPerMillion: 10_000_000,
  currency: 'USD',
}
const models = { smart: { model: 'gpt-4o', price, maxChoices: 3 } }
const createWith = (options: Partial<AimoOptions>) => (baseUrl: string) =>
  aimo({ signer, models, baseUrl, ...options })
const createProvider = createWith({})

/** Verifies as the network would, with another library than the one that signs. */
const verify = ({ message, signature }: SignIn) =>
  nacl.sign.detached.verify(
    new TextEncoder().encode(message),
    base58.decode(signature),
    base58.decode(message.split('\n')[1]!),
  )

describeProvider('aimo', {
  createStub: () => createAimoStub({ verify }),
  createProvider,
  errors: [
    ['400', 'provider_error', 'invalid_request'],
    ['401', 'provider_error', 'unauthorized'],
    ['402', 'provider_error', 'payment_required'],
    ['429', 'rate_limited', 'rate_limited'],
    ['500', 'provider_error', 'provider_error'],
  ],
  usageSource: 'reported',
  cost: 'estimated',
  secret: base58.encode(secretKey),
  signsInAnew: true,
})

describe('sign-in', () => {
  it('is for the host that is asked, and kept for the next request', async () => {
    const stub = createAimoStub({ verify })
    const served = await serveStub(stub, createProvider)
    await served.talk('Hi')
    await served.talk('Hi again')
    const { host } = new URL(served.stub.baseUrl)
    expect(
      stub.signIns[0]?.message.startsWith(`${host} wants you to sign in with your Solana`),
    ).toBe(true)
    expect(stub.signIns[0]?.message).toContain(`URI: http://${host}\n`)
    expect(stub.signIns[1]).toEqual(stub.signIns[0])
  })

  it('is renewed once when it is refused, and no more', async () => {
    let refusals = 1
    const stub = createAimoStub({ verify: (signIn) => refusals-- <= 0 && verify(signIn) })
    const served = await serveStub(stub, createProvider)
    expect((await served.talk('Hi')).ends).toEqual(['reply-end'])
    const [first, second] = served.stub.requests.map(({ headers }) => headers.get('sign-in-with-x'))
    expect(served.stub.requests).toHaveLength(2)
    expect(second).not.toBe(first)
    refusals = 99
    expect((await served.talk('Hi')).errorCode).toBe('provider_error')
    expect(served.stub.requests).toHaveLength(4)
  })

  it('is signed anew once for many requests refused together', async () => {
    const refused = new Set<string>()
    let isEnded = false
    const stub = createAimoStub({
      verify: (signIn) => {
        if (isEnded && refused.size === 0) refused.add(signIn.signature)
        return !refused.has(signIn.signature) && verify(signIn)
      },
    })
    const served = await serveStub(stub, createProvider)
    await served.talk('Hi')
    isEnded = true
    const replies = await Promise.all(Array.from({ length: 8 }, () => served.talk('Hi')))
    expect(replies.every(({ ends }) => ends[0] === 'reply-end')).toBe(true)
    const used = new Set(served.stub.requests.map(({ headers }) => headers.get('sign-in-with-x')))
    expect(used.size).toBe(2)
  })

  it('works with an EVM account, and with a key that stays elsewhere', async () => {
    const evm = createEvmSigner(`0x${'11'.repeat(32)}`)
    const remote = { ...evm, sign: async (message: string) => evm.sign(message) }
    const stub = createAimoStub()
    const served = await serveStub(
      stub,
      createWith({
        signer: remote,
        statement: 'Chat.',
        chainId: '8453',
        domain: 'beta.aimo.network',
      }),
    )
    expect((await served.talk('Hi')).ends).toEqual(['reply-end'])
    expect(stub.signIns[0]?.message).toContain(
      'beta.aimo.network wants you to sign in with your Ethereum',
    )
    expect(stub.signIns[0]?.message).toContain(
      '\nURI: https://beta.aimo.network\nVersion: 1\nChain ID: 8453\n',
    )
  })

  it('fails as a credential when the signer fails, without its words', async () => {
    const sign = async () => {
      throw new Error('secret words of the KMS')
    }
    const served = await serveStub(createAimoStub(), createWith({ signer: { ...signer, sign } }))
    const told = await served.talk('Hi')
    expect(told.errorCode).toBe('provider_error')
    expect(told.raw + JSON.stringify(served.logs)).not.toContain('secret words')
  })
})

it('gives alternatives as siblings, as many as the model allows', async () => {
  const served = await serveStub(createAimoStub({ verify }), createProvider)
  for (const stream of [true, false]) {
    const { events } = await served.talk('Hi', { stream, body: { n: 3 } })
    const texts = ['', '', '']
    for (const event of events) if (event.type === 'text-delta') texts[event.choice] += event.delta
    expect(texts[0]).toMatch(/^This is/)
    expect(texts[1]).toMatch(/^2: This is/)
    expect(texts[2]).toMatch(/^3: This is/)
    expect(events.filter(({ type }) => type === 'choice-end')).toHaveLength(3)
  }
  expect(lastBody(served)['n']).toBe(3)
  expect((await served.talk('Hi', { body: { n: 4 } })).errorCode).toBe('invalid_request')
})

it('passes up to four stop sequences, and the visitor’s opaque id when told to', async () => {
  const served = await serveStub(createAimoStub({ verify }), createWith({ sendUser: true }), {
    allow: ['stop'],
  })
  await served.talk('Hi', { body: { stop: ['a', 'b', 'c', 'd'] } })
  expect(lastBody(served)).toMatchObject({
    stop: ['a', 'b', 'c', 'd'],
    user: expect.stringMatching(/^visitor_/),
  })
  expect((await served.talk('Hi', { body: { stop: ['a', 'b', 'c', 'd', 'e'] } })).errorCode).toBe(
    'invalid_request',
  )
  const silent = await serveStub(createAimoStub({ verify }), createProvider)
  await silent.talk('Hi')
  expect(lastBody(silent)).not.toHaveProperty('user')
})

it('computes the cost from usage and the price table', async () => {
  const served = await serveStub(createAimoStub({ verify }), createProvider)
  await served.talk('Hi there, how are you?')
  const [entry] = await served.relay.ledger.entries()
  const { inputTokens = 0, outputTokens = 0 } = entry!.usage
  expect(entry?.cost).toEqual({
    micros: Math.ceil(inputTokens * 2.5 + outputTokens * 10),
    currency: 'USD',
    source: 'estimated',
  })
})

describe('the fetch that asks', () => {
  const init = { method: 'POST', headers: { 'sign-in-with-x': 'refused' } }
  const statuses = (...list: number[]) => {
    const asked: string[] = []
    const ask = async (_input: unknown, given?: RequestInit) => {
      asked.push(new Headers(given?.headers).get('sign-in-with-x') ?? '')
      return new Response('{}', { status: list.shift() ?? 200 })
    }
    return { asked, ask: ask as typeof fetch }
  }

  it('is the one of the host, whose answer is passed on as it is', async () => {
    const { ask } = statuses()
    let told: Response | undefined
    const watch: typeof fetch = async (...args) => (told = await ask(...args))
    const provider = createProvider('https://aimo.example/v1')
    expect(await provider.fetch!('https://aimo.example/v1/x', init, watch)).toBe(told)
  })

  it('asks again once after a refusal, also where it is the owner’s', async () => {
    const host = statuses()
    const own = statuses(401, 401)
    const provider = createWith({ fetch: own.ask })('https://aimo.example/v1')
    const answer = await provider.fetch!('https://aimo.example/v1/x', init, host.ask)
    expect(answer.status).toBe(401)
    expect(own.asked).toHaveLength(2)
    expect(own.asked[1]).not.toBe('refused')
    expect(host.asked).toEqual([])
  })
})
