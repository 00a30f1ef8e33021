import { ed25519 } from '@noble/curves/ed25519.js'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { keccak_256 } from '@noble/hashes/sha3.js'
import { base58 } from '@scure/base'

/** An account that can sign in: on an EVM chain or on Solana. */
export interface SiwxSigner {
  /** CAIP-2 namespace of the account's chain. */
  readonly namespace: 'eip155' | 'solana'
  /** EVM: `0x…` with its checksum. Solana: base58. */
  readonly address: string
  /** Signs the message's bytes: EVM by EIP-191 as `0x…` hex of 65 bytes, Solana by Ed25519 as base58. May be asynchronous, so that the key can stay in a KMS. */
  sign(message: string): string | Promise<string>
}

export interface SiwxOptions {
  readonly signer: SiwxSigner
  /** Host that is signed in to, such as `beta.aimo.network`. */
  readonly domain: string
  /** Address that is signed in to. Default `https://` and the domain. */
  readonly uri?: string | undefined
  /** One line that says what is signed for. Default: none. */
  readonly statement?: string | undefined
  /** CAIP-2 reference of the chain. Default `1` on EVM and `5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp` on Solana. */
  readonly chainId?: string | undefined
  /** How long one signature holds, in milliseconds. Default 300,000: five minutes. */
  readonly lifetimeMs?: number | undefined
  /** Makes the nonce: at least 8 letters and digits, new each time. Default: 16 random ones. */
  readonly createNonce?: (() => string | Promise<string>) | undefined
  readonly now?: (() => number) | undefined
}

/** Signs in to a service once, and again shortly before the signature ends. */
export interface SiwxSession {
  /** Value of the header `Sign-In-With-X`. */
  header(): Promise<string>
  /** Forgets the kept signature, as after a 401. */
  forget(): void
}

/** A signature is replaced so long before it ends, so that it still holds when the request arrives. */
const renewBeforeMs = 30_000
const solanaMainnet = '5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp'

/**
 * Makes the header of Sign-In-With-X: base64 of JSON with a CAIP-122 message and its signature. Throws a `TypeError`
 * for options that could write other lines into the message.
 */
export function createSiwxSession(options: SiwxOptions): SiwxSession {
  const { signer, lifetimeMs = 300_000, createNonce = randomNonce, now = Date.now } = options
  checkOptions(options)
  let kept: { header: Promise<string>; renewAtMs: number } | undefined

  async function signIn(issuedAtMs: number): Promise<string> {
    const nonce = await createNonce()
    // Anything else could add a line to what is signed.
    if (!/^[A-Za-z0-9]{8,}$/.test(nonce)) {
      throw new TypeError('siwx: the nonce must be at least 8 letters and digits.')
    }
    const message = toSiwxMessage({
      ...options,
      nonce,
      issuedAtMs,
      expiresAtMs: issuedAtMs + lifetimeMs,
    })
    const signature = await signer.sign(message)
    return toBase64(JSON.stringify({ message, signature }))
  }

  return {
    header() {
      const nowMs = now()
      if (kept && nowMs < kept.renewAtMs) return kept.header
      const session = {
        header: signIn(nowMs),
        renewAtMs: nowMs + Math.max(lifetimeMs - renewBeforeMs, lifetimeMs / 2),
      }
      kept = session
      // A signer that failed is asked again by the next request.
      session.header.catch(() => {
        if (kept === session) kept = undefined
      })
      return session.header
    },
    forget() {
      kept = undefined
    },
  }
}

export interface SiwxMessageFields extends SiwxOptions {
  readonly nonce: string
  /** In milliseconds since 1970. */
  readonly issuedAtMs: number
  readonly expiresAtMs: number
}

/** The text that is signed, by CAIP-122: for EVM as in EIP-4361, for Solana as in its own profile. */
export function toSiwxMessage(fields: SiwxMessageFields): string {
  const { signer, domain, statement, nonce, issuedAtMs, expiresAtMs } = fields
  const isEvm = signer.namespace === 'eip155'
  const { uri = `https://${domain}`, chainId = isEvm ? '1' : solanaMainnet } = fields
  return [
    `${domain} wants you to sign in with your ${isEvm ? 'Ethereum' : 'Solana'} account:`,
    signer.address,
    '',
    // Without a statement EIP-4361 keeps its line empty, and the Solana form has no such line.
    ...(statement ? [statement, ''] : isEvm ? [''] : []),
    `URI: ${uri}`,
    'Version: 1',
    `Chain ID: ${chainId}`,
    `Nonce: ${nonce}`,
    `Issued At: ${new Date(issuedAtMs).toISOString()}`,
    `Expiration Time: ${new Date(expiresAtMs).toISOString()}`,
  ].join('\n')
}

