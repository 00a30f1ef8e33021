/** A line while it is read from left to right. */
export interface Line {
  /** Columns of white space before the next character. */
  indent: number
  /** The text from that character on, and its offset in the source. */
  words: string
  start: number
  /** Steps over columns. A tab that is only partly among them turns into spaces. */
  readonly skip: (columns: number) => void
  /** The text from here on, with its white space. */
  readonly rest: () => string
}

/** Creates a line that begins at an offset of the source. */
export const createLine = (text: string, start: number): Line => {
  let column = 0

  const look = () => {
    let next = 0
    let end = column
    for (; ' \t'.includes(text[next] ?? '-'); next++) end += text[next] === '\t' ? 4 - (end % 4) : 1
    line.indent = end - column
    line.words = text.slice(next)
    line.start = start + next
  }

  const skip = (columns: number) => {
    for (const end = column + columns; column < end && text;) {
      const width = text.startsWith('\t') ? 4 - (column % 4) : 1
      const left = Math.max(0, column + width - end)
      text = ' '.repeat(left) + text.slice(1)
      start += 1 - left
      column += width - left
    }
    look()
  }

  const line = { indent: 0, words: '', start, skip, rest: () => text }
  look()
  return line
}
