import { tokenizeLine, type LineState } from './tokenizeLine.ts'

/** Colours one code element while it grows. */
export interface CodeHighlighter {
  /** Looks at the lines that were completed since the last call; with `whole`, at the last one too. */
  update: (whole: boolean) => void
  /** Takes the colours away. */
  stop: () => void
}

/** Whether the browser can colour text without elements around it. */
export const canHighlight = (): boolean => typeof Highlight === 'function' && 'highlights' in CSS

const highlightFor = (kind: string): Highlight => {
  const name = `pm-${kind}`
  let highlight = CSS.highlights.get(name)
  if (!highlight) CSS.highlights.set(name, (highlight = new Highlight()))
  return highlight
}

/**
 * Colours the text of an element through the CSS Custom Highlight API: the DOM stays as React made it. The ranges are
 * static, because a live one would collapse when React writes a longer text into the node it points to.
 */
export const createCodeHighlighter = (element: HTMLElement, language: string): CodeHighlighter => {
  const ranges: [Highlight, AbstractRange][] = []
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT)
  let done = 0
  /** The text node in which the first line that is not done begins, or the element, and the offset of its text. */
  let first: Node = element
  let firstStart = 0
  let state: LineState = ''

  const colour = (
    nodes: readonly (readonly [node: Text, start: number])[],
    kind: string,
    start: number,
    end: number,
  ) => {
    for (const [node, from] of nodes) {
      const a = Math.max(0, start - from)
      const b = Math.min(node.length, end - from)
      if (a >= b) continue
      const range = new StaticRange({
        startContainer: node,
        startOffset: a,
        endContainer: node,
        endOffset: b,
      })
      const highlight = highlightFor(kind)
      highlight.add(range)
      ranges.push([highlight, range])
    }
  }

  return {
    update: (whole) => {
      // What is done keeps its nodes. Where it does not, the search begins anew.
      if (!element.contains(first)) {
        first = element
        firstStart = 0
      }
      const nodes: (readonly [Text, number])[] = []
      let text = ''
      let offset = firstStart
      walker.currentNode = first
      for (
        let node = (first === element ? walker.nextNode() : first) as Text | null;
        node;
        node = walker.nextNode() as Text | null
      ) {
        if (offset + node.length > done) {
          nodes.push([node, offset])
          text += node.data
        }
        offset += node.length
      }
      const base = nodes[0]?.[1] ?? 0
      while (done - base < text.length) {
        const newline = text.indexOf('\n', done - base)
        if (newline < 0 && !whole) break
        const end = newline < 0 ? text.length : newline
        const line = tokenizeLine(text.slice(done - base, end), language, state)
        for (const { kind, start, end: stop } of line.tokens)
          colour(nodes, kind, done + start, done + stop)
        state = line.state
        done = base + end + 1
      }
      ;[first, firstStart] = nodes.findLast(([, from]) => from <= done) ?? [first, firstStart]
    },
    stop: () => {
      for (const [highlight, range] of ranges) highlight.delete(range)
      ranges.length = 0
    },
  }
}
