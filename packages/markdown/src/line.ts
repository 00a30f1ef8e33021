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
  let offset = 0
  let column = 0

  const look = () => {
    let next = offset
    let end = column
    for (; ' \t'.includes(text[next] ?? '-'); next++) end += text[next] === '\t' ? 4 - (end % 4) : 1
    line.indent = end - column
    line.words = text.slice(next)
    line.start = start + next
  }

  const skip = (columns: number) => {
    for (const end = column + columns; column < end && offset < text.length; offset++) {
      let width = text[offset] === '\t' ? 4 - (column % 4) : 1
      if (column + width > end) {
        text = `${text.slice(0, offset)}${' '.repeat(width)}${text.slice(offset + 1)}`
        start -= width - 1
        width = 1
      }
      column += width
    }
    look()
  }

  const line = { indent: 0, words: '', start, skip, rest: () => text.slice(offset) }
  look()
  return line
}
