import type { ImagePart } from '@parlance/core'
import { useCallback, useState } from 'react'
import { useWidget } from '../settings/WidgetContext.tsx'
import { fill } from '../strings/strings.ts'

/** A file on its way into the next message. */
export interface Attachment {
  readonly id: number
  readonly name: string
  /** Absent while the file is being read. */
  readonly image: ImagePart | undefined
  /** How much of the file is read, from 0 to 1; absent before that is known. */
  readonly progress?: number | undefined
}

/** The images of the next message. */
export interface Attachments {
  readonly attachments: readonly Attachment[]
  /** What is wrong with files that were not taken, in sentences. */
  readonly problems: readonly string[]
  readonly add: (files: Iterable<File>) => void
  readonly remove: (id: number) => void
  readonly clear: () => void
}

let count = 0

/** Reads, checks and keeps the images of the next message. */
export function useAttachments(): Attachments {
  const { strings, formats, attachmentLimits } = useWidget()
  const [attachments, setAttachments] = useState<readonly Attachment[]>([])
  const [problems, setProblems] = useState<readonly string[]>([])

  const add = useCallback(
    (files: Iterable<File>) => {
      const { maxCount, maxBytes } = attachmentLimits
      const all = [...files]
      const taken = all.slice(0, Math.max(0, maxCount - attachments.length))
      setProblems(
        all.length > taken.length ? [formats.plural(strings.attachmentTooMany, maxCount)] : [],
      )
      for (const file of taken) {
        const id = ++count
        const { name } = file
        const change = (changed: Partial<Attachment>) =>
          setAttachments((now) => now.map((one) => (one.id === id ? { ...one, ...changed } : one)))
        setAttachments((now) => [...now, { id, name, image: undefined }])
        // Fetched with the first image: most conversations have none.
        const result = import('./readImage.ts').then(
          ({ readImage }) => readImage(file, attachmentLimits, (progress) => change({ progress })),
          (error: unknown) => {
            console.error('Parlance: the code that reads images did not load.', error)
            return 'unreadable' as const
          },
        )
        void result.then((result) => {
          if (typeof result === 'object') {
            change({ image: result })
            return
          }
          setAttachments((now) => now.filter((one) => one.id !== id))
          const sentence =
            result === 'type'
              ? strings.attachmentType
              : result === 'too-large'
                ? strings.attachmentTooLarge
                : strings.attachmentUnreadable
          const problem = fill(sentence, { name, size: formats.megabytes(maxBytes) })
          setProblems((now) => [...now, problem])
        })
      }
    },
    [attachmentLimits, attachments.length, formats, strings],
  )

  const remove = useCallback((id: number) => {
    setProblems([])
    setAttachments((now) => now.filter((one) => one.id !== id))
  }, [])

  const clear = useCallback(() => {
    setProblems([])
    setAttachments([])
  }, [])

  return { attachments, problems, add, remove, clear }
}
