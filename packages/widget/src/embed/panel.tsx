import {
  type Chat,
  type ChatOptions,
  type ClientToken,
  type ImagePart,
  messageOf,
} from '@parlance/core'
import { createLateChat, createLateSessionToken } from '@parlance/core/late'
import { createRoot } from 'react-dom/client'
import { flushSync } from 'react-dom'
import { defaultAttachmentLimits } from '../attachments/attachmentLimits.ts'
import { readConsent, writeConsent } from '../consent/consentMemory.ts'
import { SupportChat, type SupportChatProps } from '../SupportChat.tsx'
import type { History, HistoryOptions } from '../history/createHistory.ts'
import { hasKept } from '../history/hasKept.ts'
import type { Keeper } from '../history/keepConversation.ts'
import type { Keeping } from '../history/startKeeping.ts'
import { defaultSlots } from '../settings/defaultSlots.ts'
import { lazyPart } from '../settings/lazyPart.tsx'
import type { Slots } from '../settings/slots.ts'
import { whenIdle } from '../settings/whenIdle.ts'
import { en } from '../strings/en.ts'
import { createFormats } from '../strings/formats.ts'
import { loadStrings } from '../strings/loadStrings.ts'
import { isGrowing } from '../turn/isGrowing.ts'
import styles from '../parts.css?inline'
import { adoptStyles } from './adoptStyles.ts'
import type { Identity } from './embedApi.ts'
import type { Panel, PanelHost } from './panelContract.ts'

/** A kept conversation is waited for this long, so that the panel does not open empty and fill a moment later. */
const longestRestoreMs = 150

const HistoryView = lazyPart(
  'HistoryView',
  async () => (await import('../history/HistoryView.tsx')).HistoryView,
)

/** The parts to draw with: our own, or the page's templates. Few pages have any, so that their code comes apart. */
async function readSlots(root: ShadowRoot): Promise<Partial<Slots>> {
  const slots = { History: HistoryView }
  // While a page is read, an element that nothing follows may have more children to come.
  const isWhole = root.host.nextSibling !== null || !document.body.contains(root.host)
  if (document.readyState === 'loading' && !isWhole) {
    await new Promise((resolve) => document.addEventListener('DOMContentLoaded', resolve))
  }
  const templates = [
    ...root.host.querySelectorAll<HTMLTemplateElement>(':scope > template[slot]'),
    ...document.querySelectorAll<HTMLTemplateElement>('template[data-parlance-slot]'),
  ]
  if (templates.length === 0) return slots
  try {
    const { toTemplateSlots } = await import('./templateSlots.tsx')
    return { ...slots, ...toTemplateSlots(templates, root, { ...defaultSlots, ...slots }) }
  } catch (error) {
    console.error('Parlance: templates are not used, for their part did not load.', error)
    return slots
  }
}

