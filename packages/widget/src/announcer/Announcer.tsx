import { type Message, messageOf, textOf } from '@parlance/core'
import { useChat } from '@parlance/react'
import {
  createContext,
  type ReactElement,
  type ReactNode,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react'
import { errorSentence } from '../error/errorSentence.ts'
import { useWidget } from '../settings/WidgetContext.tsx'
import { createReplyReader, type ReplyReader } from './createReplyReader.ts'
import { createSpeaker } from './createSpeaker.ts'
import { isGrowing } from '../turn/isGrowing.ts'

/** Says a short sentence about the widget itself, such as that something was copied. */
export type Announce = (sentence: string) => void

const AnnounceContext = createContext<Announce>(() => {})

/** For parts that must be heard as well as seen. */
export function useAnnounce(): Announce {
  return useContext(AnnounceContext)
}

interface Line {
  readonly key: number
  readonly text: string
}

const nothing: readonly Line[] = []

/** A spoken line leaves the page after this, so that it is not found a second time when browsing. */
const lineStaysMs = 8000

/** How often a growing answer is looked at for finished sentences. */
const readEveryMs = 1000

/**
 * Speaks what the eye sees, from regions of its own: the transcript itself is silent, or every token would be read.
 * Answers go to a log in finished blocks, the widget's own state to a status region, failures to an alert.
 */
export function AnnouncerProvider({
  listening,
  children,
}: {
  /** Whether the chat is open. While it is closed, only the number of new answers is said. */
  readonly listening: boolean
  readonly children: ReactNode
}): ReactElement {
  const { strings, formats } = useWidget()
  const chat = useChat()
  const [answer, setAnswer] = useState(nothing)
  const [status, setStatus] = useState(nothing)
  const [alert, setAlert] = useState(nothing)

  const count = useRef(0)
  const timers = useRef(new Set<ReturnType<typeof setTimeout>>())
  const say = useMemo(() => {
    const to = (set: typeof setAnswer) => (text: string) => {
      const line = { key: ++count.current, text }
      set((lines) => [...lines, line])
      const timer = setTimeout(() => {
        timers.current.delete(timer)
        set((lines) => lines.filter(({ key }) => key !== line.key))
      }, lineStaysMs)
      timers.current.add(timer)
    }
    return { answer: to(setAnswer), status: to(setStatus), alert: to(setAlert) }
  }, [])

  useEffect(() => {
    const waiting = timers.current
    return () => {
      for (const timer of waiting) clearTimeout(timer)
      waiting.clear()
    }
  }, [])

  // Read when something is said; a change of them must not begin the answer anew.
  const now = useRef({ strings, formats, listening })
  useEffect(() => {
    now.current = { strings, formats, listening }
  })

  useEffect(() => {
    const speaker = createSpeaker(say.answer)
    let replyId: string | null = null
    let reader: ReplyReader | null = null
    let timer: ReturnType<typeof setTimeout> | undefined
    let lastStatus: Message['status'] | null = null

    const readOn = (message: Message, ended: boolean) => {
      const words = reader?.read(textOf(message), ended) ?? ''
      if (words !== '' && now.current.listening) speaker.add(words)
    }

    const onEnd = (message: Message) => {
      const { strings: words, formats: format, listening: isOpen } = now.current
      clearTimeout(timer)
      timer = undefined
      readOn(message, true)
      if (message.status === 'failed' && message.error)
        say.alert(errorSentence(message.error, words))
      else if (message.status === 'truncated') say.alert(words.truncated)
      else if (message.status === 'stopped') {
        speaker.stop()
        say.status(words.stopped)
      } else if (!isOpen) say.status(format.plural(words.replied, 1))
      else speaker.whenDone(() => say.status(words.repliedSpoken))
    }

    const onChange = () => {
      const conversation = chat.getSnapshot()
      const id = conversation.messageIds.at(-1)
      const message = id === undefined ? undefined : messageOf(conversation, id)
      if (!message || message.role !== 'assistant') return
      const growing = isGrowing(message.status)
      if (message.id !== replyId) {
        replyId = message.id
        lastStatus = null
        reader = null
        speaker.stop()
      }
      if (growing && !reader) {
        reader = createReplyReader(now.current.strings.codeSpoken)
        // A reply that grows in another tab was asked for there.
        if (now.current.listening && conversation.status !== 'ready')
          say.status(now.current.strings.sentSpoken)
      }
      if (message.status === 'streaming' && lastStatus === 'submitted' && now.current.listening)
        say.status(now.current.strings.replyingSpoken)
      if (reader && !growing && message.status !== lastStatus) {
        onEnd(message)
        reader = null
      }
      lastStatus = message.status
      if (growing && timer === undefined) {
        timer = setTimeout(() => {
          timer = undefined
          const latest = messageOf(chat.getSnapshot(), message.id)
          if (reader && latest && replyId === latest.id) readOn(latest, false)
        }, readEveryMs)
      }
    }

    const unsubscribe = chat.subscribe(onChange)
    return () => {
      unsubscribe()
      clearTimeout(timer)
      speaker.stop()
    }
  }, [chat, say])

  return (
    <AnnounceContext.Provider value={say.status}>
      {children}
      <div className="pl-hidden" role="log" aria-live="polite" data-announcer="answer">
        {answer.map((line) => (
          <p key={line.key}>{line.text}</p>
        ))}
      </div>
      <output className="pl-hidden" data-announcer="status">
        {status.map((line) => (
          <span key={line.key}>{line.text}</span>
        ))}
      </output>
      <div className="pl-hidden" role="alert" data-announcer="alert">
        {alert.map((line) => (
          <p key={line.key}>{line.text}</p>
        ))}
      </div>
    </AnnounceContext.Provider>
  )
}
