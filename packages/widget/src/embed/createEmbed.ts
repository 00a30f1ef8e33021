import { applyTheme } from '../theme/theme.ts'
import type { ClientTool } from '@parlance/core'
import { rememberGreeting, wasGreeted } from '../launcher/greetingMemory.ts'
import { adoptStyles } from './adoptStyles.ts'
import type { Embed, EmbedEvents, EmbedTheme, OpenOptions, PageContext } from './embedApi.ts'
import type { EmbedOptions } from './embedOptions.ts'
import { createElement, createLauncher } from './launcher.ts'
import { launcherSlots } from './launcherSlots.ts'
import { launcherWords } from './launcherWords.ts'
import { pageLocale } from './pageLocale.ts'
import type { Panel, PanelModule, PanelRequest } from './panelContract.ts'
import shellStyles from './shell.css?inline'
import { version } from './version.ts'

export interface EmbedSurroundings {
  /** The element whose shadow root holds everything. */
  readonly element: HTMLElement
  /** Fetches a module that lies beside the loader, and names in the console what does not come. */
  load(name: 'panel'): Promise<PanelModule>
  load(name: 'launcher'): Promise<typeof import('./launcherTemplates.ts')>
  /** Takes the element out of the page and the embed out of the globals. */
  onDestroy(): void
}

/** Templates of what is drawn before there is a panel. */
const launcherTemplates = `template:is(${launcherSlots
  .map((slot) => `[slot=${slot}],[data-parlance-slot=${slot}]`)
  .join()})`

type Initiator = 'visitor' | 'page'

