import { adoptStyles } from './adoptStyles.ts'
import { drawTemplate } from './drawTemplate.ts'
import styles from './launcherTemplates.css?inline'
import { launcherSlots } from './launcherSlots.ts'
import { reportTemplate, slotOf } from './templates.ts'

/** What the loader's launcher tells of itself. */
const told = ['aria-haspopup', 'aria-expanded', 'aria-controls', 'aria-busy', 'aria-label']

const replaced = new WeakSet<HTMLElement>()

/**
 * Draws launcher, badge and greeting from templates of the page. The loader's own elements stay, hidden or in the place
 * of `<slot>`: they are watched for what is to be said and clicked for what is to be done, so that the loader knows
 * nothing of templates.
 */
export function replaceLauncherParts(place: HTMLElement, root: ShadowRoot): void {
  // The loader asks once more when the page has been read.
  if (replaced.has(place)) return
  replaced.add(place)
  adoptStyles(root, styles)
  const button = place.querySelector<HTMLElement>('.pl-launcher')!
  const updates = launcherSlots.flatMap((slot) => {
    const content = readTemplate(slot, root)
    if (!content) return []
    if (slot === 'launcher') return replaceLauncher(content, place, button)
    return slot === 'badge' ? replaceBadge(content, button) : replaceGreeting(content, place)
  })
  const update = (): void => {
    for (const each of updates) each()
    // What was drawn just now is no news.
    observer.takeRecords()
  }
  const observer = new MutationObserver(update)
  update()
  observer.observe(place, { attributes: true, childList: true, subtree: true })
}

/** The page's template of a slot, its style sheet put on the root. */
function readTemplate(slot: string, root: ShadowRoot): DocumentFragment | undefined {
  const template = [
    ...document.querySelectorAll<HTMLTemplateElement>('template[data-parlance-slot]'),
    ...root.host.querySelectorAll<HTMLTemplateElement>(':scope > template[slot]'),
  ].find((each) => slotOf(each) === slot)
  if (!template) return undefined
  const { content } = template
  if (slot === 'launcher' && !content.querySelector('slot, [data-click="toggle"]')) {
    reportTemplate('the template of "launcher" needs a <slot></slot> or a data-click="toggle".')
    return undefined
  }
  for (const { textContent } of content.querySelectorAll('style')) {
    adoptStyles(root, textContent ?? '')
  }
  return content
}

/** An element of ours for what a template draws, where the loader's own part stands. */
function wrap(slot: string, nodes: readonly Node[]): HTMLElement {
  const own = document.createElement('span')
  own.className = `pl-own-${slot}`
  own.append(...nodes)
  return own
}

const badgeOf = (button: Element): HTMLElement | null =>
  button.querySelector<HTMLElement>(':scope > [part="badge"]')

/** How many answers wait: the loader writes it as text, and a template draws elements over that. */
function readUnread(button: Element): string {
  const badge = badgeOf(button)
  return (badge?.firstElementChild ? badge.dataset['count'] : badge?.textContent) ?? ''
}

function replaceLauncher(
  content: DocumentFragment,
  place: Element,
  button: HTMLElement,
): () => void {
  const { nodes, doers, update } = drawTemplate(content, button)
  const own = wrap('launcher', nodes)
  place.append(own)
  const isAround = own.contains(button)
  const toggle = isAround ? undefined : doers.get('toggle')
  button.hidden = !isAround
  const template = content.querySelector('[data-click="toggle"]')
  // What is not named by words of its own has the name of the loader's launcher, unread answers included.
  const mirrored = told.filter((name) => !(template && hasName(template)) || name !== 'aria-label')
  if (toggle) {
    // The loader gives focus back to its launcher, and fetches the panel when somebody points at that.
    button.focus = (options) => toggle.focus(options)
    for (const type of ['pointerenter', 'focus']) {
      toggle.addEventListener(type, () => button.dispatchEvent(new Event(type)))
    }
  }
  return () => {
    update({
      state: button.dataset['state'],
      label: button.getAttribute('aria-label') ?? '',
      unread: readUnread(button),
      toggle: () => button.click(),
    })
    for (const name of toggle ? mirrored : []) {
      const value = button.getAttribute(name)
      if (value === null) toggle?.removeAttribute(name)
      else if (toggle?.getAttribute(name) !== value) toggle?.setAttribute(name, value)
    }
  }
}

function hasName(template: Element): boolean {
  return template.hasAttribute('aria-label') || hasWords(template)
}

function hasWords(node: Node): boolean {
  if (node instanceof Text) return node.data.trim() !== ''
  if (node instanceof Element && node.getAttribute('aria-hidden') === 'true') return false
  return Array.from(node.childNodes).some(hasWords)
}

function replaceBadge(content: Node, button: Element): () => void {
  return () => {
    const badge = badgeOf(button)
    if (!badge || badge.firstElementChild) return
    const count = readUnread(button)
    const { nodes, update } = drawTemplate(content, document.createTextNode(count))
    update({ count })
    badge.className = 'pl-own-badge'
    badge.dataset['count'] = count
    badge.replaceChildren(wrap('badge-words', nodes))
  }
}

function replaceGreeting(content: Node, place: Element): () => void {
  let own: HTMLElement | undefined
  let shown: HTMLElement | undefined
  return () => {
    const original = place.querySelector<HTMLElement>('.pl-invite')
    if (original === shown) return
    own?.remove()
    shown = original ?? undefined
    if (!original) return
    const { nodes, update } = drawTemplate(content, original)
    const click = (name: string) => (): void =>
      original.querySelector<HTMLElement>(`.pl-invite-${name}`)?.click()
    const text = original.querySelector('.pl-invite-text')?.textContent ?? ''
    update({ text, open: click('text'), dismiss: click('dismiss') })
    own = wrap('greeting', nodes)
    place.prepend(own)
    original.hidden = !own.contains(original)
  }
}
