/** Where links may lead. */
export interface LinkPolicy {
  /** Schemes with their colon. Default `http:`, `https:`, `mailto:` and `tel:`; no others are ever allowed. */
  protocols?: readonly string[] | undefined
  /** Exact hosts, with port where there is one, that web links may lead to. Default: any. */
  hosts?: readonly string[] | undefined
}

/** A link that may be followed. */
export interface SafeLink {
  readonly href: string
  /** The host of a web address as the browser will use it, with punycode; undefined for mail, phone and same-site paths. */
  readonly host: string | undefined
}

const known: readonly string[] = ['http:', 'https:', 'mailto:', 'tel:']

/**
 * Checks an address written in Markdown; undefined when it must not become a link. Allowed are web addresses without
 * a user name, paths of this site that begin with one `/`, mail addresses without further fields, and phone numbers.
 */
export const safeLink = (url: string, policy: LinkPolicy = {}): SafeLink | undefined => {
  const { protocols = known, hosts } = policy
  // Browsers drop tabs and line ends from an address and read `\` as `/`: neither is ever meant.
  if (
    url.length > 8192 ||
    /[\s\\\0-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/.test(url)
  ) {
    return undefined
  }
  if (/^\/(?!\/)/.test(url)) return { href: url, host: undefined }
  const parsed = toUrl(url)
  if (!parsed || !known.includes(parsed.protocol) || !protocols.includes(parsed.protocol))
    return undefined
  if (parsed.protocol === 'mailto:') {
    const address = url.slice(7).replace(/[?#].*$/, '')
    return /^[^@%,;]+@[^@%,;]+$/.test(address)
      ? { href: `mailto:${address}`, host: undefined }
      : undefined
  }
  if (parsed.protocol === 'tel:') {
    return /^tel:\+?[\d().-]{2,24}$/i.test(url) ? { href: url, host: undefined } : undefined
  }
  if (!/^https?:\/\//i.test(url) || parsed.username || parsed.password) return undefined
  return !hosts || hosts.includes(parsed.host)
    ? { href: parsed.href, host: parsed.host }
    : undefined
}

/** Checks the address of an image; undefined unless its host is one of those named exactly. */
export const safeImage = (url: string, hosts: readonly string[]): string | undefined => {
  const link = safeLink(url, { protocols: ['http:', 'https:'], hosts })
  return link?.host === undefined ? undefined : link.href
}

const toUrl = (url: string): URL | undefined => {
  try {
    return new URL(url)
  } catch {
    return undefined
  }
}
