'use client'

import type { Chat, ImagePart } from '@parlance/core'
import {
  type ChangeEvent,
  type FormEvent,
  type KeyboardEvent,
  useContext,
  useEffect,
  useRef,
  useState,
} from 'react'
import { ChatContext, requireChat } from './useChat.ts'

/** Options of {@link useComposer}. */
export interface UseComposerOptions {
  /** Takes the text; `false`, or a promise of it, refuses it and the draft stays. Default: `send` of the provider's chat. */
  readonly onSend?: ((text: string) => unknown) | undefined
  readonly initialDraft?: string | undefined
  /** Pictures the provider's chat sends along. With one the text may be empty. */
  readonly images?: readonly ImagePart[] | undefined
  /** Most characters; a longer draft can be written but not sent. Default: no limit. */
  readonly maxLength?: number | undefined
  /** Whether sending is off; the draft stays editable. Default false. */
  readonly disabled?: boolean | undefined
}

/** A draft and the ways to send it. */
export interface Composer {
  readonly draft: string
  readonly setDraft: (draft: string) => void
  readonly canSend: boolean
  /** Sends the draft and empties it; does nothing when it cannot be sent. */
  readonly send: () => void
  /** For a `<textarea>`: Enter sends, Shift+Enter breaks the line. */
  readonly textareaProps: {
    readonly value: string
    readonly onChange: (event: ChangeEvent<HTMLTextAreaElement>) => void
    readonly onKeyDown: (event: KeyboardEvent<HTMLTextAreaElement>) => void
  }
  /** For the `<form>` around it. */
  readonly formProps: { readonly onSubmit: (event: FormEvent<HTMLFormElement>) => void }
}

/** A field to write a turn in. Without `onSend` it needs a `ChatProvider`. */
export function useComposer(options: UseComposerOptions = {}): Composer {
  const provided = useContext(ChatContext)
  const chat = options.onSend ? provided : requireChat(provided)
  const [draft, setDraft] = useState(options.initialDraft ?? '')
  const latest = useRef({ draft, options, chat })
  useEffect(() => {
    // Not the draft: an effect that comes late would bring back what was there before the last key.
    latest.current = { ...latest.current, options, chat }
  })

  function change(next: string) {
    latest.current = { ...latest.current, draft: next }
    setDraft(next)
  }

  function send() {
    // Not what was rendered: a second Enter can come before the first one has rendered.
    const now = latest.current
    if (!isSendable(now.draft, now.options)) return
    const { onSend, images } = now.options
    const verdict = onSend ? onSend(now.draft) : sendTo(now.chat!, now.draft, images)
    if (verdict === false) return
    change('')
    latest.current = { ...latest.current, options: { ...now.options, images: [] } }
    if (!(verdict instanceof Promise)) return
    const restore = (answer: unknown) => {
      if (answer === false && latest.current.draft === '') change(now.draft)
    }
    void verdict.then(restore, (cause: unknown) => {
      restore(false)
      throw cause
    })
  }

  return {
    draft,
    setDraft: change,
    canSend: isSendable(draft, options),
    send,
    textareaProps: {
      value: draft,
      onChange: (event) => change(event.target.value),
      onKeyDown(event) {
        if (event.key !== 'Enter' || event.shiftKey || event.defaultPrevented) return
        // Safari ends a composition before it tells of the key that ended it; 229 still marks that key.
        if (event.nativeEvent.isComposing || event.keyCode === 229) return
        event.preventDefault()
        send()
      },
    },
    formProps: {
      onSubmit(event) {
        event.preventDefault()
        send()
      },
    },
  }
}

function isSendable(draft: string, { images, maxLength, disabled }: UseComposerOptions): boolean {
  const isBlank = draft.trim() === '' && !images?.length
  return !disabled && !isBlank && (maxLength === undefined || draft.length <= maxLength)
}

/** Whether the chat took it. Its promise would say so only when the reply has ended. */
function sendTo(chat: Chat, text: string, images: UseComposerOptions['images']): boolean {
  const before = chat.getSnapshot()
  void chat.send({ text, images })
  return chat.getSnapshot() !== before
}
