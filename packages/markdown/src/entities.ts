// Of the 2,125 names HTML knows, those that writers of Markdown use most. A number is the code point of the name it
// stands before; a name without one follows the name before it.
const common =
  '34quot 38amp apos 60lt 62gt 160nbsp 169copy 174reg 176deg 183middot 215times 8211ndash mdash 8216lsquo rsquo 8220ldquo rdquo 8226bull 8230hellip 8364euro 8482trade 8592larr 8594rarr 8800ne 8804le ge'

/** Characters by the names they have in character references. */
export const namedCharacters: Map<string, string> = new Map()

/** Makes more names of character references known: each after its code point, or after the name before it. */
export const addEntities = (names: string): void => {
  let code = 0
  for (const [, jump, name = ''] of names.matchAll(/(\d*)(\S+)/g)) {
    code = Number(jump) || code + 1
    namedCharacters.set(name, String.fromCharCode(code))
  }
}

addEntities(common)

/** The character a reference such as `amp`, `#38` or `#x26` stands for; undefined when the name is not known. */
export const decodeEntity = (name: string): string | undefined => {
  if (!name.startsWith('#')) return namedCharacters.get(name)
  const code = Number(`0${name.slice(1)}`)
  return code > 0x10ffff ? '\uFFFD' : String.fromCodePoint(code).replace(/[\0\p{Cs}]/u, '\uFFFD')
}

/** A backslash escape, whose character is the first group, or a character reference, whose name is the second. */
export const escapePattern: RegExp =
  /\\([!-/:-@[-`{-~])|&(#x[\da-f]{1,6}|#\d{1,7}|[a-z][\da-z]{1,31});/gi

/** What a match of {@link escapePattern} stands for. */
export const decodeEscape = (all: string, character?: string, name?: string): string =>
  character ?? decodeEntity(name ?? '') ?? all

/** Text of a link destination, title or info string without its backslash escapes and character references. */
export const unescapeMarkdown = (text: string): string => text.replace(escapePattern, decodeEscape)
