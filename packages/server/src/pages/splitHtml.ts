import { type HTMLElement, type Node, NodeType, parse } from 'node-html-parser'
import type { Page, Section } from './page.ts'
import { type SplitOptions, splitMarkdown } from './splitMarkdown.ts'

const outside = 'script,style,noscript,template,svg,iframe,form,button,nav,header,footer,aside'
const hidden = '[hidden],[aria-hidden="true"]'

/**
 * Splits an HTML page at its headings: what stands in `main` or `article`, else in `body`, without navigation and
 * forms. It becomes Markdown, its marks escaped, so that a page cannot put markup into an answer.
 */
export function splitHtml(page: Page, options: SplitOptions = {}): Section[] {
  const root = parse(page.text, {
    // Without this list the parser leaves the tags inside `pre` as text.
    blockTextElements: { script: true, noscript: true, style: true },
  })
  const title = page.title ?? (textOf(root.querySelector('title')) || undefined)
  const main =
    root.querySelector('main,[role="main"]') ??
    root.querySelector('article') ??
    root.querySelector('body') ??
    root
  for (const element of main.querySelectorAll(`${outside},${hidden}`)) element.remove()
  const lines: string[] = []
  writeBlocks(main, lines)
  const text = lines.join('\n\n')
  // A title such as `Shipping – Shop` is worse than the heading readers see.
  const heading = textOf(main.querySelector('h1'))
  return splitMarkdown({ url: page.url, text, title: page.title ?? (heading || title) }, options)
}

const blockTags = new Set(
  'address article blockquote dd details div dl dt figcaption figure h1 h2 h3 h4 h5 h6 hr li main ol p pre section summary table ul'.split(
    ' ',
  ),
)

function writeBlocks(parent: HTMLElement, out: string[]) {
  let inline = ''
  const flush = () => {
    const text = tidy(inline)
    if (text) out.push(text)
    inline = ''
  }
  for (const child of parent.childNodes) {
    const tag = tagOf(child)
    if (!tag || !blockTags.has(tag)) {
      inline += inlineOf(child)
      continue
    }
    flush()
    const element = child as HTMLElement
    if (/^h[1-6]$/.test(tag)) {
      const id = anchorOf(element)
      const text = tidy(inlineOf(element))
      if (text) out.push(`${'#'.repeat(Number(tag[1]))} ${text}${id ? ` {#${id}}` : ''}`)
    } else if (tag === 'pre') {
      out.push(fence(element))
    } else if (tag === 'ul' || tag === 'ol') {
      out.push(listOf(element, ''))
    } else if (tag === 'table') {
      out.push(tableOf(element))
    } else if (tag === 'dl') {
      out.push(definitionsOf(element))
    } else {
      writeBlocks(element, out)
    }
  }
  flush()
}

/** Sites put the anchor on the heading, on a link in it, or on the section around it. */
function anchorOf(heading: HTMLElement): string | undefined {
  const within = heading.querySelector('a[id],a[name]')
  const id =
    heading.id ||
    within?.getAttribute('id') ||
    within?.getAttribute('name') ||
    (tagOf(heading.parentNode) === 'section' ? heading.parentNode?.id : '')
  return id && /^[\w-]+$/.test(id) ? id : undefined
}

function fence(pre: HTMLElement): string {
  const code = pre.text.replace(/^\n/, '').trimEnd()
  const names = pre.querySelector('code')?.getAttribute('class') ?? ''
  const language = /language-([\w+-]+)/.exec(names)?.[1] ?? ''
  const longest = Math.max(2, ...[...code.matchAll(/`+/g)].map(([run]) => run.length))
  const marks = '`'.repeat(longest + 1)
  return `${marks}${language}\n${code}\n${marks}`
}

function listOf(list: HTMLElement, indent: string): string {
  const isOrdered = tagOf(list) === 'ol'
  const lines: string[] = []
  for (const item of list.childNodes) {
    if (tagOf(item) !== 'li') continue
    const mark = isOrdered
      ? `${lines.filter((line) => /^\d/.test(line.trim())).length + 1}. `
      : '- '
    const parts: string[] = []
    const inner: string[] = []
    for (const child of item.childNodes) {
      const tag = tagOf(child)
      if (tag === 'ul' || tag === 'ol') inner.push(listOf(child as HTMLElement, `${indent}   `))
      else parts.push(tag && blockTags.has(tag) ? ` ${inlineOf(child)} ` : inlineOf(child))
    }
    lines.push(`${indent}${mark}${tidy(parts.join(''))}`, ...inner)
  }
  return lines.join('\n')
}

function tableOf(table: HTMLElement): string {
  const rows = table.querySelectorAll('tr').map((row) => {
    const cells = row.querySelectorAll('th,td').map((cell) => tidy(inlineOf(cell)))
    return cells.map((cell) => cell.replace(/(?<!\\)\|/g, '\\|'))
  })
  const [head = [], ...body] = rows
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...body.map(line)].join('\n')
}

function definitionsOf(list: HTMLElement): string {
  let markdown = ''
  for (const child of list.childNodes) {
    const text = tidy(inlineOf(child))
    if (tagOf(child) === 'dt' && text) markdown += `${markdown ? '\n' : ''}- **${text}**:`
    if (tagOf(child) === 'dd' && text) markdown += ` ${text}`
  }
  return markdown
}

function inlineOf(node: Node): string {
  if (node.nodeType === NodeType.TEXT_NODE) return escape(node.text)
  const tag = tagOf(node)
  if (!tag) return ''
  const element = node as HTMLElement
  if (tag === 'br') return ' '
  if (tag === 'img') return ''
  if (tag === 'code' || tag === 'kbd' || tag === 'samp') {
    const code = element.text.replace(/\s+/g, ' ').trim()
    const marks = code.includes('`') ? '``' : '`'
    return code ? `${marks}${code}${marks}` : ''
  }
  const inner = element.childNodes.map(inlineOf).join(blockTags.has(tag) ? ' ' : '')
  if (tag === 'a') {
    const href = element.getAttribute('href') ?? ''
    const text = tidy(inner)
    const isAnchorMark = /^(?:\\#|¶|§|🔗)?$/u.test(text)
    if (isAnchorMark) return ''
    return /^(?:https?:|mailto:|[/.#?\w])/.test(href) && !/^(?!https?:|mailto:)\w+:/.test(href)
      ? `[${text}](<${href.replace(/[<>\s]/g, encodeURIComponent)}>)`
      : text
  }
  if ((tag === 'strong' || tag === 'b') && inner.trim()) return `**${inner.trim()}**`
  if ((tag === 'em' || tag === 'i') && inner.trim()) return `*${inner.trim()}*`
  return inner
}

function tagOf(node: Node | null | undefined): string | undefined {
  return node?.nodeType === NodeType.ELEMENT_NODE
    ? (node as HTMLElement).rawTagName?.toLowerCase()
    : undefined
}

function textOf(element: HTMLElement | null): string {
  return element ? element.text.replace(/\s+/g, ' ').trim() : ''
}

function escape(text: string): string {
  return text.replace(/[\\`*_[\]<>|~#]/g, '\\$&').replace(/^(\s*\d*)([-+.)])(?=\s)/, '$1\\$2')
}

function tidy(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
