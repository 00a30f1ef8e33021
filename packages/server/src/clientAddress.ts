/**
 * The address a request came from, as far as it can be trusted: each of `trustedProxies` proxies appended the peer
 * it saw to `X-Forwarded-For`, so entries further left are the client's own words. Undefined where nobody knows.
 */
export function clientAddress(
  request: Request,
  peer: string | undefined,
  trustedProxies: number,
): string | undefined {
  if (trustedProxies === 0) return peer
  const forwarded = request.headers.get('x-forwarded-for')
  const hops = forwarded ? forwarded.split(',').map((hop) => hop.trim()) : []
  // A list shorter than configured means that a proxy was passed by: the outermost entry is still the best one.
  return hops[Math.max(0, hops.length - trustedProxies)] || peer
}

/** One key per household: an IPv4 address, or the /64 an IPv6 subscriber is given whole. */
export function addressKey(address: string): string {
  const bare = address
    .replace(/^\[([^\]]*)\](:\d+)?$/, '$1')
    .replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1')
    .replace(/%.*$/, '')
    .toLowerCase()
  if (!bare.includes(':')) return bare
  const mapped = /^(?:::ffff:|::)(\d+\.\d+\.\d+\.\d+)$/.exec(bare)
  if (mapped?.[1]) return mapped[1]
  const [head = '', tail] = bare.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = !tail ? [] : tail.split(':')
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length)
  const groups = [...left, ...Array<string>(zeros).fill('0'), ...right]
  const network = groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16))
  return `${network.join(':')}::/64`
}
