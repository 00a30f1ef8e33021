import { expect, test } from 'vitest'
import { createFormats } from '../strings/formats.ts'
import { loadStrings, locales } from '../strings/loadStrings.ts'
import type { PluralForms, Strings } from '../strings/strings.ts'
import { packStrings, unpackStrings } from './packedStrings.ts'

const isForms = (value: unknown): value is PluralForms =>
  typeof value === 'object' && value !== null && 'other' in value && !('network' in value)

/** Every sentence, plural ones as they read for counts of all categories. */
function spoken(strings: Strings): Record<string, unknown> {
  const formats = createFormats(strings.locale)
  const counts = [0, 1, 2, 3, 5, 11, 26, 100, 1e6, 1.5]
  return Object.fromEntries(
    Object.entries(strings).map(([key, value]) => [
      key,
      isForms(value) ? counts.map((count) => formats.plural(value, count)) : value,
    ]),
  )
}

test.each(locales)('%s says packed what it says unpacked', async (locale) => {
  const strings = await loadStrings(locale)
  expect(spoken(unpackStrings(packStrings(strings)))).toEqual(spoken(strings))
})

test.each(locales)('%s has no sentence that the packing would cut in two', async (locale) => {
  const sentences: string[] = []
  JSON.stringify(await loadStrings(locale), (_, value: unknown) => {
    if (typeof value === 'string') sentences.push(value)
    return value
  })
  expect(sentences.filter((sentence) => /[|#~^\n]/.test(sentence))).toEqual([])
})
