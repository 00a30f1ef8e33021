// Runs in the browser: one function per engine, measured token by token. Called by markdown.mjs.
import { parser as lezerParser, GFM } from '@lezer/markdown'
import { TreeFragment, type SyntaxNode } from '@lezer/common'
import { Markdown as TanStackMarkdown } from '@tanstack/markdown/react'
import { MarkdownParser } from 'markdown-parser'
import { lexer, type Token } from 'marked'
import { createElement, Fragment, memo, type ReactNode } from 'react'
import { flushSync } from 'react-dom'
import { createRoot } from 'react-dom/client'
import ReactMarkdown from 'react-markdown'
import remarkGfm from 'remark-gfm'
import { Streamdown } from 'streamdown'
import {
  createMarkdownParser,
  parseMarkdown,
  type MarkdownDocument,
} from '../../packages/markdown/src/index.ts'
import { MarkdownBlocks, StreamingMarkdown } from '../../packages/markdown/src/react.ts'

interface Engine {
  append: (text: string) => void
  end?: () => void
}

const inReact = (
  container: HTMLElement,
  draw: (text: string, ended: boolean) => ReactNode,
): Engine => {
  const root = createRoot(container)
  let text = ''
  const show = (ended: boolean) => flushSync(() => root.render(draw(text, ended)))
  return {
    append: (piece) => {
      text += piece
      show(false)
    },
    end: () => show(true),
  }
}

const tags: Record<string, string> = {
  paragraph: 'p',
  Paragraph: 'p',
  heading: 'h2',
  list: 'ul',
  BulletList: 'ul',
  OrderedList: 'ol',
  list_item: 'li',
  'list-item': 'li',
  ListItem: 'li',
  blockquote: 'blockquote',
  Blockquote: 'blockquote',
  code: 'pre',
  'code-block': 'pre',
  FencedCode: 'pre',
  table: 'table',
  Table: 'table',
  TableRow: 'tr',
  TableHeader: 'tr',
  TableCell: 'td',
  strong: 'strong',
  StrongEmphasis: 'strong',
  em: 'em',
  emphasis: 'em',
  Emphasis: 'em',
  codespan: 'code',
  'code-span': 'code',
  InlineCode: 'code',
  link: 'a',
  Link: 'a',
  del: 'del',
  hr: 'hr',
  'thematic-break': 'hr',
  br: 'br',
}

const drawMarked = (token: Token, key: number): ReactNode => {
  if (token.type === 'space' || token.type === 'def') return null
  if (token.type === 'table') {
    const row = (cells: readonly { tokens: Token[] }[], index: number) =>
      createElement(
        'tr',
        { key: index },
        cells.map((cell, column) =>
          createElement('td', { key: column }, cell.tokens.map(drawMarked)),
        ),
      )
    return createElement(
      'table',
      { key },
      createElement('tbody', null, [row(token.header, -1), ...token.rows.map(row)]),
    )
  }
  const children =
    token.type === 'list'
      ? token.items.map((item: Token & { tokens: Token[] }, index: number) =>
          createElement('li', { key: index }, item.tokens.map(drawMarked)),
        )
      : 'tokens' in token && token.tokens
        ? token.tokens.map(drawMarked)
        : 'text' in token
          ? token.text
          : token.raw
  const tag = tags[token.type]
  return tag === 'hr' || tag === 'br'
    ? createElement(tag, { key })
    : createElement(tag ?? Fragment, { key }, children)
}

const MarkedBlock = memo(
  ({ token }: { token: Token }) => drawMarked(token, 0),
  (a, b) => a.token.raw === b.token.raw,
)

const drawMarkedText = (text: string) =>
  lexer(text).map((token, index) => <MarkedBlock key={index} token={token} />)

const RawBlock = memo(({ raw }: { raw: string }) => (
  <ReactMarkdown remarkPlugins={[remarkGfm]}>{raw}</ReactMarkdown>
))

const drawNode = (node: object, key: number): ReactNode => {
  const { type, children, rows, cells, items, text, content, code } = node as Record<
    string,
    unknown
  >
  const inner = [children, rows, cells, items].find(Array.isArray) as object[] | undefined
  const tag = tags[String(type)]
  if (tag === 'hr' || tag === 'br') return createElement(tag, { key })
  return createElement(
    tag ?? Fragment,
    { key },
    inner
      ? inner.map(drawNode)
      : ([text, content, code].find((value) => typeof value === 'string') as string | undefined),
  )
}
const NodeBlock = memo(({ node }: { node: object }) => drawNode(node, 0))

const lezer = lezerParser.configure(GFM)
const drawLezer = (node: SyntaxNode, text: string): ReactNode => {
  const tag = tags[node.name] ?? (/^(?:ATX|Setext)Heading/.test(node.name) ? 'h2' : undefined)
  if (/Mark$|Delimiter$|^URL$|^CodeInfo$/.test(node.name)) return null
  const parts: ReactNode[] = []
  let at = node.from
  for (let child = node.firstChild; child; child = child.nextSibling) {
    if (child.from > at) parts.push(text.slice(at, child.from))
    parts.push(drawLezer(child, text))
    at = child.to
  }
  if (at < node.to) parts.push(text.slice(at, node.to))
  return createElement(
    tag ?? Fragment,
    { key: node.from },
    tag === 'table'
      ? createElement(
          'tbody',
          null,
          parts.filter((part) => typeof part !== 'string'),
        )
      : parts,
  )
}

