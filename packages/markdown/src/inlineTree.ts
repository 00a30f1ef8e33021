import { splitAtMail } from './autolinks.ts'
import type { DelimiterRun } from './emphasis.ts'
import type { Inline } from './nodes.ts'
import { work } from './work.ts'

/** A piece of a leaf: text, a node, or a run that begins or ends emphasis. */
export type Item = string | Inline | DelimiterRun

/** Nesting of emphasis beyond which its marks stay text, so that no tree can exhaust the stack. */
const deepestInline = 48

const typeOf = (mark: string) =>
  mark.startsWith('~') ? 'strikethrough' : mark.length > 1 ? 'strong' : 'emphasis'

/** Makes a tree of items whose runs are paired. With `open`, its last text still grows. */
export const toTree = (items: readonly Item[], withMail: boolean, open = false): Inline[] => {
  const outer: { readonly mark: string; readonly children: Inline[] }[] = []
  let children: Inline[] = []
  let text = ''

  const addText = (growing = false) => {
    for (const part of withMail && text.includes('@') ? splitAtMail(text, growing) : [text]) {
      if (part) children.push(typeof part === 'string' ? { type: 'text', value: part } : part)
    }
    text = ''
  }

  const close = () => {
    const { mark = '', children: before = [] } = outer.pop() ?? {}
    if (outer.length >= deepestInline) text += mark
    else {
      addText()
      before.push({ type: typeOf(mark), children })
      children = before
    }
  }

  for (const item of items) {
    work.steps++
    if (typeof item === 'string') text += item
    else if ('type' in item) {
      addText()
      children.push(item)
    } else {
      for (; item.closed > 0; item.closed--) close()
      text += item.mark.repeat(item.count)
      for (const mark of item.opened) {
        const tooDeep = outer.length >= deepestInline
        if (tooDeep) text += mark
        else addText()
        outer.push({ mark, children })
        if (!tooDeep) children = []
      }
    }
  }
  addText(open)
  while (outer.length > 0) close()
  addText()
  return children
}
