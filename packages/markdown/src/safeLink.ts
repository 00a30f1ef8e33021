import { visibleText } from './visibleText.ts'

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
  readonly host?: string | undefined
}

/**
 * All that may become a link: web addresses without a user name, mail to one address, phone numbers, paths of this
 * site. What follows the address of a mail is left out. Browsers read `\` as `/` and drop line ends: neither is meant.
 */
const shape =
  /^(?:https?:\/\/[^\s\\@/?#]+(?:[/?#][^\s\\]*)?$|mailto:[^\s\\@%,;?#]+@[^\s\\@%,;?#]+(?=[?#]|$)|tel:\+?[\d().-]{2,24}$|\/(?!\/)[^\s\\]*$)/i

/**
 * Checks an address written in Markdown; undefined when it must not become a link. Allowed are web addresses without
 * a user name, paths of this site that begin with one `/`, mail addresses without further fields, and phone numbers.
 */
export const safeLink = (
  url: string,
  { protocols, hosts }: LinkPolicy = {},
): SafeLink | undefined => {
  const written = url.length < 8192 && visibleText(url) === url && shape.exec(url)?.[0]
  if (!written) return undefined
  if (written.startsWith('/')) return { href: written }
  try {
    const { href, host, protocol } = new URL(written)
    return protocols?.includes(protocol) === false || (host && hosts?.includes(host) === false)
      ? undefined
      : { href, host: host || undefined }
  } catch {
    return undefined
  }
}

/** Checks the address of an image; undefined unless its host is one of those named exactly. */
export const safeImage = (url: string, hosts: readonly string[] = []): string | undefined => {
  const link = safeLink(url, { hosts })
  return link?.host && link.href
}
