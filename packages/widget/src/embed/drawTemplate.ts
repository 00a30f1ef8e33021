import { attributesOf, fillWords, type Scope } from './templates.ts'

/** A template's nodes, made once. An update changes words and attributes, so that focus stays where it is. */
export interface TemplateDrawing {
  readonly nodes: readonly Node[]
  /** The first element that does something, by what it does. */
  readonly doers: ReadonlyMap<string, HTMLElement>
  update(scope: Scope): void
}

/** Draws a template without a framework. `original` stands in the place of `<slot>`. */
export function drawTemplate(content: Node, original: Node): TemplateDrawing {
  const updates: ((scope: Scope) => void)[] = []
  const doers = new Map<string, HTMLElement>()
  let latest: Scope = {}

  const drawAll = (parent: Node): readonly Node[] => Array.from(parent.childNodes).flatMap(drawOne)

  function drawOne(node: Node): readonly Node[] {
    if (node instanceof Text) return [drawWords(node.data)]
    if (!(node instanceof Element) || node.localName === 'style') return []
    if (node.localName === 'slot') return [original]
    // Of its own namespace: a drawing may be SVG.
    const element = document.createElementNS(node.namespaceURI, node.localName) as HTMLElement
    updates.push((scope) => {
      for (const [name, words] of attributesOf(node, scope)) {
        if (element.getAttribute(name) !== words) element.setAttribute(name, words)
      }
    })
    element.append(...drawAll(node))
    const condition = node.getAttribute('data-if')
    const action = node.getAttribute('data-click')
    if (action !== null) {
      if (!doers.has(action)) doers.set(action, element)
      element.addEventListener('click', () => (latest[action] as (() => void) | undefined)?.())
    }
    if (condition === null && action === null) return [element]
    const gap = document.createComment('')
    updates.push((scope) => {
      const isShown =
        (condition === null || Boolean(scope[condition])) &&
        (action === null || typeof scope[action] === 'function')
      if (isShown) gap.replaceWith(element)
      else element.replaceWith(gap)
    })
    return [gap]
  }

  function drawWords(template: string): Text {
    const text = document.createTextNode('')
    updates.push((scope) => {
      const words = fillWords(template, scope)
      if (text.data !== words) text.data = words
    })
    return text
  }

  const nodes = drawAll(content)
  return {
    nodes,
    doers,
    update: (scope) => {
      latest = scope
      for (const update of updates) update(scope)
    },
  }
}
