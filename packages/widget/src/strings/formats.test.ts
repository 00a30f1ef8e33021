import { expect, test } from 'vitest'
import { createFormats } from './formats.ts'

const en = createFormats('en')
const noon = new Date(2026, 4, 14, 12).getTime()
const dayMs = 86_400_000

test('a moment of today and one of yesterday are called so, an older one by its date', () => {
  expect(en.day(noon, noon + 60_000)).toBe('Today')
  expect(en.day(noon, noon + dayMs)).toBe('Yesterday')
  expect(en.day(noon, noon + 3 * dayMs)).toBe('Thursday, May 14')
  expect(en.day(noon, noon + 400 * dayMs)).toBe('May 14, 2026')
})

test('a minute before midnight is another day than a minute after', () => {
  const midnight = new Date(2026, 4, 15).getTime()
  expect(en.day(midnight - 60_000, midnight + 60_000)).toBe('Yesterday')
})

test('days are named in the language', () => {
  expect(createFormats('de').day(noon, noon)).toBe('Heute')
  expect(createFormats('ja').day(noon, noon)).toBe('今日')
})

test('a wait is rounded up, so that it never says nothing is left', () => {
  expect(en.wait(1)).toBe('1 second')
  expect(en.wait(12_001)).toBe('13 seconds')
  expect(en.wait(120_000)).toBe('2 minutes')
})

test('a small price keeps its digits', () => {
  expect(en.cost({ micros: 1500, currency: 'USD', source: 'reported' })).toBe('$0.0015')
  expect(en.cost({ micros: 2_000_000, currency: 'EUR', source: 'reported' })).toBe('€2.00')
})

test('a price in a token symbol, which no standard knows, is still a price', () => {
  expect(en.cost({ micros: 25_000, currency: 'USDC.e', source: 'reported' })).toBe('0.025 USDC.e')
})

test('Arabic and Hebrew run from right to left, in any region', () => {
  expect(createFormats('ar-EG').direction).toBe('rtl')
  expect(createFormats('he').direction).toBe('rtl')
  expect(createFormats('fr').direction).toBe('ltr')
})

test('a tag that is none formats as English', () => {
  expect(createFormats('not a tag').locale).toBe('en')
  expect(createFormats('').number(1234.5)).toBe('1,234.5')
})
