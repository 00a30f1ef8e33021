import { jwtVerify, SignJWT } from 'jose'
import { randomId } from './randomId.ts'

const issuer = 'parlance'
const audience = 'parlance-relay'
const type = 'parlance-client+jwt'
const maxTokenChars = 2048

/** How far the clocks of two servers may differ. */
const skewSeconds = 60

/** How long after its end a token still tells who the visitor was, so that a laptop opened next morning is known. */
const refreshGraceSeconds = 24 * 60 * 60

/** A token for one visitor on one origin. */
export interface ClientToken {
  readonly token: string
  readonly expiresInSeconds: number
}

/** Mints and checks the short-lived tokens that browsers hold instead of a key. */
export interface ClientTokens {
  /** `origin` is empty for a client without one. */
  mint(visitorId: string, origin: string): Promise<ClientToken>
  /**
   * The visitor a token stands for; null for every token that is not good here and now, whatever is wrong with it.
   * Without `origin`, one of any origin is good.
   */
  verify(token: string, origin: string | undefined): Promise<string | null>
  /** The visitor a token stood for, up to a day after its end. Good for a new token alone. */
  verifyPrevious(token: string, origin: string): Promise<string | null>
}

export interface ClientTokensOptions {
  /** The first signs, all are accepted. */
  readonly secrets: readonly string[]
  readonly lifetimeMs: number
  readonly now: () => number
}

export function createClientTokens({
  secrets,
  lifetimeMs,
  now,
}: ClientTokensOptions): ClientTokens {
  const lifetimeSeconds = Math.floor(lifetimeMs / 1000)
  let importedKeys: Promise<readonly CryptoKey[]> | undefined
  // Imported at the first use: some runtimes allow no asynchronous work while a module loads.
  const keys = () => (importedKeys ??= Promise.all(secrets.map(importKey)))

  async function check(token: string, origin: string | undefined, toleranceSeconds: number) {
    if (token.length > maxTokenChars) return null
    for (const key of await keys()) {
      try {
        const { payload } = await jwtVerify(token, key, {
          algorithms: ['HS256'],
          typ: type,
          issuer,
          audience,
          requiredClaims: ['sub', 'jti', 'iat', 'exp', 'origin'],
          currentDate: new Date(now()),
          clockTolerance: toleranceSeconds,
          maxTokenAge: lifetimeSeconds,
        })
        if (origin !== undefined && payload['origin'] !== origin) return null
        return payload.sub || null
      } catch {
        // Not signed by this key, or not good: the next key may know it, and no caller learns why it was refused.
      }
    }
    return null
  }

  return {
    async mint(visitorId, origin) {
      const [signingKey] = await keys()
      const issuedAt = Math.floor(now() / 1000)
      const token = await new SignJWT({ origin })
        .setProtectedHeader({ alg: 'HS256', typ: type })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(visitorId)
        .setJti(randomId('token'))
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + lifetimeSeconds)
        .sign(signingKey!)
      return { token, expiresInSeconds: lifetimeSeconds }
    },
    verify: (token, origin) => check(token, origin, skewSeconds),
    verifyPrevious: (token, origin) => check(token, origin, refreshGraceSeconds),
  }
}

function importKey(secret: string): Promise<CryptoKey> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const bytes = new TextEncoder().encode(secret)
  return crypto.subtle.importKey('raw', bytes, algorithm, false, ['sign', 'verify'])
}
