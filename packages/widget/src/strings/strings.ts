import type { ChatErrorCode } from '@parlance/core'

/** One sentence per plural category of the language; `{count}` stands for the formatted number. */
export interface PluralForms {
  readonly zero?: string | undefined
  readonly one?: string | undefined
  readonly two?: string | undefined
  readonly few?: string | undefined
  readonly many?: string | undefined
  readonly other: string
}

/** Every word the widget shows or speaks, in one language. Words in braces are filled in. */
export interface Strings {
  /** BCP 47 tag of the language these words are in, such as `pt-BR`. */
  readonly locale: string
  readonly title: string
  readonly openChat: string
  readonly closeChat: string
  readonly unread: PluralForms
  /** Takes away a greeting that stands beside the launcher. */
  readonly dismiss: string
  /** Says that a machine answers, under the title. */
  readonly disclosure: string
  readonly greeting: string
  /** Names of the button that changes the panel's size. */
  readonly expand: string
  readonly shrink: string
  readonly menu: string
  readonly newConversation: string
  readonly conversation: string
  readonly history: string
  readonly historyEmpty: string
  readonly backToConversation: string
  /** `{title}`: the conversation's name, in these three. */
  readonly renameConversation: string
  readonly removeConversation: string
  readonly removeQuestion: string
  readonly remove: string
  readonly conversationTitle: string
  readonly done: string
  /** `{format}`: “Markdown” or “JSON”. */
  readonly saveTranscript: string
  /** The question, and the two answers to it. */
  readonly consentQuestion: string
  readonly consentAllow: string
  readonly consentDeny: string
  readonly suggestions: string
  /** Names whose turn it is: the visitor's and the assistant's. */
  readonly you: string
  readonly assistant: string
  readonly messageLabel: string
  readonly placeholder: string
  readonly send: string
  readonly stop: string
  readonly charactersLeft: PluralForms
  readonly attach: string
  readonly attachments: string
  readonly dropHere: string
  /** `{name}`: file name. */
  readonly removeAttachment: string
  readonly attachmentType: string
  /** `{name}` and `{size}`: the file and the largest size allowed. */
  readonly attachmentTooLarge: string
  readonly attachmentTooMany: PluralForms
  readonly attachmentUnreadable: string
  readonly image: string
  readonly thinking: string
  /** Beside the title, while an answer comes. */
  readonly writing: string
  readonly reasoning: string
  /** `{name}`: the tool's name, in these four. */
  readonly toolCalling: string
  readonly toolRunning: string
  readonly toolDone: string
  readonly toolFailed: string
  readonly toolInput: string
  readonly toolOutput: string
  readonly sources: PluralForms
  /** `{number}` and `{title}`. */
  readonly source: string
  readonly opensNewTab: string
  readonly copy: string
  readonly copied: string
  readonly regenerate: string
  readonly edit: string
  readonly editLabel: string
  readonly cancel: string
  readonly save: string
  readonly previousVersion: string
  readonly nextVersion: string
  /** `{index}` and `{count}`. */
  readonly versionOf: string
  readonly helpful: string
  readonly unhelpful: string
  readonly feedbackQuestion: string
  readonly feedbackIncorrect: string
  readonly feedbackIncomplete: string
  readonly feedbackOffTopic: string
  readonly feedbackOther: string
  readonly feedbackComment: string
  readonly feedbackSend: string
  readonly feedbackThanks: string
  readonly details: string
  readonly tokensIn: PluralForms
  readonly tokensOut: PluralForms
  /** `{cost}`, where the price was worked out from a table and not reported. */
  readonly estimatedCost: string
  readonly stopped: string
  readonly truncated: string
  readonly lengthReached: string
  readonly filtered: string
  readonly noText: string
  readonly refusal: string
  readonly tryAgain: string
  /** `{time}`: a duration such as “12 seconds”. */
  readonly tryAgainIn: string
  readonly stalled: string
  readonly retrying: string
  /** `{time}`: a duration such as “12 seconds”. */
  readonly waiting: string
  readonly offline: string
  readonly jumpToLatest: string
  readonly newMessages: PluralForms
  /** Spoken when the visitor's message has gone out, when a reply begins and when it is whole. */
  readonly sentSpoken: string
  readonly replyingSpoken: string
  readonly repliedSpoken: string
  readonly replied: PluralForms
  /** Spoken in the place of a block of code in an answer. */
  readonly codeSpoken: string
  /** Words in drawn Markdown. */
  readonly markdown: {
    readonly code: string
    readonly wrap: string
    readonly unwrap: string
    readonly image: string
    readonly table: string
    readonly footnotes: string
    readonly footnote: string
    readonly backToText: string
    readonly taskDone: string
    readonly taskOpen: string
  }
  /** What a visitor reads for each kind of failure; `other` for every code without words of its own. */
  readonly errors: Readonly<Partial<Record<ChatErrorCode, string>>> & { readonly other: string }
}

/** Puts values into a sentence: `fill('Source {number}', { number: 2 })` gives `Source 2`. */
export function fill(sentence: string, values: Readonly<Record<string, string | number>>): string {
  return sentence.replace(/\{(\w+)\}/g, (braces, name: string) =>
    Object.hasOwn(values, name) ? String(values[name]) : braces,
  )
}
