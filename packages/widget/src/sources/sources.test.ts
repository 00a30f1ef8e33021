import { expect, test } from 'vitest'
import { toSources } from './sources.ts'

test('equal numbers are one source, in order of number', () => {
  const sources = toSources([
    { number: 2, title: 'Two', url: 'https://two.example/' },
    { number: 1, title: 'One', url: 'https://one.example/' },
    { number: 2, title: 'Two again', url: 'https://two.example/' },
  ])
  expect(sources.map(({ number, title }) => [number, title])).toEqual([
    [1, 'One'],
    [2, 'Two'],
  ])
})

test('an address that is not of the web loses its link and keeps its title', () => {
  for (const url of ['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', 'https://']) {
    expect(toSources([{ number: 1, title: 'Page', url }])).toEqual([
      { number: 1, title: 'Page', url: undefined, quote: undefined, host: undefined },
    ])
  }
})

test('a source without a title is called by its host', () => {
  expect(toSources([{ number: 1, title: ' ', url: 'https://docs.example/a' }])[0]?.title).toBe(
    'docs.example',
  )
})
