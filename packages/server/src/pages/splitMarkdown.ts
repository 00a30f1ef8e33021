import { createAnchors } from './anchors.ts'
import type { Block, Page, Section, ToAnchor } from './page.ts'
import { toPlainText } from './toPlainText.ts'

const headingPattern = /^ {0,3}(#{1,6})(?:[ \t]+(.*?))??(?:[ \t]+#+)?[ \t]*$/
const ownAnchorPattern = /\s*\{#([\w-]+)\}$/
const fencePattern = /^(\s*)(`{3,}|~{3,})(.*)$/
const itemPattern = /^(\s*)(?:[-*+]|\d{1,9}[.)])(?:\s+|$)/
const delimiterRowPattern = /^ {0,3}\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/
const containerPattern = /^ {0,3}:::/
const ruleOrUnderlinePattern = /^ {0,3}(=+|-+|(?:\*\s*){3,}|(?:_\s*){3,})\s*$/

export interface SplitOptions {
  /** Default: GitHub's way, by `createAnchors`. A heading that names its own anchor as `{#anchor}` keeps it. */
  readonly toAnchor?: ToAnchor | undefined
  /** Link of the page → where it leads. */
  readonly resolveLink?: ((href: string) => string) | undefined
}

/** Splits a Markdown page at its headings. A `#` inside a code fence is no heading. */
export function splitMarkdown(page: Page, options: SplitOptions = {}): Section[] {
  const { toAnchor = createAnchors(), resolveLink = (href) => href } = options
  const { title: frontTitle, body } = readFrontMatter(page.text)
  const lines = withoutComments(body).split(/\r\n?|\n/)
  let title = page.title ?? frontTitle
  const sections: Section[] = []
  const open: string[] = []
  let heading: string | undefined
  let anchor = ''
  let blocks: Block[] = []

  const close = () => {
    if (blocks.length > 0) {
      const pageTitle = title ?? lastPartOf(page.url)
      sections.push({
        pageUrl: page.url,
        pageTitle,
        url: anchor ? `${page.url}#${anchor}` : page.url,
        heading: heading ?? pageTitle,
        trail: open.slice(0, -1).filter((text) => text && text !== pageTitle),
        blocks,
      })
    }
    blocks = []
  }
  const beginSection = (level: number, markdown: string) => {
    close()
    const own = ownAnchorPattern.exec(markdown)
    const text = toPlainText(markdown.replace(ownAnchorPattern, ''))
    const made = toAnchor(text)
    // The first big heading is the page itself: a link to its top serves better than one to an anchor.
    const isTitle = level === 1 && sections.length === 0 && heading === undefined
    title ??= text
    open.length = Math.min(open.length, level - 1)
    while (open.length < level - 1) open.push('')
    open.push(isTitle ? '' : text)
    heading = text
    anchor = isTitle ? '' : (own?.[1] ?? made)
  }

  let index = 0
  while (index < lines.length) {
    const line = lines[index] ?? ''
    const headingMatch = headingPattern.exec(line)
    if (line.trim() === '' || containerPattern.test(line)) {
      index++
    } else if (headingMatch) {
      beginSection(headingMatch[1]!.length, headingMatch[2] ?? '')
      index++
    } else {
      const { block, next, underline } = readBlock(lines, index)
      if (underline && block) beginSection(underline, block.markdown)
      else if (block) blocks.push(withLinks(block, resolveLink))
      index = next
    }
  }
  close()
  return sections
}

interface ReadBlock {
  readonly block: Block | undefined
  readonly next: number
  /** Level of the heading that an underline made of a paragraph. */
  readonly underline?: 1 | 2
}

function readBlock(lines: readonly string[], start: number): ReadBlock {
  const first = lines[start] ?? ''
  if (fencePattern.test(first)) {
    const next = endOfFence(lines, start)
    return { block: toBlock('code', dedent(lines.slice(start, next))), next }
  }
  if (/^(?: {4}|\t)/.test(first)) {
    let next = start
    while (next < lines.length && /^(?: {4}|\t|\s*$)/.test(lines[next]!)) next++
    const code = dedent(lines.slice(start, next)).join('\n').trimEnd().split('\n')
    return { block: toBlock('code', ['```', ...code, '```']), next }
  }
  if (ruleOrUnderlinePattern.test(first)) return { block: undefined, next: start + 1 }
  if (itemPattern.test(first)) {
    const next = endOfList(lines, start)
    return { block: toBlock('list', dedent(lines.slice(start, next))), next }
  }
  if (first.includes('|') && delimiterRowPattern.test(lines[start + 1] ?? '')) {
    let next = start + 2
    while (next < lines.length && lines[next]!.trim() !== '' && lines[next]!.includes('|')) next++
    return { block: toBlock('table', dedent(lines.slice(start, next))), next }
  }
  let next = start
  while (next < lines.length && lines[next]!.trim() !== '') {
    const line = lines[next]!
    const underline = next > start && /^ {0,3}(=+|-+)\s*$/.exec(line)
    if (underline) {
      const level = underline[1]!.startsWith('=') ? 1 : 2
      return { block: toProse(lines.slice(start, next)), next: next + 1, underline: level }
    }
    const interrupts =
      headingPattern.test(line) || fencePattern.test(line) || itemPattern.test(line)
    if (next > start && (interrupts || containerPattern.test(line))) break
    next++
  }
  return { block: toProse(lines.slice(start, next)), next }
}

function endOfFence(lines: readonly string[], start: number): number {
  const [, , fence = ''] = fencePattern.exec(lines[start] ?? '') ?? []
  const isEnd = (line: string) => {
    const text = line.trim()
    return text.length >= fence.length && text === fence[0]!.repeat(text.length)
  }
  let next = start + 1
  while (next < lines.length && !isEnd(lines[next]!)) next++
  return Math.min(next + 1, lines.length)
}

function endOfList(lines: readonly string[], start: number): number {
  let next = start + 1
  while (next < lines.length) {
    const line = lines[next]!
    if (fencePattern.test(line) && /^\s/.test(line)) {
      next = endOfFence(lines, next)
    } else if (line.trim() === '') {
      const after = lines.slice(next).find((text) => text.trim() !== '')
      if (after === undefined || !(itemPattern.test(after) || /^\s{2,}/.test(after))) break
      next++
    } else if (headingPattern.test(line) || containerPattern.test(line)) {
      break
    } else {
      next++
    }
  }
  while (lines[next - 1]?.trim() === '') next--
  return next
}

function toProse(lines: readonly string[]): Block | undefined {
  const unquoted = lines.map((line) => line.replace(/^ {0,3}(?:> ?)+/, '').trim())
  const markdown = unquoted.filter((line) => !/^\[![A-Z]+\]$/.test(line)).join(' ')
  // Link definitions, lone images and raw tags say nothing by themselves.
  if (/^\[[^\]]+\]:\s/.test(markdown) || toPlainText(markdown) === '') return undefined
  return toBlock('prose', [markdown.replace(/!\[[^\]]*\]\([^)]*\)/g, '').trim()])
}

