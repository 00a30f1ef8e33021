import { splitAtMail, toAutolink } from './autolinks.ts'
import type { DelimiterRun } from './emphasis.ts'
import type { Inline } from './nodes.ts'

/**
 * A piece of a leaf: text, a node, a run that begins or ends emphasis, or a bare address and how it is shown, which is a
 * link unless it stands in one.
 */
export type Item = string | Inline | DelimiterRun | readonly [url: string, shown: string]

/** Emphasis nested more deeply has no effect, so that no tree can exhaust the stack. */
const deepestInline = 48

const typeOf = (mark: string) =>
  mark[0] === '~' ? 'strikethrough' : mark.length > 1 ? 'strong' : 'emphasis'

/** An emphasis that is open, and the nodes before it. */
interface Outer {
  readonly mark: string
  readonly before: Inline[]
}

/** Makes a tree of items whose runs are paired. With `open`, its last text still grows. */
export const toTree = (items: readonly Item[], withAddresses: boolean, open = false): Inline[] => {
  const outer: Outer[] = []
  let children: Inline[] = []
  let text = ''

  const addText = (growing = false) => {
    for (const part of withAddresses && text.includes('@') ? splitAtMail(text, growing) : [text]) {
      if (part) children.push(typeof part === 'string' ? { type: 'text', value: part } : part)
    }
    text = ''
  }

  const close = () => {
    addText()
    const { mark, before } = outer.pop() as Outer
    if (before === children) return
    before.push({ type: typeOf(mark), children })
    children = before
  }

  for (const item of items) {
    if (typeof item === 'string') text += item
    else if ('type' in item) {
      addText()
      children.push(item)
    } else if ('length' in item) {
      if (!withAddresses) text += item[1]
      else {
        addText()
        children.push(toAutolink(...item))
      }
    } else {
      for (; item.closed > 0; item.closed--) close()
      text += item.mark.repeat(item.count)
      for (const mark of item.opened) {
        addText()
        outer.push({ mark, before: children })
        if (outer.length <= deepestInline) children = []
      }
    }
  }
  addText(open)
  while (outer.length > 0) close()
  return children
}