const engines: Record<string, (container: HTMLElement) => Engine> = {
  'plain text node': (container) => {
    const node = document.createTextNode('')
    container.append(node)
    return { append: (piece) => node.appendData(piece) }
  },
  'plain text through React': (container) => inReact(container, (text) => <div>{text}</div>),
  MarkdownBlocks: (container) => {
    const root = createRoot(container)
    const parser = createMarkdownParser()
    const show = () => flushSync(() => root.render(<MarkdownBlocks document={parser.document} />))
    return {
      append: (piece) => {
        parser.append(piece)
        show()
      },
      end: () => {
        parser.end()
        show()
      },
    }
  },
  StreamingMarkdown: (container) =>
    inReact(container, (text, ended) => <StreamingMarkdown text={text} streaming={!ended} />),
  'our parser, nothing drawn': () => {
    const parser = createMarkdownParser()
    return {
      append: (piece) => {
        parser.append(piece)
        void parser.document
      },
      end: parser.end,
    }
  },
  'markdown-parser': (container) => {
    const root = createRoot(container)
    const parser = new MarkdownParser()
    const show = () =>
      flushSync(() =>
        root.render(
          [
            ...parser.nodes,
            ...(parser.experimental_openNode ? [parser.experimental_openNode] : []),
          ].map((node, index) => <NodeBlock key={index} node={node} />),
        ),
      )
    return {
      append: (piece) => {
        parser.parse(piece, { stream: true })
        show()
      },
      end: () => {
        parser.parse('', { stream: false })
        show()
      },
    }
  },
  '@lezer/markdown': (container) => {
    let tree = lezer.parse('')
    let before = 0
    return inReact(container, (text) => {
      const fragments = TreeFragment.applyChanges(TreeFragment.addTree(tree), [
        { fromA: before, toA: before, fromB: before, toB: text.length },
      ])
      tree = lezer.parse(text, fragments)
      before = text.length
      return drawLezer(tree.topNode, text)
    })
  },
  'marked, memoised blocks': (container) => inReact(container, drawMarkedText),
  '@tanstack/markdown': (container) =>
    inReact(container, (text) => <TanStackMarkdown>{text}</TanStackMarkdown>),
  'react-markdown, memoised blocks': (container) =>
    inReact(container, (text) =>
      lexer(text).map((token, index) => <RawBlock key={index} raw={token.raw} />),
    ),
  'react-markdown': (container) =>
    inReact(container, (text) => <ReactMarkdown remarkPlugins={[remarkGfm]}>{text}</ReactMarkdown>),
  streamdown: (container) => inReact(container, (text) => <Streamdown>{text}</Streamdown>),
}

const tokensPerFrame = 16

/** What is measured: an engine that is fed a text. */
let running:
  | {
      readonly engine: Engine
      readonly container: HTMLElement
      readonly tokens: readonly string[]
      readonly perFlush: number
      at: number
      sinceFrame: number
    }
  | undefined

const mount = (name: string) => {
  const container = document.createElement('div')
  document.body.append(container)
  const engine = engines[name]?.(container)
  if (!engine) throw new Error(`no engine ${name}`)
  return { container, engine }
}

const start = (name: string, tokens: readonly string[], perFlush: number) => {
  running = { ...mount(name), tokens, perFlush, at: 0, sinceFrame: 0 }
}

/** Appends the next tokens, and forces a layout as often as a frame would come. Stops after the budget. */
const go = (count: number, budgetMs: number) => {
  if (!running) throw new Error('start() first')
  const { engine, container, tokens, perFlush } = running
  const from = running.at
  const end = Math.min(tokens.length, from + count)
  const started = performance.now()
  let now = started
  while (running.at < end && now - started < budgetMs) {
    engine.append(tokens.slice(running.at, running.at + perFlush).join(''))
    running.at += perFlush
    running.sinceFrame += perFlush
    if (running.sinceFrame >= tokensPerFrame) {
      running.sinceFrame = 0
      void container.offsetHeight
    }
    now = performance.now()
  }
  running.at = Math.min(running.at, tokens.length)
  return { done: running.at - from, ms: now - started }
}

const end = () => {
  if (!running) throw new Error('start() first')
  const { engine, container } = running
  engine.end?.()
  ;(globalThis as { gc?: () => void }).gc?.()
  const { memory } = performance as { memory?: { usedJSHeapSize: number } }
  container.remove()
  running = undefined
  return { heapMB: (memory?.usedJSHeapSize ?? 0) / 1e6 }
}

/** How many nodes of the DOM an engine touches per token. */
const countMutations = async (name: string, tokens: readonly string[], perFlush: number) => {
  const { container, engine } = mount(name)
  let count = 0
  const count_ = (records: readonly MutationRecord[]) => {
    for (const { type, addedNodes, removedNodes } of records)
      count += type === 'childList' ? addedNodes.length + removedNodes.length : 1
  }
  const observer = new MutationObserver(count_)
  observer.observe(container, {
    childList: true,
    characterData: true,
    attributes: true,
    subtree: true,
  })
  for (let at = 0; at < tokens.length; at += perFlush)
    engine.append(tokens.slice(at, at + perFlush).join(''))
  count_(observer.takeRecords())
  await Promise.resolve()
  container.remove()
  return count / tokens.length
}

let parsed: MarkdownDocument | undefined

/** Parses a text that is there as a whole. */
const parseWhole = (text: string) => {
  parsed = parseMarkdown(text)
}

/** Draws what was parsed, all at once. */
const drawWhole = () => {
  const container = document.createElement('div')
  document.body.append(container)
  const root = createRoot(container)
  flushSync(() => root.render(parsed && <MarkdownBlocks document={parsed} />))
}

const names = Object.keys(engines)
Object.assign(window, {
  bench: {
    references: names.slice(0, 2),
    ours: names.slice(2, 5),
    peers: names.slice(5),
    start,
    go,
    end,
    countMutations,
    parseWhole,
    drawWhole,
  },
})
