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
      for (const [path, sentence] of sentences(strings)) {
        expect(sentence, path).not.toBe('')
        expect(sentence, path).toBe(sentence.trim())
      }
    })

    test('fills the same words in as English', () => {
      const holes = (sentence: string) => [...new Set(sentence.match(/\{\w+\}/g))].toSorted()
      for (const [key, value] of Object.entries(en)) {
        const own = strings[key as keyof Strings]
        if (typeof value === 'string') expect(holes(own as string), key).toEqual(holes(value))
        else if (isPlural(value))
          expect(holes((own as { other: string }).other), key).toEqual(holes(value['other']!))
      }
    })

    test('has every plural form its language counts with', () => {
      const { pluralCategories } = new Intl.PluralRules(locale).resolvedOptions()
      // `zero` has words only where nothing is said about none; `many` is for millions outside Arabic.
      const needed = pluralCategories.filter(
        (category) => category !== 'zero' && (category !== 'many' || locale === 'ar'),
      )
      for (const [key, value] of Object.entries(strings)) {
        if (!isPlural(value) || key === 'sources') continue
        expect(Object.keys(value), key).toEqual(expect.arrayContaining(needed))
      }
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
