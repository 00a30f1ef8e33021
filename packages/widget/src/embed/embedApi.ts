import type { ChatError, ChatStatus, ClientTool } from '@parlance/core'
import type { EmbedOptions } from './embedOptions.ts'

/** Facts that travel with the next turns, such as the page's subject; merged, never stored. */
export type PageContext = Readonly<Record<string, string | number | boolean | null | undefined>>

/** Who the visitor is, by a token that the owner's server signed. */
export interface Identity {
  /**
   * Presented to the relay as `Authorization: Bearer` whenever a client token is asked for, every few minutes; its
   * `identify` checks it, and every message is then this visitor's. A function gives one that is still good.
   */
  readonly token: string | (() => string | Promise<string>)
  /** Shown nowhere and believed by nobody; keeps conversations of different people on one device apart. */
  readonly id: string
}

/** How to open the chat. */
export interface OpenOptions {
  /** Put in the composer. */
  readonly message?: string | undefined
  /** Sends the message at once. */
  readonly send?: boolean | undefined
}

export interface SendOptions {
  /** Images of the message, where the owner allows them. One that cannot be sent rejects the call, by a `TypeError`. */
  readonly files?: Iterable<File> | undefined
}

/** How the chat is now. */
export interface EmbedState {
  readonly isOpen: boolean
  /** Answers that came while it was closed. */
  readonly unread: number
  readonly status: ChatStatus
  /** Id of the shown conversation, for `openConversation`; empty before its first message and where none are kept. */
  readonly conversationId: string
  readonly consent: 'granted' | 'denied' | 'unknown'
  /** BCP 47 tag of the language. */
  readonly locale: string
}

/** What the embed tells the page; on the element itself as events named `parlance:open` and so on, with `detail`. */
export interface EmbedEvents {
  readonly ready: { readonly version: string }
  readonly open: { readonly by: 'visitor' | 'page' }
  readonly close: { readonly by: 'visitor' | 'page' }
  readonly unread: { readonly count: number }
  readonly send: { readonly messageId: string }
  readonly 'reply-end': {
    readonly messageId: string
    readonly outcome: 'complete' | 'stopped' | 'truncated' | 'failed'
  }
  readonly feedback: { readonly messageId: string; readonly rating: 'up' | 'down' }
  readonly error: { readonly error: ChatError }
}

/** Look of the chat; fields left out keep their value. */
export type EmbedTheme = Partial<
  Pick<
    EmbedOptions,
    'accent' | 'tint' | 'font' | 'fontMono' | 'size' | 'radius' | 'density' | 'motion' | 'scheme'
  >
>

/** What a page can do with the chat of its script tag. Calls made before the panel has loaded wait for it. */
export interface Embed {
  readonly version: string
  readonly isOpen: boolean
  /** Shows the panel. */
  open(options?: OpenOptions): Promise<void>
  close(): void
  toggle(): void
  /** Asks a question; resolves when its answer has ended, however. */
  send(text: string, options?: SendOptions): Promise<void>
  stop(): void
  /** Puts a new, empty conversation in the place of the current one. */
  newConversation(): Promise<void>
  /** Puts a kept conversation in front of the visitor; an unknown id changes nothing. */
  openConversation(id: string): Promise<void>
  /** Signs the visitor in, with their own conversations; null signs out and brings back those without a name. */
  identify(identity: Identity | null): Promise<void>
  /** Facts the model may read beside the next questions, as far as the relay's `pageContext` names them. */
  setContext(context: PageContext): void
  /**
   * A function of the page that the model may call, where the relay's `clientTools` declare one of that name. Call what
   * it returns to take it back.
   */
  registerTool(tool: ClientTool): () => void
  setTheme(theme: EmbedTheme): void
  /** BCP 47 tag, or `auto` for the page's language. */
  setLocale(locale: string): void
  /** `denied` keeps everything in memory and forgets what was kept. */
  setConsent(consent: 'granted' | 'denied'): void
  showLauncher(): void
  hideLauncher(): void
  getState(): EmbedState
  /** Listens to an event; call what it returns, or `off`, to stop. */
  on<Name extends keyof EmbedEvents>(
    name: Name,
    listener: (detail: EmbedEvents[Name]) => void,
  ): () => void
  off<Name extends keyof EmbedEvents>(
    name: Name,
    listener: (detail: EmbedEvents[Name]) => void,
  ): void
  /** The shown conversation as a file. */
  exportTranscript(format: 'markdown' | 'json'): Promise<Blob>
  /** Takes away the element, its listeners and timers, and the global. */
  destroy(): void
}

/** The global of a page with the script tag. Before `init`, or a tag with a `url`, it has `init` alone. */
export interface ParlanceGlobal extends Embed {
  /** Starts the chat, for pages that decide by script. Once started, gives what there is. */
  init(options: EmbedOptions): Embed
}

declare global {
  interface Window {
    Parlance?: ParlanceGlobal | undefined
  }
}
