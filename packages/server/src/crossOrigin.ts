import { ChatError } from '@parlance/core'

const exposedHeaders = 'retry-after, x-request-id, x-resumable-ms, x-should-retry'
const defaultAllowedHeaders = 'authorization, content-type, idempotency-key, last-event-id'
const headerListPattern = /^[A-Za-z0-9-]+(?:\s*,\s*[A-Za-z0-9-]+)*$/
const maxPreflightChars = 1_000

export interface OriginRules {
  readonly origins: ReadonlySet<string>
  readonly allowMissingOrigin: boolean
}

/**
 * The origin a request comes from: empty for a client without one, where those are served. Throws `ChatError`
 * `origin_not_allowed`. Origins are compared whole, so that none that only looks alike fits.
 */
export function checkOrigin(request: Request, rules: OriginRules): string {
  const origin = request.headers.get('origin')
  if (origin === null && rules.allowMissingOrigin) return ''
  if (origin !== null && rules.origins.has(origin)) return origin
  throw new ChatError('origin_not_allowed', undefined, { status: 403 })
}

/** Headers every answer begins with. A browser of an origin that is not listed is told nothing. */
export function toCorsHeaders(request: Request, { origins }: OriginRules): Headers {
  const headers = new Headers({ vary: 'Origin', 'x-content-type-options': 'nosniff' })
  const origin = request.headers.get('origin')
  if (origin === null || !origins.has(origin)) return headers
  headers.set('access-control-allow-origin', origin)
  headers.set('access-control-expose-headers', exposedHeaders)
  return headers
}

/** The answer to a browser that asks whether it may ask. */
export function toPreflightResponse(request: Request, headers: Headers): Response {
  if (headers.has('access-control-allow-origin')) {
    // A listed origin may send what it likes: nothing but the client token gives it any right.
    const asked = request.headers.get('access-control-request-headers') ?? ''
    const isFine = asked.length <= maxPreflightChars && headerListPattern.test(asked)
    headers.set('access-control-allow-headers', isFine ? asked : defaultAllowedHeaders)
    headers.set('access-control-allow-methods', 'GET, POST')
    headers.set('access-control-max-age', '7200')
  }
  return new Response(null, { status: 204, headers })
}
