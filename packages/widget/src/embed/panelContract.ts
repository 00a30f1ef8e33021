import type { ClientTool } from '@parlance/core'
import type {
  EmbedEvents,
  EmbedState,
  EmbedTheme,
  Identity,
  OpenOptions,
  PageContext,
  SendOptions,
} from './embedApi.ts'
import type { EmbedOptions } from './embedOptions.ts'

/** What the loader hands to the panel, which is fetched later. */
export interface PanelHost {
  /** Where the panel draws: a node inside the element's shadow root. */
  readonly place: HTMLElement
  readonly root: ShadowRoot
  /** With the theme and the language of this moment. */
  readonly options: EmbedOptions & { readonly locale: string }
  readonly consent: 'granted' | 'denied' | 'unknown'
  readonly context: PageContext
  readonly tools: readonly ClientTool[]
  /** Told when the visitor closes the panel. */
  onClose(): void
  /** Told what the visitor has answered. */
  onConsent(consent: 'granted' | 'denied'): void
  emit<Name extends keyof EmbedEvents>(name: Name, detail: EmbedEvents[Name]): void
}

/** The panel, once it is there. */
export interface Panel {
  show(options: OpenOptions): void
  hide(): void
  /** “3 unread messages”, in the visitor's language. */
  nameUnread(count: number): string
  send(text: string, options?: SendOptions): Promise<void>
  stop(): void
  newConversation(): void
  openConversation(id: string): Promise<void>
  getState(): Pick<EmbedState, 'status' | 'conversationId'>
  identify(identity: Identity | null): Promise<void>
  setTheme(theme: EmbedTheme): void
  setLocale(locale: string): void
  setConsent(consent: 'granted' | 'denied'): void
  exportTranscript(format: 'markdown' | 'json'): Promise<Blob>
  destroy(): void
}

/** What a page may ask of the panel before it is there. */
export type PanelRequest =
  | 'send'
  | 'newConversation'
  | 'openConversation'
  | 'identify'
  | 'exportTranscript'

/** What the panel's file exports. */
export interface PanelModule {
  mountPanel(host: PanelHost): Promise<Panel>
}
