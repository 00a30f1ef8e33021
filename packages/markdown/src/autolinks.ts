import { matchAt } from './matchAt.ts'

/** A bare address found in running text. */
export interface Autolink {
  readonly start: number
  readonly end: number
  readonly url: string
  /** Offset up to which more text could make it longer. */
  readonly reach: number
}

// GFM ends an address at white space or `<`. Full-width punctuation ends it too: in Chinese and Japanese text
// no space stands between an address and the full stop after it.
const rest = /[^\s<\u3000-\u303f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65]*/y
const domain = /[\p{L}\p{N}_-]+(?:\.[\p{L}\p{N}_-]+)*/uy

/** Reads an address that starts with `www.`, `http://`, `https://` or `ftp://` at an offset. */
export const scanWebAddress = (text: string, start: number): Autolink | undefined => {
  const before = text[start - 1] ?? ' '
  const www = text[start] === 'w' || text[start] === 'W'
  if (www ? !/[\s*_~([\]]/.test(before) : /[a-z]/i.test(before)) return undefined
  const host = www ? start : text.indexOf('//', start) + 2
  const name = matchAt(domain, text, host)?.[0]
  if (!name || /_[^.]*(?:\.[^.]*)?$/.test(name)) return undefined
  if (www && (!name.includes('.') || name.length === 4)) return undefined
  matchAt(rest, text, host)
  const reach = rest.lastIndex
  const end = trimAddress(text, host, reach)
  const shown = text.slice(start, end)
  return { start, end, reach, url: www ? `http://${shown}` : shown }
}

/** Leaves out what belongs to the sentence rather than the address: final punctuation, a closing bracket too many. */
const trimAddress = (text: string, start: number, end: number): number => {
  let excess = 0
  for (let index = start; index < end; index++) {
    if (text[index] === '(') excess--
    else if (text[index] === ')') excess++
  }
  for (; end > start; end--) {
    const last = text[end - 1] ?? ''
    if (last === ')') {
      if (excess-- <= 0) break
    } else if (last === ';') {
      let index = end - 2
      while (/[\da-z]/i.test(text[index] ?? '')) index--
      if (text[index] !== '&' || index > end - 3) continue
      end = index + 1
    } else if (!/[?!.,:*_~'"]/.test(last)) break
  }
  return end
}

const mailDomain = /[\w-]+(?:\.[\w-]+)*/y
const mailEnd = /[\w.+-]*/y

/** Reads an e-mail address around the `@` at an offset; `plainFrom` says how far back it may begin. */
export const scanMailAddress = (
  text: string,
  at: number,
  plainFrom: (floor: number) => number,
): Autolink | undefined => {
  let start = at
  while (start > 0 && /[\w.+-]/.test(text[start - 1] ?? '')) start--
  const floor = plainFrom(start - 7)
  start = Math.max(start, floor)
  if (start === at || text[start - 1] === '/') return undefined
  const host = matchAt(mailDomain, text, at + 1)?.[0]
  if (!host?.includes('.') || /[-_]$/.test(host)) return undefined
  const end = at + 1 + host.length
  matchAt(mailEnd, text, at + 1)
  const scheme = /(?:mailto|xmpp):$/i.exec(text.slice(Math.max(floor, start - 7), start))?.[0]
  const shown = text.slice(start - (scheme?.length ?? 0), end)
  return {
    start: end - shown.length,
    end,
    reach: mailEnd.lastIndex,
    url: scheme ? shown : `mailto:${shown}`,
  }
}