/** Signs with an EVM key: 32 bytes, or `0x…` hex. Throws a `TypeError` that does not quote it. */
export function createEvmSigner(privateKey: Uint8Array | string): SiwxSigner {
  const secret = readSecret(privateKey, 32, fromHex)
  const publicKey = secp256k1.getPublicKey(secret, false)
  return {
    namespace: 'eip155',
    address: toChecksumAddress(toHex(keccak_256(publicKey.subarray(1)).subarray(-20))),
    sign(message) {
      const digest = toEip191Digest(message)
      const signature = secp256k1.sign(digest, secret, { prehash: false, format: 'recovered' })
      // The curve library puts the recovery bit first, Ethereum puts it last and adds 27.
      return `0x${toHex(signature.subarray(1))}${toHex(Uint8Array.of(signature[0]! + 27))}`
    },
  }
}

/** Signs with a Solana key: 32 bytes, or the 64 of a wallet's file, as bytes or base58. Throws a `TypeError` that does not quote it. */
export function createSolanaSigner(secretKey: Uint8Array | string): SiwxSigner {
  const secret = readSecret(secretKey, 64, (text) => base58.decode(text)).slice(0, 32)
  return {
    namespace: 'solana',
    address: base58.encode(ed25519.getPublicKey(secret)),
    sign: (message) => base58.encode(ed25519.sign(new TextEncoder().encode(message), secret)),
  }
}

function checkOptions({ domain, uri, statement, chainId, signer, lifetimeMs }: SiwxOptions): void {
  if (!/^[\w.-]+(?::\d+)?$/.test(domain)) {
    throw new TypeError('siwx: `domain` must be a host, such as `beta.aimo.network`.')
  }
  const lines = [uri, statement, chainId, signer.address]
  if (lines.some((line) => line !== undefined && /[\r\n]/.test(line))) {
    throw new TypeError(
      'siwx: no option may hold a line break: it would add a line to the message.',
    )
  }
  if (lifetimeMs !== undefined && !(lifetimeMs >= 1_000)) {
    throw new TypeError('siwx: `lifetimeMs` must be at least 1,000.')
  }
}

function readSecret(
  key: Uint8Array | string,
  most: number,
  decode: (text: string) => Uint8Array,
): Uint8Array {
  try {
    const bytes = typeof key === 'string' ? decode(key.trim()) : key
    if (bytes.length === 32 || bytes.length === most) return bytes
  } catch {
    // The decoder's words quote the key.
  }
  throw new TypeError('siwx: the private key cannot be read. It must have 32 bytes.')
}

function toEip191Digest(message: string): Uint8Array {
  const bytes = new TextEncoder().encode(message)
  const prefix = new TextEncoder().encode(`\x19Ethereum Signed Message:\n${bytes.length}`)
  const whole = new Uint8Array(prefix.length + bytes.length)
  whole.set(prefix)
  whole.set(bytes, prefix.length)
  return keccak_256(whole)
}

/** https://eips.ethereum.org/EIPS/eip-55 */
function toChecksumAddress(hex: string): string {
  const digest = toHex(keccak_256(new TextEncoder().encode(hex)))
  const cased = Array.from(hex, (digit, at) =>
    Number.parseInt(digest[at]!, 16) >= 8 ? digit.toUpperCase() : digit,
  )
  return `0x${cased.join('')}`
}

function randomNonce(): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
  // Above the last whole multiple of 62 some letters would come more often.
  const bytes = crypto.getRandomValues(new Uint8Array(64)).filter((byte) => byte < 248)
  return Array.from(bytes.subarray(0, 16), (byte) => letters[byte % 62]).join('')
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function fromHex(text: string): Uint8Array {
  const digits = text.replace(/^0x/, '')
  if (!/^(?:[\da-f]{2})+$/i.test(digits)) throw new TypeError('no hex')
  return Uint8Array.from(digits.match(/../g)!, (pair) => Number.parseInt(pair, 16))
}

function toBase64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)))
}
