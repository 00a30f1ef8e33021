import { expect, it } from 'vitest'
import { createPageSearch } from './createPageSearch.ts'
import { guideQuestions } from './fixtures/guideQuestions.ts'
import { offTopicQuestions, shopQuestions } from './fixtures/shopQuestions.ts'
import { readPages } from './readPages.ts'

const pages = await readPages(new URL('./fixtures/shop', import.meta.url))
const search = createPageSearch(pages)

it('answers 44 of 52 questions with the right section first, and 50 within three', () => {
  const ranks = shopQuestions.map(([question, url]) =>
    search.search(question).hits.findIndex(({ section }) => section.url === url),
  )
  expect(shopQuestions).toHaveLength(52)
  expect(ranks.filter((rank) => rank === 0).length).toBeGreaterThanOrEqual(44)
  expect(ranks.filter((rank) => rank >= 0 && rank < 3).length).toBeGreaterThanOrEqual(50)
})

it('answers at least 52 of 62 questions about the guides of this project with the right section first, and 55 within three', async () => {
  const folder = new URL('../../../../docs/guides', import.meta.url)
  const guides = createPageSearch(await readPages(folder, { baseUrl: '/docs' }))
  const ranks = guideQuestions.map(([question, ...urls]) =>
    guides.search(question).hits.findIndex(({ section }) => urls.includes(section.url)),
  )
  expect(guideQuestions).toHaveLength(62)
  // The guides are edited more often than this search: a few may change places.
  expect(ranks.filter((rank) => rank === 0).length).toBeGreaterThanOrEqual(52)
  expect(ranks.filter((rank) => rank >= 0 && rank < 3).length).toBeGreaterThanOrEqual(55)
})

it('finds a word typed in one that the page writes in two', () => {
  const { hits } = createPageSearch([
    { url: '/a', text: '# A\n\nIt may fall back to another.' },
    { url: '/b', text: '# B\n\nNothing of it.' },
  ]).search('fallback')
  expect(hits[0]?.section.url).toBe('/a')
})

it('finds little of what the pages do not answer', () => {
  for (const question of offTopicQuestions) {
    expect(search.search(question).hits[0]?.coverage ?? 0).toBeLessThan(0.3)
  }
})

it('understands a short question by the one before it', () => {
  const { hits } = search.search('and to Canada?', 'how long does shipping take?')
  expect(hits[0]?.section.url).toBe('/help/shipping#delivery-times')
})

it('finds words of languages written without spaces', () => {
  const japanese = createPageSearch([
    { url: '/a', text: '# 配送\n\n配送には三日かかります。' },
    { url: '/b', text: '# 返品\n\n返品は三十日以内にお願いします。' },
  ])
  expect(japanese.search('返品したい').hits[0]?.section.url).toBe('/b')
})

it('leads links between files to the pages they became', () => {
  const { sections } = createPageSearch([
    {
      url: '/docs/guides/a',
      text: '# A\n\n[b](./b.md#x) [c](../index.md) [d](https://e.example/f.md) [g](mailto:a@b.example)',
    },
    { url: '/docs/guides/b', text: '# B\n\nb' },
    { url: '/docs/', text: '# C\n\nc' },
  ])
  expect(sections[0]?.blocks[0]?.markdown).toBe(
    '[b](/docs/guides/b#x) [c](/docs/) [d](https://e.example/f.md) [g](mailto:a@b.example)',
  )
})
