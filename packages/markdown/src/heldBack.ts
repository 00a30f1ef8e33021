const reach = 2048

/**
 * How much of a text that still grows may be shown: its length without characters at its end that may turn out to be
 * markup. Held are runs of `` * _ ~ ` ``, one `\`, `!` or `<`, half a surrogate pair, half a character reference (up
 * to 32 characters), half a footnote call (up to 40) and half an autolink in angle brackets (up to white space).
 */
export const heldBack = (text: string): number => {
  let end = text.length
  const last = text.charCodeAt(end - 1)
  if (last >= 0xd800 && last <= 0xdbff) end--
  const marks = end
  while (end > 0 && '*_~`'.includes(text.charAt(end - 1))) end--
  if (end < marks) return end
  if (text[end - 1] === '!' || text[end - 1] === '<') return end - 1
  let slashes = 0
  while (text[end - 1 - slashes] === '\\') slashes++
  if (slashes % 2 === 1) return end - 1
  const tail = text.slice(Math.max(0, end - reach), end)
  for (const [mark, half] of halves) {
    const at = tail.lastIndexOf(mark)
    if (at >= 0 && half.test(tail.slice(at))) return end - tail.length + at
  }
  return end
}

const halves: readonly (readonly [mark: string, half: RegExp])[] = [
  ['&', /^&#?[\dA-Za-z]{0,31}$/],
  ['[^', /^\[\^[^\s[\]]{0,40}$/],
  ['<', /^<[A-Za-z][^\s<>]*$/],
]
