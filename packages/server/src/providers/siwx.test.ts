import { createPublicKey, verify } from 'node:crypto'
import { base58 } from '@scure/base'
import nacl from 'tweetnacl'
import { describe, expect, it } from 'vitest'
import {
  createEvmSigner,
  createSiwxSession,
  createSolanaSigner,
  type SiwxOptions,
  toSiwxMessage,
} from './siwx.ts'

// Keys of the tests: they hold nothing.
const evmKey = '0x4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318'
const solanaKey = Uint8Array.from({ length: 32 }, (_, at) => at + 1)
const evm = createEvmSigner(evmKey)
const solana = createSolanaSigner(solanaKey)
const fields = {
  domain: 'beta.aimo.network',
  nonce: 'abcDEF1234567890',
  issuedAtMs: Date.parse('2026-11-21T10:00:00Z'),
  expiresAtMs: Date.parse('2026-11-21T10:05:00Z'),
}

const decode = (header: string) =>
  JSON.parse(Buffer.from(header, 'base64').toString()) as { message: string; signature: string }

describe('the message', () => {
  it('has the form of EIP-4361 on EVM, with and without a statement', () => {
    expect(toSiwxMessage({ ...fields, signer: evm, statement: 'Sign in to chat.' })).toBe(
      `beta.aimo.network wants you to sign in with your Ethereum account:
0x2c7536E3605D9C16a7a3D7b1898e529396a65c23

Sign in to chat.

URI: https://beta.aimo.network
Version: 1
Chain ID: 1
Nonce: abcDEF1234567890
Issued At: 2026-11-21T10:00:00.000Z
Expiration Time: 2026-11-21T10:05:00.000Z`,
    )
    expect(toSiwxMessage({ ...fields, signer: evm })).toContain('a65c23\n\n\nURI: ')
  })

  it('has the form of the Solana profile, which leaves no line for a missing statement', () => {
    expect(
      toSiwxMessage({ ...fields, signer: solana, chainId: 'mainnet', uri: 'https://x.example' }),
    ).toBe(
      `beta.aimo.network wants you to sign in with your Solana account:
9C6hybhQ6Aycep9jaUnP6uL9ZYvDjUp1aSkFWPUFJtpj

URI: https://x.example
Version: 1
Chain ID: mainnet
Nonce: abcDEF1234567890
Issued At: 2026-11-21T10:00:00.000Z
Expiration Time: 2026-11-21T10:05:00.000Z`,
    )
  })
})

describe('the signature', () => {
  it('is the one that viem, ethers and siwe accept', async () => {
    // Vector checked against all three in apps/interop; such signatures are deterministic.
    expect(await evm.sign(toSiwxMessage({ ...fields, signer: evm }))).toBe(
      '0xebc95c06796196f64ba5ea512606326b72b25aa8f8e428fc928c8161cbc06c1d2f89b2b2937c5f85c5b158cd05f1c4926288cebb7b389a52f2af63e72c4735631c',
    )
  })

  it('is accepted by tweetnacl and by Node, and not for another message', async () => {
    const message = toSiwxMessage({ ...fields, signer: solana, statement: 'Grüße ✓' })
    const signature = base58.decode(await solana.sign(message))
    const rawKey = base58.decode(solana.address)
    const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), rawKey])
    const key = createPublicKey({ key: der, format: 'der', type: 'spki' })
    for (const [text, isGood] of [
      [message, true],
      [`${message} `, false],
    ] as const) {
      const told = new TextEncoder().encode(text)
      expect(nacl.sign.detached.verify(told, signature, rawKey)).toBe(isGood)
      expect(verify(null, told, key, signature)).toBe(isGood)
    }
  })

  it('is made with keys in any of their usual forms', () => {
    expect(createEvmSigner(evmKey.slice(2)).address).toBe(evm.address)
    const walletFile = Uint8Array.from([...solanaKey, ...base58.decode(solana.address)])
    expect(createSolanaSigner(walletFile).address).toBe(solana.address)
    expect(createSolanaSigner(base58.encode(walletFile)).address).toBe(solana.address)
  })

  it('never quotes a key it cannot read', () => {
    for (const key of ['0x1234', 'not hex at all', `${evmKey}ff`, '']) {
      expect(() => createEvmSigner(key)).toThrow(
        'siwx: the private key cannot be read. It must have 32 bytes.',
      )
      expect(() => createSolanaSigner(key)).toThrow('cannot be read')
    }
  })
})

