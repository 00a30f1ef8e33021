import { launcherIconPaths } from '../icon/launcherIconPaths.ts'
import type { LauncherWords } from './launcherWords.ts'

/** The bubble of the script tag, before and after the panel is there. */
export interface EmbedLauncher {
  readonly element: HTMLElement
  /** Draws what has changed. */
  draw(changed: Partial<LauncherLook>): void
  focus(): void
}

export interface LauncherLook {
  readonly state: 'closed' | 'loading' | 'open'
  readonly words: LauncherWords
  /** Id of what the button opens, once it is there. */
  readonly panelId: string | undefined
  /** Answers that came while the panel was closed, as a number and in words. */
  readonly unread: { readonly count: number; readonly label: string }
}

export interface EmbedLauncherOptions {
  readonly words: LauncherWords
  /** Shown beside the launcher after a while. */
  readonly greeting?: { readonly text: string; readonly afterMs: number } | undefined
  /** The visitor has answered the greeting or waved it away. */
  onGreeted(): void
  onToggle(): void
  /** The visitor points at or focuses the launcher: time to fetch the panel. */
  onInterest(): void
  readonly signal: AbortSignal
}

type Attributes = Readonly<Record<string, string | undefined>>

function setAttributes(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined) element.removeAttribute(name)
    else element.setAttribute(name, value)
  }
}

/** An element with attributes and children. */
export function createElement(
  name: string,
  attributes: Attributes,
  ...children: Node[]
): HTMLElement {
  const element = document.createElement(name)
  setAttributes(element, attributes)
  element.append(...children)
  return element
}

function createIcon(name: keyof typeof launcherIconPaths): Element {
  const namespace = 'http://www.w3.org/2000/svg'
  const icon = document.createElementNS(namespace, 'svg')
  const path = document.createElementNS(namespace, 'path')
  setAttributes(icon, {
    viewBox: '0 0 20 20',
    'aria-hidden': 'true',
    class: 'pl-icon',
    'data-icon': name,
  })
  path.setAttribute('d', launcherIconPaths[name])
  icon.append(path)
  return icon
}

/** Draws the launcher without a framework: this is all that a visitor who never chats pays for. */
export function createLauncher(options: EmbedLauncherOptions): EmbedLauncher {
  const { greeting, onGreeted, onToggle, onInterest, signal } = options
  let look: LauncherLook = {
    state: 'closed',
    words: options.words,
    panelId: undefined,
    unread: { count: 0, label: '' },
  }
  const badge = createElement('span', { class: 'pl-badge', part: 'badge', 'aria-hidden': 'true' })
  const button = createElement('button', {
    type: 'button',
    class: 'pl-launcher',
    'aria-haspopup': 'dialog',
  })
  const element = createElement('div', { class: 'pl-launcher-place' }, button)
  button.addEventListener('click', onToggle)
  button.addEventListener('pointerenter', onInterest, { once: true })
  button.addEventListener('focus', onInterest, { once: true })

  let bubble: HTMLElement | undefined
  let greetingTimer: ReturnType<typeof setTimeout> | undefined
  function dropGreeting(): void {
    clearTimeout(greetingTimer)
    bubble?.remove()
  }

  function greet(text: string): void {
    const answer = createElement('button', {
      type: 'button',
      class: 'pl-invite-text',
      dir: 'auto',
    })
    answer.textContent = text
    answer.addEventListener('click', onToggle)
    const dismiss = createElement(
      'button',
      { type: 'button', class: 'pl-invite-dismiss', 'aria-label': look.words.dismiss },
      createIcon('close'),
    )
    dismiss.addEventListener('click', () => {
      dropGreeting()
      onGreeted()
      button.focus()
    })
    bubble = createElement('div', { class: 'pl-invite', part: 'greeting' }, answer, dismiss)
    element.prepend(bubble)
  }

  if (greeting) greetingTimer = setTimeout(() => greet(greeting.text), greeting.afterMs)
  signal.addEventListener('abort', dropGreeting)

  function draw(changed: Partial<LauncherLook> = {}): void {
    look = { ...look, ...changed }
    const { state, words, panelId, unread } = look
    const isOpen = state === 'open'
    if (isOpen && greeting) {
      dropGreeting()
      onGreeted()
    }
    const name = isOpen ? words.closeChat : words.openChat
    setAttributes(button, {
      part: `launcher ${state}`,
      'data-state': state,
      'aria-expanded': String(isOpen),
      'aria-busy': String(state === 'loading'),
      'aria-controls': isOpen ? panelId : undefined,
      'aria-label': unread.count > 0 ? `${name}, ${unread.label}` : name,
    })
    badge.textContent = String(unread.count)
    button.replaceChildren(
      createIcon(isOpen ? 'down' : 'chat'),
      ...(unread.count > 0 ? [badge] : []),
    )
  }
  draw()

  return { element, draw, focus: () => button.focus() }
}
