import { createBlockReader } from './blocks.ts'
import type { MathSyntax } from './mathSyntax.ts'
import type { MarkdownDocument } from './nodes.ts'

/** How Markdown is read. */
export interface MarkdownOptions {
  /**
   * Tables, strikethrough, task lists, bare addresses and footnotes, and emphasis next to punctuation in scripts without
   * spaces. Default true; false is CommonMark alone.
   */
  gfm?: boolean | undefined
  /** How formulas are written: `texSyntax` of `@parlance/markdown/math`. Default: there are none. */
  math?: MathSyntax | undefined
  /** Characters of source that are parsed; what comes after them is shown as plain text. Default 500,000. */
  maxLength?: number | undefined
}

/** Reads a growing text. */
export interface MarkdownParser {
  /** Adds text, cut anywhere. */
  append: (text: string) => void
  /** Says that the text is complete: whatever was held back is shown, nothing is open any more. */
  end: () => void
  /** What the text so far means. A new object after each change; blocks that did not change are the same objects. */
  readonly document: MarkdownDocument
}

/** Creates a parser whose work per appended piece depends on the piece, not on what came before it. */
export const createMarkdownParser = ({
  gfm = true,
  math,
  maxLength: room = 500_000,
}: MarkdownOptions = {}): MarkdownParser => {
  const reader = createBlockReader(gfm, math)
  let source = ''
  /** Half a line ending or half a surrogate pair at the end waits for the other half. */
  let half = ''
  let plain = false
  let ended = false
  let snapshot: MarkdownDocument | undefined

  const read = (text: string) => {
    // Not between the two halves of a surrogate pair. Beyond the text there is none, and undefined is not larger.
    const end = (text.codePointAt(room - 1) as number) > 0xffff ? room - 1 : room
    const parsed = text.slice(0, end).replaceAll('\0', '\uFFFD')
    for (const [part, words] of parsed.matchAll(/\r\n?|\n|([^\r\n]+)/g)) {
      if (words) reader.add(words)
      else reader.endLine(part.length)
    }
    if (text.length > end) {
      if (!plain) reader.startPlainText()
      plain = true
      reader.add(text.slice(end))
    }
    room = end - parsed.length
  }

  return {
    append: (text) => {
      if (ended) throw new Error('append() after end(): use a new parser.')
      snapshot = undefined
      // A slice keeps alive the string it was cut from, and callers cut it from the whole text so far: copy it.
      text = ` ${text}`.slice(1)
      source += text
      const whole = half + text
      const end = whole.search(/[\r\ud800-\udbff]?$/)
      half = whole.slice(end)
      read(whole.slice(0, end))
    },
    end: () => {
      if (ended) return
      read(half)
      reader.close()
      snapshot = undefined
      ended = true
    },
    get document() {
      // The reader adds the children and footnotes.
      return (snapshot ??= reader.view({
        type: 'document',
        source,
        finished: ended,
      }) as MarkdownDocument)
    },
  }
}
