// What cannot be seen: controls, direction marks, joiners, fillers, selectors, tags, noncharacters, lone surrogates.
const hidden =
  /(\u{1f3f4}[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]{3,6}\u{e007f})|[\0-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\u{e0000}-\u{e0fff}]|\p{Surrogate}/gu
const ordinary = /^[\t\n\x20-\x7e\u00a0-\u00ac\u00ae-\u0300\u2010-\u2027\u2030-\u205f]*$/
const joining = /^[\u0590-\u1cff\ua800-\uabff\ufb50-\ufdff\ufe70-\ufefc]/
const pictograph = /\p{Extended_Pictographic}/u

const before = (text: string, at: number): string => {
  const code = text.charCodeAt(at - 1)
  return code >= 0xdc00 && code <= 0xdfff ? text.slice(at - 2, at) : text.charAt(at - 1)
}

const after = (text: string, at: number): string => String.fromCodePoint(text.codePointAt(at) ?? 0)

/** Whether a character without a shape of its own changes, where it stands, how a word or an emoji looks. */
const isNeeded = (character: string, text: string, at: number): boolean => {
  const code = character.codePointAt(0) ?? 0
  const left = before(text, at)
  if (code === 0xfe0e || code === 0xfe0f) return /\p{Emoji}/u.test(left)
  if (code >= 0xe0100) return /\p{Script=Han}/u.test(left)
  if (code >= 0x180b && code <= 0x180f) return code !== 0x180e && /\p{Script=Mongolian}/u.test(left)
  if (code !== 0x200c && code !== 0x200d) return false
  const right = after(text, at + 1)
  if (joining.test(left) && joining.test(right)) return true
  return (
    code === 0x200d &&
    pictograph.test(right) &&
    /[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f]/u.test(left)
  )
}

const replaceHidden = (text: string, replacement: (character: string) => string): string =>
  ordinary.test(text)
    ? text
    : text.replace(hidden, (character: string, flag: string | undefined, at: number) =>
        flag !== undefined || isNeeded(character, text, at) ? character : replacement(character),
      )

/**
 * Text as it is shown, read out and copied: without characters that hide words, reorder them or smuggle data. Joiners
 * inside emoji and inside words of scripts that need them stay, as do the tags of emoji flags.
 */
export const visibleText = (text: string): string =>
  replaceHidden(text, (character) => (/[\u2028\u2029\u2800]/.test(character) ? ' ' : ''))

/** Code as it is shown and copied: what cannot be seen stands there by its number, such as `⟨U+202E⟩`. */
export const visibleCode = (text: string): string =>
  replaceHidden(text, (character) => {
    const code = character.codePointAt(0) ?? 0
    return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`
  })
