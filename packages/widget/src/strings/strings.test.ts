import { describe, expect, test } from 'vitest'
import { en } from './en.ts'
import { createFormats } from './formats.ts'
import { loadStrings, locales } from './loadStrings.ts'
import { fill, type Strings } from './strings.ts'

const languages: readonly Strings[] = await Promise.all(locales.map(loadStrings))

/** Every sentence of a language by its path, plural forms apart. */
function sentences(value: unknown, path = ''): [path: string, sentence: string][] {
  if (typeof value === 'string') return [[path, value]]
  return Object.entries(value as object).flatMap(([key, inner]) =>
    sentences(inner, path ? `${path}.${key}` : key),
  )
}

const isPlural = (value: unknown): value is Record<string, string> =>
  typeof value === 'object' && value !== null && 'other' in value && !('network' in value)

test('nine languages are there', () => {
  expect(languages.map(({ locale }) => locale)).toEqual(locales)
})

describe.each(languages.map((strings) => [strings.locale, strings] as const))(
  '%s',
  (locale, strings) => {
    test('has the keys of English', () => {
      expect(Object.keys(strings).toSorted()).toEqual(Object.keys(en).toSorted())
      expect(Object.keys(strings.errors).toSorted()).toEqual(Object.keys(en.errors).toSorted())
    })

    test('leaves no sentence empty and none with spaces at its ends', () => {
      const untidy = sentences(strings).filter(
        ([, sentence]) => sentence === '' || sentence !== sentence.trim(),
      )
      expect(untidy).toEqual([])
    })

    test('fills the same words in as English', () => {
      const holes = (words: Strings) =>
        Object.entries(words).map(([key, value]) => {
          const sentence = typeof value === 'string' ? value : isPlural(value) ? value['other'] : ''
          return [key, ...new Set(sentence?.match(/\{\w+\}/g))].toSorted().join(' ')
        })
      expect(holes(strings).toSorted()).toEqual(holes(en).toSorted())
    })

    test('has every plural form its language counts with', () => {
      const { pluralCategories } = new Intl.PluralRules(locale).resolvedOptions()
      // `zero` has words only where nothing is said about none; `many` is for millions outside Arabic.
      const needed = pluralCategories.filter(
        (category) => category !== 'zero' && (category !== 'many' || locale === 'ar'),
      )
      const missing = Object.entries(strings).flatMap(([key, value]) =>
        isPlural(value) && key !== 'sources'
          ? needed
              .filter((category) => !(category in value))
              .map((category) => `${key}.${category}`)
          : [],
      )
      expect(missing).toEqual([])
    })

    test('says one and many in its own digits', () => {
      const formats = createFormats(locale)
      expect(formats.plural(strings.newMessages, 1)).not.toContain('{')
      expect(formats.plural(strings.newMessages, 12)).toContain(formats.number(12))
    })
  },
)

test('a region keeps the words of its language', async () => {
  expect((await loadStrings('de-AT')).send).toBe('Nachricht senden')
  expect((await loadStrings('PT')).locale).toBe('pt-BR')
})

test('a language without words reads English', async () => {
  expect(await loadStrings('tlh')).toBe(en)
  expect(await loadStrings('constructor')).toBe(en)
})

test('a word in braces that is not given stays', () => {
  expect(fill('{a} and {toString}', { a: 1 })).toBe('1 and {toString}')
})