describe('the session', () => {
  const start = (options: Partial<SiwxOptions> = {}) => {
    let nowMs = fields.issuedAtMs
    let signed = 0
    const signer = { ...evm, sign: async (message: string) => ((signed += 1), evm.sign(message)) }
    const session = createSiwxSession({
      signer,
      domain: fields.domain,
      now: () => nowMs,
      ...options,
    })
    return { session, count: () => signed, wait: (ms: number) => (nowMs += ms) }
  }

  it('is an envelope of message and signature alone', async () => {
    const { session } = start()
    const envelope = decode(await session.header())
    expect(Object.keys(envelope)).toEqual(['message', 'signature'])
    expect(envelope.message).toMatch(/\nNonce: [A-Za-z0-9]{16}\n/)
    expect(envelope.message).toContain('Expiration Time: 2026-11-21T10:05:00.000Z')
    expect(envelope.signature).toMatch(/^0x[\da-f]{130}$/)
  })

  it('is signed once for many requests, and again shortly before it ends', async () => {
    const { session, count, wait } = start()
    const headers = await Promise.all(Array.from({ length: 20 }, () => session.header()))
    expect(new Set(headers).size).toBe(1)
    wait(269_999)
    expect(await session.header()).toBe(headers[0])
    wait(1)
    const renewed = await session.header()
    expect(decode(renewed).message).toContain('Issued At: 2026-11-21T10:04:30.000Z')
    expect(count()).toBe(2)
  })

  it('refuses a nonce that could add a line to what is signed', async () => {
    for (const nonce of ['', 'short', 'abcDEF12\nURI: https://evil.example', 'abcDEF12 34']) {
      const session = createSiwxSession({
        signer: evm,
        domain: 'a.example',
        createNonce: () => nonce,
      })
      await expect(session.header()).rejects.toThrow('at least 8 letters and digits')
    }
  })

  it('has a new nonce each time, or the service’s own', async () => {
    const { session } = start()
    const nonces = new Set<string>()
    for (let i = 0; i < 50; i++) {
      nonces.add(/Nonce: (\w+)/.exec(decode(await session.header()).message)![1]!)
      session.forget()
    }
    expect(nonces.size).toBe(50)
    const own = start({ createNonce: async () => 'fromServer1' })
    expect(decode(await own.session.header()).message).toContain('Nonce: fromServer1')
  })

  it('asks a signer again that failed', async () => {
    let isDown = true
    const sign = async () => {
      if (isDown) throw new Error('The KMS is down.')
      return '0x00'
    }
    const { session } = start({ signer: { ...evm, sign } })
    await expect(session.header()).rejects.toThrow('KMS')
    isDown = false
    expect(decode(await session.header()).signature).toBe('0x00')
  })

  it('takes no option that would write another line into the message', () => {
    expect(() => start({ domain: 'a b' })).toThrow('`domain`')
    expect(() => start({ domain: 'a\nb' })).toThrow('`domain`')
    expect(() => start({ statement: 'a\nURI: https://evil.example' })).toThrow('line break')
    expect(() => start({ uri: 'https://a\rb' })).toThrow('line break')
    expect(() => start({ chainId: '1\n' })).toThrow('line break')
    expect(() => start({ lifetimeMs: 10 })).toThrow('`lifetimeMs`')
  })
})
