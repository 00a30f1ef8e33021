import { type Conversation, type Message, messagesOf, textOf } from '@parlance/core'
import type { Strings } from '../strings/strings.ts'
import { toNestedMarkdown } from './toNestedMarkdown.ts'

export type TranscriptFormat = 'markdown' | 'json'

export interface TranscriptWords {
  readonly title: string
  readonly strings: Pick<Strings, 'locale' | 'you' | 'assistant'>
}

/** File type of a transcript. */
export const transcriptTypes: Readonly<Record<TranscriptFormat, string>> = {
  markdown: 'text/markdown',
  json: 'application/json',
}

/** The shown conversation as a text to keep: Markdown for people, JSON with ids and times for programs. */
export function toTranscript(
  conversation: Conversation,
  format: TranscriptFormat,
  { title, strings }: TranscriptWords,
): string {
  const messages = messagesOf(conversation)
  if (format === 'json')
    return `${JSON.stringify({ title, messages: messages.map(toJson) }, null, 2)}\n`
  const dates = new Intl.DateTimeFormat(strings.locale, { dateStyle: 'medium', timeStyle: 'short' })
  const turns = messages.map((message) => {
    const { role, createdAtMs } = message
    const who = role === 'user' ? strings.you : strings.assistant
    return [
      `## ${who} · ${dates.format(createdAtMs)}`,
      toNestedMarkdown(textOf(message)),
      toSources(message),
    ]
      .filter(Boolean)
      .join('\n\n')
  })
  return `${[`# ${title}`, ...turns].join('\n\n')}\n`
}

function toSources({ parts }: Message): string {
  const citations = parts.flatMap((part) => (part.type === 'citations' ? part.citations : []))
  return citations
    .map(
      ({ number, title, url }) =>
        `[${number}] ${url === undefined ? (title ?? '') : `${title ?? url} <${url}>`}`,
    )
    .join('\n')
}

function toJson(message: Message): Record<string, unknown> {
  const { id, role, status, createdAtMs, parts } = message
  return {
    id,
    role,
    status,
    createdAt: new Date(createdAtMs).toISOString(),
    text: textOf(message),
    citations: parts.flatMap((part) => (part.type === 'citations' ? part.citations : [])),
  }
}
