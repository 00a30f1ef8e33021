import { describe, expect, it } from 'vitest'
import { visibleCode, visibleText } from './visibleText.ts'

describe('visibleText', () => {
  it.each([
    ['a zero-width space', 'pass\u200Bword', 'password'],
    ['direction marks', 'invoice\u202Efdp.exe\u2066', 'invoicefdp.exe'],
    ['fillers', '\u3164\u115F\uFFA0x', 'x'],
    ['controls', 'a\u0000\u0007\u009Bb', 'ab'],
    ['tags that spell words', 'a\u{E0069}\u{E0067}b', 'ab'],
    ['selectors that carry data', 'a\u{E0101}\u{E0102}\uFE01b', 'ab'],
    ['a joiner between Latin letters', 'a\u200Db\u200Cc', 'abc'],
    ['a lone surrogate', 'a\uD800b', 'ab'],
    ['a byte order mark', '\uFEFFa', 'a'],
  ])('drops %s', (_, text, shown) => {
    expect(visibleText(text)).toBe(shown)
  })

  it.each([
    ['emoji families', '👩‍👩‍👧‍👦 👍🏽 ❤️'],
    ['emoji flags', '🏴󠁧󠁢󠁥󠁮󠁧󠁿 🇩🇪'],
    ['joiners in Persian and Devanagari', 'می‌خواهم क्‍ष'],
    ['line ends, tabs and accents', 'é\n\té ß ñ 你好 שלום'],
  ])('keeps %s', (_, text) => {
    expect(visibleText(text)).toBe(text)
  })

  it('names in code what cannot be seen', () => {
    expect(visibleCode('if (admin\u202E \u200B) {')).toBe('if (admin⟨U+202E⟩ ⟨U+200B⟩) {')
  })
})
