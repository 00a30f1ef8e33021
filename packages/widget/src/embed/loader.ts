import { createEmbed } from './createEmbed.ts'
import type { Embed, ParlanceGlobal } from './embedApi.ts'
import { attributeNames, type EmbedOptions, readAttributes } from './embedOptions.ts'
import { toKebabCase } from '../theme/theme.ts'
import { version } from './version.ts'

type Call = readonly [name: string, ...rest: unknown[]]

const tagName = 'parlance-chat'
const report = (problem: string, ...cause: readonly unknown[]): void =>
  console.error(`Parlance: ${problem}`, ...cause)

// Only a classic script knows its own tag, and only while it runs.
const script = document.currentScript as HTMLScriptElement | null
const base = script?.src ?? document.baseURI

let hasFailed = false

async function load(name: string): Promise<never> {
  // Older browsers remember a module that did not load, and ask only another address anew. The first one is better:
  // there the panel's own chunks look for it.
  const { href } = new URL(`./${name}.js`, base)
  try {
    return (await import(/* @vite-ignore */ href).catch((error: unknown) => {
      if (!hasFailed) throw error
      // In a variable, or Vite would wrap the import in a preloader of its own.
      const another = `${href}?${Date.now()}`
      return import(/* @vite-ignore */ another)
    })) as never
  } catch (error) {
    hasFailed = true
    // A policy that refuses it is named by the browser itself.
    report(`${name}.js did not load. It must lie beside loader.js.`, error)
    throw error
  }
}

let embed: Embed | undefined

class ParlanceChat extends HTMLElement {
  #embed: Embed | undefined
  /** Made by a script tag without a target: belongs to the whole visit and not to one page's body. */
  #isBesideBody = false

  /** Reads a script tag, its own or that of a second paste, and makes the calls that waited for it. */
  static start(tag: HTMLScriptElement | null, queue: readonly Call[] = []): void {
    if (!embed) window.Parlance = { init, version } as unknown as ParlanceGlobal
    const options = tag && readAttributes(tag, 'data-', report)
    for (const name of Object.keys(tag?.dataset ?? {}).map(toKebabCase)) {
      if (!attributeNames.includes(name)) report(`data-${name} is no option.`)
    }
    if (options?.url) {
      if (embed) console.info('Parlance: a second tag does nothing.')
      else init(options)
    }
    for (const [name, ...rest] of queue) {
      const api = window.Parlance as unknown as Record<string, (...values: unknown[]) => unknown>
      if (typeof api[name] === 'function') api[name](...rest)
      else report(`${name}() was called before init().`)
    }
  }

  static create(options: EmbedOptions): Embed {
    const element = document.createElement(tagName) as ParlanceChat
    const started = element.#start(options)
    const { target } = options
    const attach = (): void => {
      if (embed !== started) return
      const place = target ? document.querySelector(target) : null
      const isMissing = target && !place
      // Before its body, a page would have the chat as its first stop of the Tab key.
      if (document.readyState === 'loading' && (isMissing || !document.body)) {
        addEventListener('DOMContentLoaded', attach)
        return
      }
      if (isMissing) report(`nothing on the page matches target="${target}".`)
      element.#isBesideBody = !place
      if (!place) element.dataset['place'] = 'page'
      // Beside the body, where a swap of the body does not reach it.
      ;(place ?? document.documentElement).append(element)
    }
    attach()
    return started
  }

  connectedCallback(): void {
    if (this.#embed) return
    if (embed) {
      report('a second <parlance-chat> was left out.')
      return
    }
    const options = readAttributes(this, '', report)
    if (options.url) this.#start({ mode: 'inline', ...options })
    else report('<parlance-chat> needs a url, the address of your relay.')
  }

  disconnectedCallback(): void {
    // A framework that swaps the page moves or drops nodes; look again once it is done.
    setTimeout(() => {
      if (this.isConnected || !this.#embed) return
      if (this.#isBesideBody) document.documentElement.append(this)
      else this.#embed.destroy()
    })
  }

  #start(options: EmbedOptions): Embed {
    const started = createEmbed(options, {
      element: this,
      load,
      onDestroy: () => {
        this.#embed = embed = undefined
        this.remove()
        delete window.Parlance
      },
    })
    this.#embed = embed = started
    window.Parlance = Object.defineProperties(
      { init },
      Object.getOwnPropertyDescriptors(started),
    ) as ParlanceGlobal
    return started
  }
}

function init(options: EmbedOptions): Embed {
  if (embed) return embed
  if (options.url) return ParlanceChat.create(options)
  throw new TypeError('Parlance.init needs { url }.')
}

try {
  // The browser keeps an element's class for the life of a page; a later paste uses it again.
  const known = customElements.get(tagName) as typeof ParlanceChat | undefined
  // Read first: an element that stands in the page already starts as soon as it is defined.
  const { q } = (window.Parlance ?? {}) as { readonly q?: readonly Call[] }
  if (!known) customElements.define(tagName, ParlanceChat)
  ;(known ?? ParlanceChat).start(script, q)
} catch (error) {
  console.error('Parlance: the chat could not start.', error)
}
