import { en } from '../strings/en.ts'
import type { PluralForms, Strings } from '../strings/strings.ts'

/** In the order in which languages need them, so that the ends of most can be left out. */
const categories = ['other', 'one', 'many', 'few', 'two', 'zero'] as const

/** Signs in the place of the words in braces that come most, and in no sentence. */
const signs: readonly (readonly [sign: string, word: string])[] = [
  ['#', '{count}'],
  ['~', '{name}'],
  ['^', '{title}'],
]

/**
 * A language without its keys, two thirds of its size: one line per sentence in the order of English, plural forms
 * parted by a bar. The build of the script tag packs what `strings/` holds; nobody writes it.
 */
export function packStrings(strings: Strings): string {
  const packed = toLines(strings, en).join('\n')
  return signs.reduce((text, [sign, word]) => text.replaceAll(word, sign), packed)
}

/** The language that {@link packStrings} was given. */
export function unpackStrings(packed: string): Strings {
  const text = signs.reduce((last, [sign, word]) => last.replaceAll(sign, word), packed)
  const lines = text.split('\n').values()
  return readLines(en, lines) as Strings
}

type Group = Readonly<Record<string, unknown>>

/** A sentence, its plural forms, or a group of such. */
const isForms = (value: object): value is PluralForms => 'one' in value

function toLines(value: unknown, like: unknown): readonly string[] {
  if (typeof like === 'string') return [value as string]
  if (isForms(like as object)) return [toLine(value as PluralForms)]
  return Object.keys(like as Group).flatMap((key) =>
    toLines((value as Group)[key], (like as Group)[key]),
  )
}

/** Forms that say the same as `other` are left out: they are read as it. */
function toLine(forms: PluralForms): string {
  return categories
    .map((category) =>
      category === 'other' || forms[category] !== forms.other ? (forms[category] ?? '') : '',
    )
    .join('|')
    .replace(/\|+$/, '')
}

function readLines(like: unknown, lines: Iterator<string>): unknown {
  if (typeof like === 'string') return lines.next().value
  const found = isForms(like as object)
    ? (lines.next().value as string).split('|').map((form, index) => [categories[index], form])
    : Object.entries(like as Group).map(([key, inner]) => [key, readLines(inner, lines)])
  return Object.fromEntries(found.filter(([, inner]) => inner !== ''))
}
