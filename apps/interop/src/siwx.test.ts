import { createPublicKey, verify as verifyByNode } from 'node:crypto'
import {
  getBase58Encoder,
  getPublicKeyFromAddress,
  signatureBytes,
  verifySignature,
  address,
} from '@solana/kit'
import { getAddress, verifyMessage as verifyByEthers } from 'ethers'
import { validateSIWxMessage, verifySIWxSignature } from '@x402/extensions/sign-in-with-x'
import { SiweMessage } from 'siwe'
import nacl from 'tweetnacl'
import { verifyMessage } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { createSiweMessage, parseSiweMessage } from 'viem/siwe'
import { describe, expect, it } from 'vitest'
import {
  createEvmSigner,
  createSiwxSession,
  createSolanaSigner,
  type SiwxOptions,
  toSiwxMessage,
} from '../../../packages/server/src/providers/siwx.ts'

const evmKey = `0x${'4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318'}` as const
const evm = createEvmSigner(evmKey)
const solana = createSolanaSigner(Uint8Array.from({ length: 32 }, (_, at) => at + 1))
const otherEvm = createEvmSigner(`0x${'55'.repeat(32)}`).address
const otherSolana = createSolanaSigner(new Uint8Array(32).fill(9)).address
const fields = {
  domain: 'beta.aimo.network',
  nonce: 'abcDEF1234567890',
  issuedAtMs: Date.parse('2026-11-21T10:00:00Z'),
  expiresAtMs: Date.parse('2026-11-21T10:05:00Z'),
}

async function signIn(options: SiwxOptions) {
  const header = await createSiwxSession(options).header()
  return JSON.parse(Buffer.from(header, 'base64').toString()) as {
    message: string
    signature: string
  }
}

describe('on EVM', () => {
  it.each([undefined, 'Sign in to chat.'])(
    'writes the text that viem and siwe write (statement: %s)',
    (statement) => {
      const message = toSiwxMessage({ ...fields, signer: evm, statement })
      const told = {
        domain: fields.domain,
        address: evm.address as `0x${string}`,
        uri: 'https://beta.aimo.network',
        version: '1',
        chainId: 1,
        nonce: fields.nonce,
        ...(statement ? { statement } : {}),
      } as const
      expect(message).toBe(
        createSiweMessage({
          ...told,
          issuedAt: new Date(fields.issuedAtMs),
          expirationTime: new Date(fields.expiresAtMs),
        }),
      )
      expect(message).toBe(
        new SiweMessage({
          ...told,
          issuedAt: new Date(fields.issuedAtMs).toISOString(),
          expirationTime: new Date(fields.expiresAtMs).toISOString(),
        }).prepareMessage(),
      )
      expect(parseSiweMessage(message).address).toBe(evm.address)
    },
  )

  it('has the address and signature that viem has, with a text beyond ASCII too', async () => {
    const account = privateKeyToAccount(evmKey)
    expect(evm.address).toBe(account.address)
    expect(evm.address).toBe(getAddress(evm.address))
    for (const message of ['a', 'Grüße ✓ 😄', toSiwxMessage({ ...fields, signer: evm })]) {
      expect(await evm.sign(message)).toBe(await account.signMessage({ message }))
    }
  })

  it('signs in as viem, ethers and siwe verify, and fails them when tampered with', async () => {
    const { message, signature } = await signIn({
      signer: evm,
      domain: fields.domain,
      statement: 'Sign in to chat.',
    })
    const isGood = async (text: string) => ({
      viem: await verifyMessage({
        address: evm.address as `0x${string}`,
        message: text,
        signature: signature as `0x${string}`,
      }),
      ethers: verifyByEthers(text, signature) === evm.address,
      siwe: (await new SiweMessage(text).verify({ signature }, { suppressExceptions: true }))
        .success,
    })
    expect(await isGood(message)).toEqual({ viem: true, ethers: true, siwe: true })
    const tampered = message.replace('Sign in to chat.', 'Sign in to pay.')
    expect(await isGood(tampered)).toEqual({ viem: false, ethers: false, siwe: false })
  })
})

describe('on Solana', () => {
  it('signs in as tweetnacl, @solana/kit and node:crypto verify, and fails them when tampered with', async () => {
    const { message, signature } = await signIn({ signer: solana, domain: fields.domain })
    expect(message).toContain(' with your Solana account:\n')
    const decode = (text: string) => Uint8Array.from(getBase58Encoder().encode(text))
    const bytes = decode(signature)
    const rawKey = decode(solana.address)
    const key = createPublicKey({
      key: Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), rawKey]),
      format: 'der',
      type: 'spki',
    })
    const kitKey = await getPublicKeyFromAddress(address(solana.address))
    const isGood = async (text: string) => {
      const told = new TextEncoder().encode(text)
      return {
        tweetnacl: nacl.sign.detached.verify(told, bytes, rawKey),
        kit: await verifySignature(kitKey, signatureBytes(bytes), told),
        node: verifyByNode(null, told, key, bytes),
      }
    }
    expect(await isGood(message)).toEqual({ tweetnacl: true, kit: true, node: true })
    expect(await isGood(message.replace('Nonce: ', 'Nonce: x'))).toEqual({
      tweetnacl: false,
      kit: false,
      node: false,
    })
  })
})

/** The fields of a message, so that x402 writes its own text of them and holds the signature against that. */
function toFields(message: string, namespace: 'eip155' | 'solana') {
  const field = (name: string) => new RegExp(`^${name}: (.+)$`, 'm').exec(message)?.[1] ?? ''
  const [first = '', address = ''] = message.split('\n')
  const paragraphs = message.split('\n\n')
  return {
    domain: first.split(' ')[0]!,
    address,
    ...(paragraphs.length === 3 && paragraphs[1] ? { statement: paragraphs[1] } : {}),
    uri: field('URI'),
    version: field('Version'),
    chainId: `${namespace}:${field('Chain ID')}`,
    type: namespace === 'eip155' ? ('eip191' as const) : ('ed25519' as const),
    nonce: field('Nonce'),
    issuedAt: field('Issued At'),
    expirationTime: field('Expiration Time'),
  }
}

describe('for x402, which writes the text anew from its fields', () => {
  it.each([
    ['eip155', undefined],
    ['eip155', 'Sign in to chat.'],
    ['solana', undefined],
    ['solana', 'Sign in to chat.'],
  ] as const)(
    'signs in on %s, and fails with any field changed (statement: %s)',
    async (namespace, statement) => {
      const signer = namespace === 'eip155' ? evm : solana
      const { message, signature } = await signIn({ signer, domain: fields.domain, statement })
      const told = { ...toFields(message, namespace), signature }
      expect(await verifySIWxSignature(told)).toMatchObject({ isValid: true })
      expect(
        await validateSIWxMessage(told, new URL(`https://${fields.domain}/api/v1`)),
      ).toMatchObject({ isValid: true })
      expect(await validateSIWxMessage(told, new URL('https://evil.example'))).toMatchObject({
        isValid: false,
      })
      for (const changed of [
        { domain: 'evil.example' },
        { statement: 'Sign in to pay.' },
        { uri: 'https://evil.example' },
        { nonce: 'abcDEF1234567891' },
        { issuedAt: '2026-11-21T10:00:01.000Z' },
        { expirationTime: '2099-01-01T00:00:00.000Z' },
        {
          chainId: namespace === 'eip155' ? 'eip155:10' : 'solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1',
        },
        { address: namespace === 'eip155' ? otherEvm : otherSolana },
      ]) {
        expect(await verifySIWxSignature({ ...told, ...changed })).toMatchObject({ isValid: false })
      }
    },
  )
})