function toBlock(kind: Block['kind'], lines: readonly string[]): Block {
  const markdown = lines.join('\n')
  const words = kind === 'code' ? lines.filter((line) => !fencePattern.test(line)) : lines
  return { kind, markdown, text: kind === 'code' ? words.join('\n') : toPlainText(markdown) }
}

function withLinks(block: Block, resolveLink: (href: string) => string): Block {
  if (block.kind === 'code') return block
  const markdown = block.markdown.replace(
    /(\]\()(<[^>]*>|[^\s)]+)/g,
    (_, before: string, href: string) => before + resolveLink(href.replace(/^<|>$/g, '')),
  )
  return markdown === block.markdown ? block : { ...block, markdown }
}

function dedent(lines: readonly string[]): string[] {
  const indents = lines.filter((line) => line.trim()).map((line) => /^\s*/.exec(line)![0].length)
  const indent = Math.min(...indents)
  return lines.map((line) => line.slice(Math.min(indent, line.length - line.trimStart().length)))
}

function readFrontMatter(text: string): { title: string | undefined; body: string } {
  const match = /^\uFEFF?---[ \t]*\r?\n([\s\S]*?)\r?\n---[ \t]*(?:\r?\n|$)/.exec(text)
  if (!match) return { title: undefined, body: text.replace(/^\uFEFF/, '') }
  const title = /^title:\s*(.+?)\s*$/m.exec(match[1]!)?.[1]?.replace(/^(["'])(.*)\1$/, '$2')
  return { title, body: text.slice(match[0].length) }
}

/** A comment inside a code fence is code. */
function withoutComments(text: string): string {
  return text.replace(
    /(^|\n)([ \t]*(`{3,}|~{3,})[\s\S]*?\n[ \t]*\3)|<!--[\s\S]*?-->/g,
    (all, _, fence) => (fence === undefined ? '' : all),
  )
}

function lastPartOf(url: string): string {
  const path = url.replace(/[?#].*$/, '').replace(/\/+$/, '')
  const words = path
    .slice(path.lastIndexOf('/') + 1)
    .replace(/\.\w+$/, '')
    .replace(/[-_]+/g, ' ')
  return words.charAt(0).toUpperCase() + words.slice(1) || url
}
