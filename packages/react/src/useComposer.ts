'use client'

import type { ImagePart } from '@parlance/core'
import {
  type ChangeEvent,
  type FormEvent,
  type KeyboardEvent,
  useCallback,
  useEffect,
  useRef,
  useState,
} from 'react'
import { useChatActions } from './useChatStatus.ts'

export interface UseComposerOptions {
  /** Sends the text; false keeps it in the field. Default: the chat's `send`. */
  readonly onSend?: ((text: string) => boolean | void) | undefined
  /** Sent with the text, by the chat's `send`; with pictures an empty text may be sent. */
  readonly images?: readonly ImagePart[] | undefined
  readonly initialDraft?: string | undefined
  /** Most characters; a longer draft cannot be sent. */
  readonly maxLength?: number | undefined
  readonly disabled?: boolean | undefined
}

/** A text field to write a turn in. Spread `formProps` on a form and `textareaProps` on a textarea. */
export interface Composer {
  readonly draft: string
  readonly setDraft: (draft: string) => void
  readonly canSend: boolean
  readonly send: () => void
  readonly formProps: { readonly onSubmit: (event: FormEvent<HTMLFormElement>) => void }
  readonly textareaProps: {
    readonly value: string
    readonly onChange: (event: ChangeEvent<HTMLTextAreaElement>) => void
    readonly onKeyDown: (event: KeyboardEvent<HTMLTextAreaElement>) => void
    readonly onCompositionEnd: () => void
    readonly disabled: boolean | undefined
  }
}

/** Enter sends and Shift+Enter breaks the line; the Enter that ends a composition of an input method does neither. */
export function useComposer(options: UseComposerOptions = {}): Composer {
  const { initialDraft = '', maxLength, disabled, images } = options
  const chat = useChatActions()
  const [draft, setDraft] = useState(initialDraft)
  const latest = useRef({ draft, options })
  useEffect(() => {
    latest.current = { draft, options }
  })
  const compositionEndedAt = useRef(-1)

  const isBlank = draft.trim() === '' && !images?.length
  const isTooLong = maxLength !== undefined && draft.length > maxLength
  const canSend = !disabled && !isBlank && !isTooLong

  const change = useCallback((next: string) => {
    latest.current = { ...latest.current, draft: next }
    setDraft(next)
  }, [])

  const send = useCallback(() => {
    // The ref and not the rendered draft: a second Enter comes before the first one has rendered.
    const { draft: text, options: current } = latest.current
    const hasImages = (current.images?.length ?? 0) > 0
    if (current.disabled || (text.trim() === '' && !hasImages)) return
    if (current.maxLength !== undefined && text.length > current.maxLength) return
    if (current.onSend) {
      if (current.onSend(text) === false) return
    } else {
      void chat.send({ text, images: current.images })
    }
    change('')
    latest.current = { draft: '', options: { ...current, images: [] } }
  }, [chat, change])

  return {
    draft,
    setDraft: change,
    canSend,
    send,
    formProps: {
      onSubmit: (event) => {
        event.preventDefault()
        send()
      },
    },
    textareaProps: {
      value: draft,
      disabled,
      onChange: (event) => change(event.target.value),
      onCompositionEnd: () => {
        compositionEndedAt.current = performance.now()
      },
      onKeyDown: (event) => {
        if (event.key !== 'Enter' || event.shiftKey || event.defaultPrevented) return
        // Safari ends the composition before it tells of the key that ended it, and marks that key 229.
        const { isComposing, keyCode } = event.nativeEvent
        const endsComposition = performance.now() - compositionEndedAt.current < 30
        if (isComposing || keyCode === 229 || endsComposition) return
        event.preventDefault()
        send()
      },
    },
  }
}
