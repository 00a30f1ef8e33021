import type { Conversation } from '@parlance/core'
import type { TranscriptFormat, TranscriptWords } from './toTranscript.ts'

/** Gives the visitor the shown conversation as a file. */
export async function saveTranscript(
  conversation: Conversation,
  format: TranscriptFormat,
  words: TranscriptWords,
): Promise<void> {
  // Few ever ask for it: it is not on the way of those who do not.
  const { toTranscript, transcriptTypes } = await import('./toTranscript.ts')
  const text = toTranscript(conversation, format, words)
  const url = URL.createObjectURL(new Blob([text], { type: transcriptTypes[format] }))
  const link = document.createElement('a')
  link.href = url
  link.download = `${words.title}.${format === 'json' ? 'json' : 'md'}`
  link.click()
  // Not at once: the browser has yet to read it.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
