import { createBlockReader, extendTrial, type Trial, type View } from './blocks.ts'
import { isHeldBackLine } from './heldBackLine.ts'
import type { MarkdownDocument } from './nodes.ts'
import { withChildren } from './runs.ts'

/** How Markdown is read. */
export interface MarkdownOptions {
  /** Tables, strikethrough, task lists, bare addresses and footnotes. Default true; false is CommonMark alone. */
  gfm?: boolean | undefined
  /** TeX between `$`, `$$`, `\( \)` and `\[ \]`. Default false. */
  math?: boolean | undefined
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
export const createMarkdownParser = (options: MarkdownOptions = {}): MarkdownParser => {
  const { gfm = true, math = false, maxLength = 500_000 } = options
  const reader = createBlockReader(gfm, math)
  let source = ''
  let length = 0
  /** The line that is not complete, and its offset. */
  let line = ''
  let lineStart = 0
  /** The last character was `\r`: a `\n` now belongs to it. */
  let afterReturn = false
  let plain = false
  let ended = false
  let trial: Trial | undefined
  let shown: View | undefined
  let snapshot: MarkdownDocument | undefined

  const readLine = () => reader.readLine(line.replaceAll('\0', '\uFFFD'), lineStart)

  const parse = (text: string) => {
    const endings = /\r\n?|\n/g
    let from = 0
    if (afterReturn && text) {
      afterReturn = false
      if (text.startsWith('\n')) lineStart += from = 1
    }
    endings.lastIndex = from
    for (let found = endings.exec(text); found; found = endings.exec(text)) {
      trial = undefined
      line += text.slice(from, found.index)
      readLine()
      lineStart += line.length + found[0].length
      line = ''
      from = endings.lastIndex
      afterReturn = found[0] === '\r' && from === text.length
    }
    const rest = from > 0 ? text.slice(from) : text
    line += rest
    if (trial?.stable && !rest.includes('\0')) extendTrial(trial, rest)
    else trial = undefined
  }

  const view = (): View => {
    reader.resolveArrived()
    // Half a surrogate pair waits for the other half.
    const last = line.charCodeAt(line.length - 1)
    const visible = last >= 0xd800 && last <= 0xdbff ? line.slice(0, -1) : line
    if (trial) return reader.view(trial)
    if (plain || visible === '') return reader.view()
    if (isHeldBackLine(visible, reader.tipKind()))
      return shown && lineStart === shownAt ? shown : reader.view()
    trial = reader.tryLine(visible.replaceAll('\0', '\uFFFD'), lineStart)
    const seen = reader.view(trial)
    if (!trial.stable || visible !== line) trial = undefined
    return seen
  }
  let shownAt = -1

  return {
    append: (text) => {
      if (ended)
        throw new Error(
          'append() after end(): a finished document takes no more text. Create a new parser.',
        )
      if (text === '') return
      snapshot = undefined
      // A slice keeps alive the string it was cut from, and callers cut it from the whole text so far: copy it.
      text = ` ${text}`.slice(1)
      source += text
      const room = Math.max(0, maxLength - length)
      length += text.length
      if (!plain) parse(text.length > room ? text.slice(0, room) : text)
      if (text.length <= room) return
      if (!plain) {
        if (line) readLine()
        line = ''
        trial = undefined
        plain = true
        reader.startPlainText(maxLength)
      }
      reader.addPlainText(text.slice(room))
    },
    end: () => {
      if (ended) return
      if (line && !plain) readLine()
      line = ''
      trial = undefined
      reader.close()
      snapshot = undefined
      ended = true
    },
    get document() {
      if (snapshot) return snapshot
      shown = view()
      shownAt = lineStart
      const { runs, footnotes } = shown
      const base = { type: 'document', source, finished: ended, footnotes } as const
      snapshot = ended ? { ...base, children: runs.settled } : withChildren(base, runs)
      return snapshot
    },
  }
}
