/** Texts of these characters alone, which is most of them, need no closer look. */
const plain = /^[\n -~\xa1-\xac\xae-\u02ff\u2010-\u2027]*$/

/**
 * What cannot be seen: controls, direction marks, joiners, fillers, selectors, tags, noncharacters, lone surrogates.
 * The group before it holds those that change, where they stand, how a word or an emoji looks.
 */
const hidden =
  /([\ufe0e\ufe0f](?<=\p{Emoji}.)|[\u{e0100}-\u{e01ef}](?<=\p{sc=Han}.)|[\u180b-\u180d\u180f](?<=\p{sc=Mong}.)|\u200d(?<=[\p{ExtPict}\p{EMod}\ufe0f].)(?=\p{ExtPict})|[\u200c\u200d](?<=[\u0590-\u1cff\ua800-\uabff\ufb50-\ufdff\ufe70-\ufefc].)(?=[\u0590-\u1cff\ua800-\uabff\ufb50-\ufdff\ufe70-\ufefc])|\u{1f3f4}[\u{e0030}-\u{e007a}]{3,6}\u{e007f})|(?![\t\n])[\p{Cc}\p{Cs}\p{DI}\p{NChar}\u2028\u2029\u2800\ufff9-\ufffb]/gu

const replaceHidden = (text: string, replace: (character: string) => string): string =>
  plain.test(text)
    ? text
    : text.replace(hidden, (character, needed?: string) => needed ?? replace(character))

/**
 * Text as it is shown, read out and copied: without characters that hide words, reorder them or smuggle data. Joiners
 * inside emoji and inside words of scripts that need them stay, as do the tags of emoji flags.
 */
export const visibleText = (text: string): string =>
  replaceHidden(text, (character) => (/[\u2028\u2029\u2800]/.test(character) ? ' ' : ''))

/** Code as it is shown and copied: what cannot be seen stands there by its number, such as `⟨U+202E⟩`. */
export const visibleCode = (text: string): string =>
  replaceHidden(
    text,
    (character) => `⟨U+${character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}⟩`,
  )
