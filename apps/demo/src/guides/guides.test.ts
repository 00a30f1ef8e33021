import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseMarkdown } from '@parlance/markdown'
import { describe, expect, it } from 'vitest'
import { guideLinks } from './guides.ts'
import { readGuide } from './readGuide.ts'

const folder = join(import.meta.dirname, '../../../../docs/guides')
const files = readdirSync(folder).filter((file) => file.endsWith('.md'))
const read = (file: string) => readFileSync(join(folder, file), 'utf8')
const slugOf = (file: string) => file.replace(/\.md$/, '')

function linksIn(file: string): string[] {
  const links: string[] = []
  // The walk knows no node types: a link may stand in anything.
  const walk = (node: unknown) => {
    if (typeof node !== 'object' || node === null) return
    const { type, url } = node as { type?: unknown; url?: unknown }
    if (type === 'link' && typeof url === 'string') links.push(url)
    for (const child of Object.values(node)) walk(child)
  }
  walk(parseMarkdown(read(file)).children)
  return links
}

describe('guides', () => {
  it('are all in the list beside the pages', () => {
    expect(guideLinks.map(({ slug }) => slug).toSorted()).toEqual(files.map(slugOf).toSorted())
  })

  it.each(files)('%s begins with its title and has no other of its rank', (file) => {
    const { title, headings } = readGuide(read(file))
    expect(title).not.toBe('')
    expect(headings.filter(({ depth }) => depth === 1)).toHaveLength(1)
    expect(parseMarkdown(read(file)).children[0]).toMatchObject({ type: 'heading', depth: 1 })
  })

  it('link to pages and headings that are there', () => {
    const sitePages = ['/custom', '/ledger', '/providers', '/hosts/csp.html']
    for (const file of files) {
      for (const link of linksIn(file).filter((url) => !/^\w+:/.test(url))) {
        const [page = '', anchor] = link.split('#')
        if (sitePages.includes(page)) continue
        const target = page === '' ? file : page
        expect(files, `${link} in ${file}`).toContain(target)
        if (anchor === undefined) continue
        const ids = readGuide(read(target)).headings.map(({ id }) => id)
        expect(ids, `${link} in ${file}`).toContain(anchor)
      }
    }
  })
})
