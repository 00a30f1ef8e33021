import { matchAt } from './matchAt.ts'
import type { Link } from './nodes.ts'

/** The link that an address makes of itself. */
export const toAutolink = (url: string, shown: string = url): Link => ({
  type: 'link',
  url,
  children: [{ type: 'text', value: shown }],
})

// GFM ends an address at white space or `<`. A quote ends it too, since HTML is text here, and so does what has full
// width: in Chinese and Japanese text no space stands between an address and the full stop after it.
const address = /[^\s<"\u3000-\u303f\uff00-\uffef]*/y
const addressInBrackets = /[^\s<"\]\u3000-\u303f\uff00-\uffef]*/y
const domain = /^[\p{L}\p{N}_-]+(?:\.[\p{L}\p{N}_-]+)*/u
const longestDomain = 255

/** The end of an address without what belongs to the sentence: final punctuation, a closing bracket too many. */
const trimmedLength = (text: string): number => {
  let length = 0
  let depth = 0
  for (const { 0: part, index } of text.matchAll(/&[\da-z]+;|[\da-z]+|[^]/gi)) {
    if (part === '(') depth++
    if (part === ')' ? depth-- > 0 : !/^(?:[?!.,:;*_~'"]|&.+)$/.test(part)) {
      length = index + part.length
    }
  }
  return length
}

/**
 * Reads an address that starts with `www.`, `http://`, `https://` or `ftp://` at an offset: the address, and with
 * `reach` all that more text could add to. Inside of brackets it ends with them.
 */
export const readWebAddress = (
  text: string,
  start: number,
  inside: boolean,
): { readonly url: string; readonly shown: string; readonly reach: string } | undefined => {
  const before = text[start - 1] ?? ' '
  const www = text[start + 3] === '.'
  if ((www ? /[^\s*_~([\]]/ : /[a-z]/i).test(before)) return undefined
  const host = www ? start : text.indexOf('//', start) + 2
  const name = domain.exec(text.slice(host, host + longestDomain))?.[0]
  if (!name || /_[^.]*(?:\.[^.]*)?$/.test(name) || (www && name.length < 5)) return undefined
  const pattern = inside ? addressInBrackets : address
  matchAt(pattern, text, host)
  const reach = text.slice(start, pattern.lastIndex)
  const shown = reach.slice(0, trimmedLength(reach))
  return { url: www ? `http://${shown}` : shown, shown, reach }
}

const mail = /(^|[^\w.+/-])((?:mailto:|xmpp:)?)([\w.+-]+@[\w-]+(?:\.[\w-]+)+)/gi

/** Cuts running text at its e-mail addresses. With `open`, one that more text could make longer is left as it is. */
export const splitAtMail = (text: string, open: boolean): (string | Link)[] => {
  const parts: (string | Link)[] = []
  let from = 0
  for (const { 0: all, 1: before = '', 2: scheme, 3: name = '', index } of text.matchAll(mail)) {
    const end = index + all.length
    if (/[-_]$/.test(name) || (open && !/[^\w.+-]/.test(text.slice(end)))) continue
    const start = index + before.length
    const shown = text.slice(start, end)
    parts.push(text.slice(from, start), toAutolink(scheme ? shown : `mailto:${shown}`, shown))
    from = end
  }
  return [...parts, text.slice(from)]
}