/** Draws the chat into the loader's shadow root and gives the loader its handles. */
export async function mountPanel(host: PanelHost): Promise<Panel> {
  const { place, root, options, emit } = host
  const { url } = options
  const { context, tools } = host
  let { consent } = host
  const asksConsent = options.consent === 'ask'
  if (asksConsent && consent === 'unknown') consent = readConsent() ?? consent
  let { locale } = options
  let identity: Identity | null = null
  const anonymous = createLateSessionToken({ url })
  adoptStyles(root, styles)

  /** Client tokens of whoever is signed in. */
  let session = anonymous
  const token: ClientToken = (previous) => session(previous)
  const chatOptions: ChatOptions = {
    url,
    token,
    tools,
    body: async () => {
      // The question is on the device before it goes out.
      await (await keep())?.keeper.beginTurn()
      return Object.keys(context).length > 0 ? { context } : {}
    },
    onFinish: ({ id: messageId, status }) => {
      if (isGrowing(status)) return
      emit('reply-end', { messageId, outcome: status })
    },
    onError: (error) => {
      console.warn(`Parlance: a reply failed with ${error.code}.`)
      emit('error', { error })
    },
  }
  const chat = createLateChat(chatOptions)
  const unsubscribe = onQuestion(chat, (messageId) => emit('send', { messageId }))

  let keeper: Keeper | undefined
  let forgetIdle: (() => void) | undefined

  let kept: Promise<Keeping | null> | undefined
  const historyOptions = (): HistoryOptions => ({
    name: `${url}|${identity?.id ?? ''}`,
    place: options.history !== 'none' && consent === 'granted' ? 'device' : 'memory',
  })

  /**
   * Keeps from now on what is said, where the visitor and the owner allow it. Its code comes with the panel where an
   * earlier visit left something, else in an idle moment, with the first question at the latest.
   */
  function keep(): Promise<Keeping | null> {
    kept ??= startToKeep()
    return kept
  }

  /** Reads formulas, where the owner wants that: its code comes with that of keeping. */
  async function readMath(): Promise<void> {
    if (options.math !== 'on') return
    try {
      const { math, mathSlots } = await import('./mathParts.ts')
      draw({ math, slots: { ...mathSlots, ...props.slots } })
    } catch (error) {
      console.error('Parlance: formulas stay TeX, for their part did not load.', error)
    }
  }

  async function startToKeep(): Promise<Keeping | null> {
    void readMath()
    try {
      const { startKeeping } = await import('../history/startKeeping.ts')
      const keeping = startKeeping(chat, historyOptions())
      keeper = keeping.keeper
      draw({ keeper })
      await keeper.restored
      return keeping
    } catch (error) {
      console.error('Parlance: conversations are not kept, for their part did not load.', error)
      draw({ slots: { ...props.slots, History: undefined } })
      return null
    }
  }

  /** Brings back what an earlier visit left. */
  async function restore(): Promise<void> {
    const { name, place: where } = historyOptions()
    if (where === 'device' && (await hasKept(name))) await keep()
  }

  /** Ends the keeping so far and begins it anew, one change after the other. */
  function keepAnew(change: (history: History) => void): Promise<unknown> {
    kept = keep().then((before) => {
      before?.keeper.dispose()
      if (before) change(before.history)
      return startToKeep()
    })
    return kept
  }

  function decide(given: 'granted' | 'denied'): void {
    writeConsent(given)
    host.onConsent(given)
  }

  let props: SupportChatProps = {
    mode: options.mode,
    side: options.side,
    title: options.title,
    greeting: options.greeting,
    suggestions: options.suggestions,
    scheme: options.scheme,
    theme: options,
    locale,
    features: { attachments: options.attachments === 'on', usage: options.usage === 'on' },
    slots: await readSlots(root),
    onConsent: asksConsent && consent === 'unknown' ? decide : undefined,
    open: false,
    onOpenChange: (open) => {
      if (!open) host.onClose()
    },
    onFeedback: (feedback) => {
      const { messageId, rating } = feedback
      emit('feedback', { messageId, rating: rating === 'helpful' ? 'up' : 'down' })
      void import('./sendFeedback.ts').then(
        ({ sendFeedback }) => sendFeedback(feedback, { url, token }),
        (error: unknown) => console.warn('Parlance: a rating did not reach the relay.', error),
      )
    },
  }
  const reactRoot = createRoot(place)
  let isDestroyed = false
  function draw(changed: Partial<SupportChatProps> = {}): void {
    if (isDestroyed) return
    props = { ...props, ...changed }
    // At once: the loader names the panel in its launcher, and focus follows within the visitor's own click.
    flushSync(() => reactRoot.render(<SupportChat {...props} chat={chat} />))
  }

  /** The words of the language, for what the loader draws. */
  let strings = en
  async function readStrings(): Promise<void> {
    strings = await loadStrings(locale).catch(() => en)
  }

  draw()
  if (consent !== 'unknown' && consent !== host.consent) host.onConsent(consent)
  await Promise.race([
    Promise.all([restore(), readStrings()]),
    new Promise((resolve) => setTimeout(resolve, longestRestoreMs)),
  ])

  return {
    show: ({ message, send }) => {
      draw({ open: true })
      forgetIdle ??= whenIdle(() => void keep())
      if (message === undefined) return
      if (send) void chat.send(message)
      else void keep().then((now) => now?.keeper.offerDraft(message))
    },
    nameUnread: (count) => createFormats(strings.locale).plural(strings.unread, count),
    hide: () => draw({ open: false }),
    send: async (text, { files } = {}) => {
      const images = files ? await readImages(files) : []
      await chat.send({ text, images })
    },
    stop: () => chat.stop(),
    newConversation: () => chat.clear(),
    openConversation: async (id) => (await keep())?.keeper.resume(id),
    getState: () => ({
      status: chat.getSnapshot().status,
      conversationId: keeper?.currentId ?? '',
    }),
    identify: async (next) => {
      const isAnother = next?.id !== identity?.id
      identity = next
      session = next ? createLateSessionToken({ url, headers: () => toHeaders(next) }) : anonymous
      if (!isAnother) return
      // What was said before is another person's.
      await keepAnew((history) => {
        history.close()
        chat.clear()
      })
    },
    setTheme: (theme) => draw({ theme, scheme: theme.scheme }),
    setLocale: (next) => {
      locale = next
      draw({ locale })
      void readStrings()
    },
    setConsent: (given) => {
      if (given === consent) return
      consent = given
      draw({ onConsent: undefined })
      void keepAnew((history) => {
        if (given === 'denied') void history.clear()
        else history.close()
      })
    },
    exportTranscript: async (format) => {
      const { toTranscript, transcriptTypes } = await import('../history/toTranscript.ts')
      const words = { title: options.title ?? strings.title, strings }
      const text = toTranscript(chat.getSnapshot(), format, words)
      return new Blob([text], { type: transcriptTypes[format] })
    },
    destroy: () => {
      isDestroyed = true
      unsubscribe()
      forgetIdle?.()
      void Promise.resolve(kept).then((last) => {
        last?.keeper.dispose()
        last?.history.close()
        chat.dispose()
      })
      reactRoot.unmount()
    },
  }
}

async function toHeaders({ token }: Identity): Promise<HeadersInit> {
  return { authorization: `Bearer ${typeof token === 'string' ? token : await token()}` }
}

async function readImages(files: Iterable<File>): Promise<readonly ImagePart[]> {
  const { readImage } = await import('../attachments/readImage.ts')
  return Promise.all(
    Array.from(files, async (file) => {
      const image = await readImage(file, defaultAttachmentLimits)
      if (typeof image === 'object') return image
      throw new TypeError(`Parlance: ${file.name} cannot be sent: ${image}.`)
    }),
  )
}

/** Calls back with the id of each question that is asked here. */
function onQuestion(chat: Chat, listener: (messageId: string) => void): () => void {
  let before = chat.getSnapshot()
  return chat.subscribe(() => {
    const snapshot = chat.getSnapshot()
    const { messageIds, status } = snapshot
    if (messageIds === before.messageIds) return
    const known = before.tree.messages
    before = snapshot
    // What comes back from the device asks nothing.
    if (!isGrowing(status)) return
    const id = messageIds.findLast((each) => messageOf(snapshot, each)?.role === 'user')
    if (id !== undefined && !known.has(id)) listener(id)
  })
}