/** Joins launcher, panel and page API. Costs no request and no storage until the visitor shows interest. */
export function createEmbed(options: EmbedOptions, surroundings: EmbedSurroundings): Embed {
  const { element, load, onDestroy } = surroundings
  const { mode = 'popup', side = 'end', greetingAfterMs } = options
  const root = element.shadowRoot ?? element.attachShadow({ mode: 'open' })
  const isFloating = mode === 'popup' || mode === 'panel'
  const ended = new AbortController()
  let words = launcherWords(pageLocale(options.locale))
  let locale = pageLocale(options.locale)
  // The panel reads both when a question is sent, so that they need not be told anew.
  const context: Record<string, PageContext[string]> = {}
  const tools: ClientTool[] = []
  let consent: 'granted' | 'denied' | 'unknown' =
    (options.consent ?? 'assumed') === 'assumed' ? 'granted' : 'unknown'
  let theme: EmbedTheme = options
  let isOpen = false
  let unread = 0
  let module: Promise<PanelModule> | undefined
  let panel: Promise<Panel> | undefined
  let shown: Panel | undefined
  /** What of the page opened the chat, and gets focus back. */
  let opener: HTMLElement | undefined

  adoptStyles(root, shellStyles)
  element.dataset['mode'] = mode
  const place = createElement('div', { class: 'pl-place' })
  const frame = createElement('div', { class: 'parlance', 'data-mode': mode, 'data-side': side })
  drawFrame()
  root.append(place)

  const launcher = isFloating
    ? createLauncher({
        words,
        greeting:
          options.greeting === undefined || greetingAfterMs === undefined || wasGreeted()
            ? undefined
            : { text: options.greeting, afterMs: greetingAfterMs },
        onGreeted: () => consent === 'granted' && rememberGreeting(),
        onToggle: () => toggle('visitor'),
        onInterest: () => void theModule().catch(() => undefined),
        signal: ended.signal,
      })
    : undefined
  if (launcher) {
    root.append(frame)
    launcher.element.hidden = options.launcher === 'hidden'
    drawLauncher()
    // A template may come after the tag.
    addEventListener('DOMContentLoaded', drawLauncher, { signal: ended.signal })
  } else {
    void open({}, 'page')
  }

  /** Draws the launcher, by templates of the page if there are any. */
  function drawLauncher(): void {
    const { element: own } = launcher!
    const show = (): void => {
      if (!own.parentNode) frame.append(own)
    }
    if (!document.querySelector(launcherTemplates)) show()
    else {
      void load('launcher')
        .then(
          ({ replaceLauncherParts }) => replaceLauncherParts(own, root),
          () => undefined,
        )
        .finally(show)
    }
  }

  function drawFrame(): void {
    applyTheme(frame, theme)
    frame.dataset['scheme'] = theme.scheme ?? 'auto'
    frame.dataset['open'] = String(isOpen)
    frame.lang = words.locale
    // A page's direction reaches into a shadow root; the chat has its own.
    frame.dir = words.direction
  }

  function showLauncher(isShown: boolean): void {
    if (launcher) launcher.element.hidden = !isShown
  }

  function emit<Name extends keyof EmbedEvents>(name: Name, detail: EmbedEvents[Name]): void {
    if (name === 'reply-end' && !isOpen) setUnread(unread + 1)
    // The browser keeps a listener of the page that throws from being the chat's matter.
    element.dispatchEvent(new CustomEvent(`parlance:${name}`, { detail }))
  }

  /** What stands in for each listener, so that it can be taken away again. */
  const handlers = new WeakMap<object, (event: Event) => void>()

  function on<Name extends keyof EmbedEvents>(
    name: Name,
    listener: (detail: EmbedEvents[Name]) => void,
  ): () => void {
    const handler =
      handlers.get(listener) ??
      ((event: Event) => listener((event as CustomEvent<EmbedEvents[Name]>).detail))
    handlers.set(listener, handler)
    element.addEventListener(`parlance:${name}`, handler, { signal: ended.signal })
    return () => off(name, listener)
  }

  function off(name: keyof EmbedEvents, listener: (detail: never) => void): void {
    const handler = handlers.get(listener)
    if (handler) element.removeEventListener(`parlance:${name}`, handler)
  }

  function setUnread(count: number): void {
    if (count === unread) return
    unread = count
    whenThere(({ nameUnread }) => launcher?.draw({ unread: { count, label: nameUnread(count) } }))
    emit('unread', { count })
  }

  function setConsent(given: 'granted' | 'denied'): void {
    consent = given
    whenThere((mounted) => mounted.setConsent(given))
  }

  /** Does something to the panel if there is one, or it is on its way. */
  function whenThere(run: (panel: Panel) => void): void {
    panel?.then(run, () => undefined)
  }

  function theModule(): Promise<PanelModule> {
    module ??= load('panel').catch((error: unknown) => {
      module = undefined
      throw error
    })
    return module
  }

  function thePanel(): Promise<Panel> {
    panel ??= theModule()
      .then(({ mountPanel }) =>
        mountPanel({
          place,
          root,
          options: { ...options, ...theme, locale },
          consent,
          context,
          tools,
          onClose: () => close('visitor'),
          onConsent: setConsent,
          emit,
        }).catch((error: unknown) => {
          console.error('Parlance: the panel did not start.', error)
          throw error
        }),
      )
      .then((mounted) => (shown = mounted))
      .catch((error: unknown) => {
        panel = undefined
        throw error
      })
    return panel
  }

  /** A call that fetches the panel, if it is not there yet. */
  const asked =
    <Name extends PanelRequest>(name: Name) =>
    async (...rest: Parameters<Panel[Name]>): Promise<Awaited<ReturnType<Panel[Name]>>> => {
      const call = (await thePanel())[name] as (...given: typeof rest) => ReturnType<Panel[Name]>
      return await call(...rest)
    }

  async function open(request: OpenOptions, by: Initiator): Promise<void> {
    launcher?.draw({ state: 'loading' })
    const mounted = await thePanel().catch(() => undefined)
    if (ended.signal.aborted) return
    if (!mounted) {
      launcher?.draw({ state: 'closed' })
      return
    }
    const wasOpen = isOpen
    isOpen = true
    drawFrame()
    setUnread(0)
    mounted.show(request)
    launcher?.draw({ state: 'open', panelId: root.querySelector('.pl-panel')?.id })
    if (!wasOpen) emit('open', { by })
  }

  function close(by: Initiator): void {
    if (!isOpen || !isFloating) return
    const hadFocus = root.activeElement !== null
    isOpen = false
    drawFrame()
    launcher?.draw({ state: 'closed' })
    whenThere((mounted) => mounted.hide())
    if (by === 'visitor' || hadFocus) {
      if (opener?.isConnected) opener.focus()
      else launcher?.focus()
    }
    opener = undefined
    emit('close', { by })
  }

  function toggle(by: Initiator): void {
    if (isOpen) close(by)
    else void open({}, by)
  }

  // A page opens the chat without a script: `<button data-parlance-open="Where is my order?">`.
  document.addEventListener(
    'click',
    (event) => {
      const target = event.target instanceof Element ? event.target : null
      const clicked = target?.closest<HTMLElement>('[data-parlance-open]')
      if (!clicked) return
      event.preventDefault()
      opener = clicked
      void open({ message: clicked.dataset['parlanceOpen'] || undefined }, 'visitor')
    },
    { signal: ended.signal },
  )

  // After the calls that the page had queued, so that they hear it.
  setTimeout(() => {
    if (!ended.signal.aborted) emit('ready', { version })
  })

  return {
    version,
    get isOpen() {
      return isOpen
    },
    open: (request = {}) => open(request, 'page'),
    close: () => close('page'),
    toggle: () => toggle('page'),
    send: asked('send'),
    stop: () => whenThere((mounted) => mounted.stop()),
    newConversation: asked('newConversation'),
    openConversation: asked('openConversation'),
    identify: asked('identify'),
    setContext: (patch) => void Object.assign(context, patch),
    registerTool: (tool) => {
      tools.push(tool)
      return () => void tools.splice(tools.indexOf(tool), 1)
    },
    setTheme: (patch) => {
      theme = { ...theme, ...patch }
      drawFrame()
      whenThere((mounted) => mounted.setTheme(theme))
    },
    setLocale: (tag) => {
      locale = pageLocale(tag)
      words = launcherWords(locale)
      launcher?.draw({ words })
      drawFrame()
      whenThere((mounted) => mounted.setLocale(locale))
    },
    setConsent,
    showLauncher: () => showLauncher(true),
    hideLauncher: () => showLauncher(false),
    on,
    off,
    getState: () => ({
      status: 'ready',
      conversationId: '',
      ...shown?.getState(),
      isOpen,
      unread,
      consent,
      locale,
    }),
    exportTranscript: asked('exportTranscript'),
    destroy: () => {
      if (ended.signal.aborted) return
      ended.abort()
      whenThere((mounted) => mounted.destroy())
      root.replaceChildren()
      root.adoptedStyleSheets = []
      onDestroy()
    },
  }
}
